"""Stretches of held-out clips, and joins of them such that only what is asked about differs between two clips.

Conventions: waveforms [T] at RATE; every stretch is brought to one loudness (RMS) before it is joined to another.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from audiotok import data
from audiotok.data.manifest import Clip, Manifest
from audiotok.metrics.level import SILENT
from audiotok.results.recipe import SEED

RATE = 16_000  # Hz
HALF = 24_000  # samples of each half: 1.5 s
FADE = 320  # samples of the cross-fade: 20 ms
GAP = 1_600  # samples left out between two stretches of one clip, so that their join is as unnatural as any: 0.1 s
LEVEL = -26.0  # dB of full scale, RMS, as ITU-T P.56 brings speech to
MIXED = {"fillets-cs-other", "fillets-nl-other"}  # several voices under one name; see recipes/make_manifests.py

Voice = tuple[str, str]  # language, speaker
T = TypeVar("T")


def splice(first: Tensor, second: Tensor) -> Tensor:
    """[A], [B] -> [A + B - FADE], cross-faded with equal power: before and after the fade nothing is touched."""
    rise = torch.linspace(0, 1, FADE, dtype=first.dtype)
    faded = first[-FADE:] * (1 - rise).sqrt() + second[:FADE] * rise.sqrt()
    return torch.cat([first[:-FADE], faded, second[FADE:]])


def decibel(wave: Tensor) -> float:
    """RMS, dB of full scale; -inf for silence."""
    return float(10 * wave.double().square().mean().log10())


def at_level(wave: Tensor, level: float = LEVEL) -> Tensor:
    """The same at an RMS of `level` dB of full scale."""
    return wave * 10 ** ((level - decibel(wave)) / 20)


def loudest(wave: Tensor, samples: int) -> Tensor:
    """The stretch of so many samples with the most energy, the first of equals: [T] -> [samples]."""
    energy = torch.nn.functional.pad(wave.double().square().cumsum(0), (1, 0))
    start = int((energy[samples:] - energy[:-samples]).argmax())
    return wave[start : start + samples]


def read(clip: Clip, root: Path | None, widest: int = RATE) -> Tensor:
    """[T] at RATE, without what lies above half of `widest` Hz."""
    audio = data.read(clip, root)
    return audio.resample(min(widest, audio.sample_rate)).resample(RATE).waveform[0, 0]


@dataclass(frozen=True)
class SpliceSource:
    """The material of pairs: test clips that no model was trained on, in random order."""

    clips: Manifest
    heard: frozenset[str]  # speakers in training
    limit: int  # items of a language

    def voices(self, shortest: int, *, new: bool = False) -> dict[Voice, list[Clip]]:
        """Clips of at least so many samples at RATE; with `new` only of unheard speakers."""
        found: dict[Voice, list[Clip]] = {}
        for clip in self.clips.domain("speech"):
            known = clip.language is not None and clip.speaker is not None and clip.speaker not in MIXED
            if known and clip.duration * RATE >= shortest + 1 and not (new and clip.speaker in self.heard):
                found.setdefault((str(clip.language), str(clip.speaker)), []).append(clip)
        return dict(sorted(found.items()))

    def couples(self, voices: Iterable[Voice]) -> tuple[list[tuple[Voice, Voice]], int]:
        """Every two of the voices, as many couples as items are allowed; and how many items each may give."""
        return self._shared(list(combinations(voices, 2)))

    def unheard(self, samples: int) -> Iterator[tuple[Voice, Tensor]]:
        """Stretches of new voices, up to the limit in each language."""
        voices = self.voices(samples, new=True)
        for language in dict.fromkeys(language for language, _ in voices):
            chosen, share = self._shared([voice for voice in voices if voice[0] == language])
            for voice in chosen:
                for stretch in self.stretches(voices[voice], samples, share):
                    yield voice, stretch

    def stretches(self, clips: list[Clip], samples: int, count: int, widest: int = RATE) -> list[Tensor]:
        """The loudest stretch of each clip at LEVEL, until there are so many; one below SILENT is passed over."""
        found: list[Tensor] = []
        for clip in clips:
            stretch = loudest(read(clip, self.clips.root, widest), samples)
            if decibel(stretch) > SILENT:
                found.append(at_level(stretch))
            if len(found) == count:
                break
        return found

    def _shared(self, things: list[T]) -> tuple[list[T], int]:
        """At most `limit` of them, drawn at random, and the number of items of each."""
        chosen = random.Random(SEED).sample(things, min(len(things), self.limit))
        return chosen, self.limit // max(1, len(chosen))
