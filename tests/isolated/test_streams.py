"""A stream in another environment is, to whoever pushes, the stream of the tokenizer itself."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

import audiotok
from audiotok import conformance
from audiotok.core.streaming import Streaming
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens, TokenizerFailed
from audiotok.isolated import tokenizer as isolated
from audiotok.isolated import wire, worker
from audiotok.isolated.environments import Environment
from audiotok.isolated.streams import Remote

NAME = "codec2:mode=2400"  # a codec with state between its frames of 160 samples


@pytest.fixture(scope="module")
def _loaded() -> Iterator[dict[str, Any]]:
    loaded: dict[str, Any] = {}
    yield loaded
    for tokenizer in loaded.values():
        tokenizer.close()


@pytest.fixture
def there(environment: Environment, _loaded: dict[str, Any]) -> Any:
    if not _loaded:
        _loaded[NAME] = isolated.load(environment, NAME)
    return _loaded[NAME]


@pytest.fixture(scope="module")
def here() -> Any:
    return audiotok.load(NAME)


def clips(rate: int = 8000) -> Tensor:
    """[2, 1, T] of half a second, ending within a frame."""
    t = torch.arange(rate // 2 + 77) / rate
    return torch.stack([0.3 * torch.sin(2 * torch.pi * f * t * (1 + t)) for f in (150, 220)])[:, None]


@pytest.mark.parametrize("sizes", [(160,), (1000, 3), (7, 0, 801), (100_000,)])
def test_pushing_chunks_of_any_size_equals_offline(
    there: Any, here: Any, sizes: tuple[int, ...], pushed: Callable[..., Tensor]
) -> None:
    offline = here.encode(clips(), 8000)
    assert torch.equal(pushed(there.stream(batch_size=2), clips(), sizes), offline.codes)


@pytest.mark.parametrize("step", [1, 4, 1000])
def test_decoding_any_number_of_frames_at_a_time_equals_offline(there: Any, here: Any, step: int) -> None:
    tokens = here.encode(clips()[:1], 8000)
    stream = there.stream_decode()
    pieces = [
        stream.push(Tokens(codes, torch.tensor([codes.shape[2]]), tokens.spec))
        for codes in tokens.codes.split(step, dim=2)
    ]
    assert stream.flush() is None
    audio = torch.cat(pieces, dim=2)[:, :, : clips().shape[2]]
    assert torch.equal(audio, here.decode(tokens).waveform)


def test_another_sample_rate_is_resampled_there(there: Any, here: Any, pushed: Callable[..., Tensor]) -> None:
    ours, theirs = (x.stream(batch_size=2, sample_rate=16000) for x in (here, there))
    assert torch.equal(pushed(theirs, clips(16000), (999,)), pushed(ours, clips(16000), (999,)))


def test_too_little_for_a_frame_is_nothing_yet(there: Any) -> None:
    stream = there.stream()
    assert stream.push(clips()[:1, :, :159]) is None
    assert stream.push(clips()[:1, :, :1]).codes.shape == (1, 13, 1)
    assert stream.flush() is None


def test_streams_do_not_hear_one_another(there: Any, here: Any) -> None:
    first, second = there.stream(), there.stream()
    codes: dict[Any, list[Tensor]] = {first: [], second: []}
    for start in range(0, 4000, 800):
        for stream, clip in ((first, clips()[:1]), (second, clips()[1:])):
            codes[stream].append(stream.push(clip[:, :, start : start + 800]).codes)
    for stream, clip in ((first, clips()[:1]), (second, clips()[1:])):
        assert torch.equal(torch.cat(codes[stream], dim=2), here.encode(clip[:, :, :4000], 8000).codes)


def test_a_row_begins_anew_where_the_mask_says(there: Any, here: Any) -> None:
    stream = there.stream(batch_size=2)
    stream.push(clips()[:, :, :2000])
    stream.reset(torch.tensor([False, True]))
    codes = stream.push(clips()[:, :, :1600]).codes
    assert torch.equal(codes[1], here.encode(clips()[1:, :, :1600], 8000).codes[0])
    stream.reset()
    assert torch.equal(stream.push(clips()[:, :, :1600]).codes, here.encode(clips()[:, :, :1600], 8000).codes)


def test_its_tokens_say_whose_they_are(there: Any) -> None:
    tokens = there.stream().push(clips()[:1])
    assert (tokens.spec, tokens.tokenizer) == (there.spec, there.identifier)


def test_a_tokenizer_that_streams_there_conforms(there: Any) -> None:
    assert isinstance(there, Streaming)
    findings = {finding.check: finding for finding in conformance.check(there).findings}
    for name in ("stream_equals_offline", "decoding_stream_equals_offline"):
        assert findings[name].outcome == "passed", findings[name].message


def test_bad_input_is_refused_as_it_is_there(there: Any) -> None:
    with pytest.raises(InvalidOption, match="batch_size must be at least 1"):
        there.stream(batch_size=0)
    stream = there.stream()
    with pytest.raises(InvalidAudio, match=r"a chunk must be a tensor \[B=1, C=1, T\]"):
        stream.push(clips())
    with pytest.raises(InvalidAudio, match="got ndarray"):
        stream.push(clips().numpy())
    with pytest.raises(InvalidOption, match="mask must be bool"):
        stream.reset(torch.tensor([1]))
    other = audiotok.load("codec2:mode=700").encode(clips()[:1], 8000)
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        there.stream_decode().push(other)


def test_a_stream_ends_with_its_process(there: Any) -> None:
    stream = there.stream()
    assert stream.push(clips()[:1, :, :160]) is not None
    there.close()
    with pytest.raises(TokenizerFailed, match="has ended, and the pushed data are lost; open another stream"):
        stream.push(clips()[:1, :, :160])
    assert there.stream().push(clips()[:1, :, :160]) is not None


def test_streams_that_nobody_holds_are_forgotten_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's own functions, in this process: what it keeps is not to be seen from the other end."""
    monkeypatch.setattr(worker, "_streams", {})

    def call(name: str, tensors: dict[str, Tensor] | None = None, **header: Any) -> wire.Message:
        header |= {"identifier": "mulaw", "num_codebooks": None, "device": "cpu"}
        return wire.Message(*worker._CALLS[name](wire.Message(header, tensors or {})))

    dropped: deque[int] = deque()
    for _ in range(3):
        Remote(call, dropped, method="stream", options={})
    kept = Remote(call, dropped, method="stream", options={})
    assert len(kept("push", {"chunk": torch.zeros(1, 1, 4)})["codes"]) == 1
    assert (len(worker._streams), len(dropped)) == (1, 0)
