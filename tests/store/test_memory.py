"""Batches are halved where memory runs out, with the same tokens, and later ones are no larger."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data import Manifest
from audiotok.errors import MachineTrouble
from audiotok.runs.batches import BATCH_SECONDS
from audiotok.store import TokenStore, memory, tokenize
from audiotok.store.memory import Backoff
from audiotok.tokenizers.mulaw import MuLaw


class Hungry(Tokenizer):
    """A code every 100 samples, of whether they are loud, and memory for so many samples."""

    card = MuLaw.card
    spec = TokenSpec(16000, 160.0, (2,))

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self.tried: list[int] = []

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        self.tried.append(waveform.shape[0] * waveform.shape[2])
        if self.tried[-1] > self._memory:
            raise torch.OutOfMemoryError("CUDA out of memory")
        frames = torch.nn.functional.pad(waveform, (0, -waveform.shape[2] % 100)).unfold(2, 100, 100)
        lengths = -(-lengths // 100)
        loud = frames.square().mean(-1) > 1e-3
        return Tokens(loud.long() * (torch.arange(loud.shape[2]) < lengths[:, None])[:, None], lengths, self.spec)


def batch(*lengths: int) -> Audio:
    generator = torch.Generator().manual_seed(0)
    return Audio.from_clips([0.05 * torch.randn(1, n, generator=generator) for n in lengths], 16000)


def test_a_batch_for_which_memory_runs_out_is_halved_with_the_same_tokens() -> None:
    audio, hungry, backoff = batch(900, 800, 700, 600, 500), Hungry(1900), Backoff()
    found = backoff.encode(hungry.encode, audio)
    expected = Hungry(10**6).encode(audio)
    assert [torch.equal(found[i].codes, expected[i].codes) for i in range(5)] == [True] * 5
    assert hungry.tried == [4500, 1800, 2100, 700, 1200]


def test_later_batches_are_not_tried_at_a_size_that_did_not_fit() -> None:
    hungry, backoff = Hungry(1900), Backoff()
    backoff.encode(hungry.encode, batch(900, 800, 700, 600))
    hungry.tried.clear()
    backoff.encode(hungry.encode, batch(900, 800, 700, 600))
    assert hungry.tried == [1800, 1400]


def test_a_clip_that_does_not_fit_alone_is_the_machines_trouble(vowels: Manifest, tmp_path: Path) -> None:
    with pytest.raises(MachineTrouble, match="CUDA out of memory"):
        tokenize(Hungry(10), vowels, tmp_path / "store")


def test_what_is_no_lack_of_memory_is_raised_at_once() -> None:
    calls = []

    def fail(audio: Audio) -> Tokens:
        calls.append(len(audio))
        raise ValueError("odd length")

    with pytest.raises(ValueError, match="odd length"):
        Backoff().encode(fail, batch(900, 800))
    assert calls == [2]


def test_a_store_has_the_same_tokens_with_less_memory(vowels: Manifest, tmp_path: Path) -> None:
    longest = max(round(clip.duration * 16000) for clip in vowels)
    tokenize(Hungry(10**9), vowels, tmp_path / "much")
    tokenize(Hungry(longest), vowels, tmp_path / "little")
    much, little = TokenStore(tmp_path / "much"), TokenStore(tmp_path / "little")
    for number in range(len(much)):
        assert torch.equal(much[much.id(number)].codes, little[little.id(number)].codes)


def test_on_a_cpu_batches_have_a_fixed_size() -> None:
    assert memory.batch_seconds(Hungry(1)) == BATCH_SECONDS


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_on_a_gpu_batches_are_as_large_as_fits() -> None:
    assert BATCH_SECONDS <= memory.batch_seconds(Hungry(10**9).to("cuda")) <= 3600
