import functools
import io

import pytest
import torch
from torch import Tensor

from audiotok.isolated import wire


def exactly(file: io.BytesIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


def there_and_back(header: dict[str, object], tensors: dict[str, Tensor]) -> wire.Message:
    return wire.unpack(functools.partial(exactly, io.BytesIO(wire.pack(header, tensors))))


def test_a_message_comes_back_bit_by_bit() -> None:
    whole = torch.randn(2, 3, 5)
    sent = {"transposed": whole.mT, "of_the_same_memory": whole, "empty": torch.zeros(2, 1, 0, dtype=torch.int64)}
    received = there_and_back({"text": "µ", "number": 100 / 3, "none": None}, sent)
    assert received.header == {"text": "µ", "number": 100 / 3, "none": None}
    assert {name: value.dtype for name, value in received.tensors.items()} == {n: v.dtype for n, v in sent.items()}
    assert all(torch.equal(received.tensors[name], value) for name, value in sent.items())


def test_a_message_without_tensors_has_none() -> None:
    assert there_and_back({}, {}) == wire.Message({}, {})


def test_a_cut_message_is_an_end() -> None:
    packed = wire.pack({"call": "encode"}, {"waveform": torch.zeros(1, 1, 100)})
    with pytest.raises(EOFError):
        wire.unpack(functools.partial(exactly, io.BytesIO(packed[:-1])))
