"""A move changes the tokenizer that is asked for, and nothing where the device is not there."""

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import audiotok
from audiotok.core.placement import checked_device
from audiotok.core.tokenizer import Codec, Scalable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption
from audiotok.tokenizers.dedup import DedupCodec
from audiotok.tokenizers.mulaw import MuLaw

CLIP = 0.1 * torch.randn(1, 1600, generator=torch.Generator().manual_seed(0))
ELSEWHERE = "meta"  # a device that every machine has, on which weights have no values


class Nearest(Codec, Scalable):
    """A model, a part of it, and a table that is a tensor. The model computes its weights as older weight_norm does."""

    card = MuLaw.card
    decode_sample_rate = 16000

    def __init__(self) -> None:
        torch.manual_seed(0)
        layers = (nn.utils.weight_norm(nn.Linear(10, 8)), nn.Linear(8, 4))
        self._model = nn.Sequential(*layers)
        self._last = self._model[1]
        self._table = torch.randn(16, 4)
        self._set_codebooks(2)

    def _set_codebooks(self, num_codebooks: int) -> None:
        self.spec = TokenSpec(16000, 1600.0, (16,) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        hidden = self._last(self._model[0](waveform[:, 0].unflatten(1, (-1, 10))))
        codes = (hidden @ self._table.T).argmax(dim=2)[:, None].expand(-1, self.spec.num_codebooks, -1)
        return Tokens(codes, lengths // 10, self.spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        return self._table[tokens.codes[:, 0]].repeat(1, 1, 3)[:, :, :10].flatten(1)[:, None]


def places(tokenizer: Any) -> set[str]:
    """Kinds of devices on which its weights are."""
    held = [value for value in vars(tokenizer).values() if isinstance(value, nn.Module | Tensor)]
    tensors = [tensor for one in held for tensor in (one.parameters() if isinstance(one, nn.Module) else [one])]
    return {tensor.device.type for tensor in tensors}


@pytest.mark.parametrize(
    "device",
    [
        "gpu",
        "cpu:x",
        torch.float16,
        None,
        "cuda:99",
        pytest.param("cuda", marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")),
    ],
)
def test_a_device_that_is_not_there_is_refused_and_nothing_moves(device: Any) -> None:
    with pytest.raises(InvalidOption, match="device must be one that PyTorch has here"):
        checked_device(device)
    tokenizer = Nearest()
    with pytest.raises(InvalidOption):
        tokenizer.to(device)
    assert (tokenizer.device.type, tokenizer._model[1].weight.dtype) == ("cpu", torch.float32)
    tokenizer.encode(CLIP, 16000)


def test_a_device_is_refused_before_weights_are_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    with pytest.raises(InvalidOption, match="device must be"):
        audiotok.load("mimi", "gpu")


@pytest.mark.parametrize("moved", ["copy", "original"])
def test_a_copy_with_fewer_codebooks_and_the_original_move_apart(moved: str) -> None:
    tokenizer = Nearest()
    copied = tokenizer.with_codebooks(1)
    assert copied._model is tokenizer._model
    goes, stays = (copied, tokenizer) if moved == "copy" else (tokenizer, copied)
    before = stays.encode(CLIP, 16000)
    assert goes.to(ELSEWHERE) is goes
    assert (places(goes), goes.device.type) == ({ELSEWHERE}, ELSEWHERE)
    assert (places(stays), stays.device.type) == ({"cpu"}, "cpu")
    assert torch.equal(stays.encode(CLIP, 16000).codes, before.codes)


def test_a_model_that_cannot_be_copied_stays_where_it_is() -> None:
    tokenizer = Nearest()
    copied = tokenizer.with_codebooks(1)
    tokenizer._model.handle = (one for one in ())
    for _ in range(2):
        with pytest.raises(TypeError, match="generator"):
            copied.to(ELSEWHERE)
    assert (places(tokenizer), places(copied)) == ({"cpu"}, {"cpu"})


def test_a_part_of_a_copied_model_is_a_part_of_the_copy() -> None:
    tokenizer = Nearest()
    copied = tokenizer.with_codebooks(1).to(ELSEWHERE)
    assert copied._last is copied._model[1]
    assert copied.num_parameters == tokenizer.num_parameters


def test_nothing_is_copied_where_nobody_else_holds_the_model() -> None:
    alone = Nearest().with_codebooks(1)
    model = alone._model
    assert alone.to(ELSEWHERE)._model is model


def test_nothing_is_copied_where_everything_is_there_already() -> None:
    tokenizer = Nearest()
    copied = tokenizer.with_codebooks(1)
    assert copied.to("cpu")._model is tokenizer._model


def test_a_copy_of_a_tokenizer_with_another_inside_moves_alone() -> None:
    outer = DedupCodec(Nearest(), max_duration=2)
    copied = copy.copy(outer).to(ELSEWHERE)
    assert (places(copied.inner), copied.inner.device.type) == ({ELSEWHERE}, ELSEWHERE)
    assert (places(outer.inner), outer.inner.device.type) == ({"cpu"}, "cpu")
