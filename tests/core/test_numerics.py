"""Settings of a training loop do not reach the tokenizer, and are the same after it."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import audiotok
from audiotok.core.audio import Audio
from audiotok.core.card import TokenizerCard
from audiotok.core.long import decode_long, encode_long
from audiotok.core.numerics import default_numerics
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens, TokenSpec

WAVE = 0.1 * torch.randn(1, 1, 4000, generator=torch.Generator().manual_seed(0))


class Projections(Codec):
    """A linear layer and a table: the smallest neural codec."""

    card = TokenizerCard("Projections", "", "", "", "", ("speech",), "MLP", "MLP", "T", "SVQ", "fixed")
    spec = TokenSpec(16000, 1600.0, (64,))
    decode_sample_rate = 16000

    def __init__(self) -> None:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self._down, self._up = nn.Linear(10, 16), nn.Linear(16, 10)
            self._table = torch.randn(64, 16)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        hidden = self._down(waveform[:, 0].unflatten(1, (-1, 10)))
        return Tokens((hidden @ self._table.T).argmax(dim=2)[:, None], lengths // 10, self.spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        window = torch.ones(10)  # of the default type and device
        return (self._up(self._table[tokens.codes[:, 0]]) * window).flatten(1)[:, None]


@contextlib.contextmanager
def doubles() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def coarse_products() -> Iterator[None]:
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision("highest")


SETTINGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "float64": doubles,
    "coarse products": coarse_products,
    "default device": lambda: torch.device("meta"),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_codes_and_audio_are_those_without_it(setting: str) -> None:
    codec = Projections()
    tokens = codec.encode(WAVE, 16000)
    audio = codec.decode(tokens)
    with SETTINGS[setting]():
        again = codec.encode(WAVE, 16000)
        decoded = codec.decode(again)
    assert torch.equal(again.codes, tokens.codes)
    assert torch.equal(decoded.waveform, audio.waveform)


@pytest.mark.parametrize("setting", SETTINGS)
def test_neither_do_they_reach_long_audio(setting: str) -> None:
    codec, audio = audiotok.load("audiotok-rvq:num_codebooks=1"), Audio.from_array(WAVE, 22050)
    tokens = encode_long(codec, audio, 0.1, 0.1)
    pieces = list(decode_long(codec, tokens, 0.1, 0.1))
    with SETTINGS[setting]():
        again = encode_long(codec, audio, 0.1, 0.1)
        decoded = list(decode_long(codec, again, 0.1, 0.1))
        lengths = again.bits().tolist()
    assert torch.equal(again.codes, tokens.codes)
    assert lengths == tokens.bits().tolist()
    assert all(torch.equal(a.waveform, b.waveform) for a, b in zip(decoded, pieces, strict=True))


@pytest.mark.parametrize("setting", SETTINGS)
def test_neither_do_they_reach_streams(setting: str) -> None:
    codec = audiotok.load("codec2:mode=700")

    def streamed() -> tuple[Tensor, Tensor]:
        encoding, decoding = codec.stream(1, 22050), codec.stream_decode()
        tokens = [encoding.push(WAVE), encoding.flush()]
        encoding.reset()
        tokens += [encoding.push(WAVE[:, :, :20]), encoding.flush()]
        codes = torch.cat([one.codes for one in tokens if one is not None], dim=2)
        audio = [decoding.push(one) for one in tokens if one is not None]
        return codes, torch.cat([piece for piece in audio if piece is not None], dim=2)

    expected = streamed()
    with SETTINGS[setting]():
        found = streamed()
    assert all(torch.equal(a, b) and a.dtype == b.dtype for a, b in zip(expected, found, strict=True))


@pytest.mark.parametrize("setting", ["float64", "default device"])
def test_a_file_is_read_all_the_same(setting: str, tmp_path: Path) -> None:
    Audio.from_array(WAVE, 16000).save(tmp_path / "a.wav")
    with SETTINGS[setting]():
        audio = Audio.load(tmp_path / "a.wav")
    assert torch.equal(audio.waveform, WAVE)
    assert audio.lengths.tolist() == [4000]


def test_the_settings_are_there_again_afterwards() -> None:
    with torch.autocast("cpu"), doubles(), coarse_products(), torch.device("meta"):
        with default_numerics():
            assert not torch.is_autocast_enabled("cpu")
            assert torch.get_float32_matmul_precision() == "highest"
            assert (torch.ones(1).dtype, torch.ones(1).device.type) == (torch.float32, "cpu")
        assert torch.is_autocast_enabled("cpu")
        assert torch.get_float32_matmul_precision() == "medium"
        assert (torch.ones(1).dtype, torch.ones(1).device.type) == (torch.float64, "meta")


@contextlib.contextmanager
def another_call() -> Iterator[None]:
    """In another thread, a tokenizer runs for as long as the block."""
    begun, ended = threading.Event(), threading.Event()

    @default_numerics()
    def run() -> None:
        begun.set()
        ended.wait(10)

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait(10)
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_the_last_of_several_calls_restores_the_settings() -> None:
    with doubles(), coarse_products():
        with default_numerics():
            with another_call():
                pass
            assert (torch.get_default_dtype(), torch.get_float32_matmul_precision()) == (torch.float32, "highest")
        assert (torch.get_default_dtype(), torch.get_float32_matmul_precision()) == (torch.float64, "medium")


def test_a_call_keeps_its_settings_when_one_ends_that_began_before() -> None:
    with doubles(), contextlib.ExitStack() as first:
        first.enter_context(another_call())
        with default_numerics():
            first.close()
            assert torch.ones(1).dtype == torch.float32
        assert torch.ones(1).dtype == torch.float64


def test_a_dtype_that_a_library_sets_for_a_while_does_not_stay() -> None:
    with doubles():  # which leaves float32 behind
        torch.set_default_dtype(torch.bfloat16)
        with another_call():
            torch.set_default_dtype(torch.float32)  # the user's
        assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_what_is_set_meanwhile_stays(dtype: torch.dtype) -> None:
    setter = torch.set_default_dtype
    with doubles():
        with another_call():
            torch.set_default_dtype(dtype)
        assert torch.get_default_dtype() == dtype
        assert torch.set_default_dtype is setter


def test_what_a_tokenizer_sets_itself_is_undone() -> None:
    """As `transformers` does while it opens a model."""
    with doubles():
        with default_numerics():
            torch.set_default_dtype(torch.bfloat16)
            torch.set_default_dtype(torch.float32)
        assert torch.get_default_dtype() == torch.float64


def test_a_process_that_is_forked_during_a_call_of_another_thread_has_the_users_settings() -> None:
    with doubles(), another_call():
        child = os.fork()
        if not child:
            with default_numerics():
                held = torch.get_default_dtype() == torch.float32
            os._exit(0 if held and torch.get_default_dtype() == torch.float64 else 1)
        assert torch.get_default_dtype() == torch.float32
        assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not hasattr(torch.backends, "fp32_precision"), reason="settings by backend came with PyTorch 2.9")
@pytest.mark.parametrize("everywhere", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_coarser_products_that_are_set_by_backend_are_there_again_afterwards(everywhere: bool) -> None:
    """In a process of its own: PyTorch does not let one go back to the older setting."""
    where = "torch.backends" if everywhere else "torch.backends.cuda.matmul"
    program = f"""
import torch
from audiotok.core.numerics import default_numerics
matmul = torch.backends.cuda.matmul
{where}.fp32_precision = "tf32"
with default_numerics():
    print(matmul.fp32_precision, torch.backends.mkldnn.matmul.fp32_precision)
print(matmul.fp32_precision)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["ieee", "ieee", "tf32"], done.stderr


def test_a_tokenizer_that_is_loaded_among_doubles_is_the_same() -> None:
    expected = audiotok.load("codec2").encode(WAVE, 16000)
    with doubles():
        assert torch.equal(audiotok.load("codec2").encode(WAVE, 16000).codes, expected.codes)
