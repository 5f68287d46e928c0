"""Footing: how a clip's reference and a system's output are brought together before metrics compare them.

    clip ─▶ read ─▶ reference ─▶ encode, decode ─▶ output
                        └────────── pair ─────────────┴──▶ two waveforms [T] of one rate, equally long

`ONE_RATE` is the footing of every task that declares no other: mono, at the rate of the clip's domain whatever the
system's own, over the whole reference, so that bandwidth and samples that a system lost count against it. A footing of
another kind is a field of the signature of every score, and its runs have a folder of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import DOMAIN_RATES, Analysis, Waveform

Pair = tuple[Waveform, Waveform, int]  # reference and estimate [T], unclipped, and their rate in Hz


@dataclass(frozen=True)
class Footing:
    """The signal that is coded, and those that metrics compare. Functions are of a module, for workers to find."""

    name: str  # in signatures; "" for the default, which they leave out
    #: (clip, folder of the manifest) -> [1, 1, T]: what is coded, and the reference. Raises as `audiotok.data.read`.
    read: Callable[[Clip, Path | None], Audio]
    #: (reference, output of one clip with any channels at any rate, domain) -> the pair.
    pair: Callable[[Audio, Audio, str], Pair]

    @property
    def signature(self) -> str:
        """Its field of a signature: "footing:versa"."""
        return self.name and f"footing:{self.name}"


def at_rate_of_domain(reference: Audio, output: Audio, domain: str) -> Pair:
    """Both at the domain's rate, the output averaged to mono and trimmed or padded to the reference's length."""
    rate = DOMAIN_RATES[domain]
    first = reference.resample(rate).numpy()[0]
    # Not `mono`, which refuses opposite phase: what a system made of the clip is scored, however bad it is.
    mean = Audio(output.waveform.mean(dim=1, keepdim=True), output.lengths, output.sample_rate)
    second = mean.resample(rate).numpy()[0]
    return first, np.pad(second, (0, max(0, len(first) - len(second))))[: len(first)], rate


ONE_RATE = Footing("", data.read, at_rate_of_domain)


def heard_by(analysis: Analysis, signal: Waveform, rate: int) -> tuple[Waveform, int]:
    """The input of an analysis for a signal: within [-1, 1], at the analysis' own rate where it has one."""
    waveform = np.clip(signal, -1.0, 1.0)
    if analysis.sample_rate in (None, rate):
        return waveform, rate
    return np.clip(soxr.resample(waveform, rate, analysis.sample_rate, quality="HQ"), -1.0, 1.0), analysis.sample_rate
