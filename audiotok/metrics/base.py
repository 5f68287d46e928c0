"""What a metric is to the runner: an analysis of each signal, and a score made of two analyses.

    waveform of the reference ─▶ Analysis ─┐
                                           ├─▶ ClipMetric.score ─▶ ClipScore ─▶ Σtotal / Σweight
    waveform of the estimate ──▶ Analysis ─┘

An analysis (a transcript, an F0 track, a speaker embedding, or just the waveform) is run once per signal, whichever
metrics use it; on the reference once per data set, for all tokenizers. It opens its models in a `load` function that
each worker process calls once.

The rates are scores of the tokens alone: `TokenMetric` of one clip's, `TokenSetMetric` of a whole set's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip

Waveform = NDArray[np.float32]  # [T], mono
Features = Mapping[str, NDArray[Any]]  # what an analysis returns; text is a 0-d array of str
Direction = Literal["higher", "lower", "none"]

#: The rate both signals are brought to, by domain (once, soxr HQ). An analysis may resample from there.
DOMAIN_RATES = {"speech": 16000, "music": 44100, "audio": 44100}


@dataclass(frozen=True)
class ClipScore:
    """One clip's part of a ratio of sums: errors of words, bits of seconds, or a value of weight 1."""

    total: float
    weight: float = 1.0

    @property
    def value(self) -> float:
        return self.total / self.weight


@dataclass(frozen=True)
class Analysis:
    """Something computed from one signal alone."""

    name: str  # "whisper-base"
    version: int  # goes up when its numbers change
    run: Callable[[Waveform, int, Clip, Any], Features]  # (waveform, sample_rate, clip, model); MetricUndefined
    load: Callable[[], Any] | None = None  # opens the model; its result is passed to run
    signature: str = ""  # what of it belongs into the score's signature: "model:whisper-base-int8|beam:1"
    packages: tuple[str, ...] = ()  # distributions whose versions are provenance


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What every metric says of itself."""

    name: str  # "pesq_wb"
    version: int  # goes up when its numbers change
    title: str  # "PESQ (wide band)"
    question: str  # "signal", "perceptual", "intelligibility", "speaker", "prosody", "rate", "lm", …
    unit: str  # "", "dB", "%", "bit/s"
    direction: Direction  # which way is better
    range: tuple[float, float]  # of a value before scaling, inclusive; (-inf, inf) where unbounded
    scale: float = 1.0  # shown value = scale * Σtotal / Σweight (100 for per cent)


@dataclass(frozen=True, kw_only=True)
class ClipMetric(Declaration):
    """A score of one clip. `score` raises MetricUndefined with the reason where there is none."""

    domains: tuple[str, ...]  # the domains it was made for
    analysis: Analysis
    score: Callable[[Features, Features, Clip], ClipScore]  # (reference, estimate, clip)
    full_reference: bool = False  # identity is the best score there is
    aligned: bool = False  # the runner first shifts the estimate by the tokenizer's own lag, one for all clips
    packages: tuple[str, ...] = ()  # distributions that score itself runs on, beside the analysis' own
    judges: tuple[str, ...] = ()  # models that judge; a tokenizer taught by one of them is marked, not ranked
    tolerance: float = 0.0  # how far two machines may differ, relative to the value; `verify` uses it


@dataclass(frozen=True, kw_only=True)
class SetMetric(Declaration):
    """A score of a whole set of clips that is no ratio of sums (FAD)."""

    domains: tuple[str, ...]
    analysis: Analysis
    score: Callable[[Sequence[Features], Sequence[Features]], float]  # (references, estimates) -> value
    judges: tuple[str, ...] = ()
    tolerance: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TokenMetric(Declaration):
    """A score of one clip's codes and its duration in seconds, on any domain (a rate)."""

    score: Callable[[Tokens, float], ClipScore]  # (tokens of one clip, seconds); MetricUndefined


@dataclass(frozen=True, kw_only=True)
class TokenSetMetric(Declaration):
    """A score of the codes of a whole set of clips that is no ratio of sums (codebook use), on any domain."""

    score: Callable[[Sequence[Tokens], Sequence[float]], float]  # (a Tokens per clip, seconds per clip)


@dataclass(frozen=True, kw_only=True)
class RecipeMetric(Declaration):
    """A score of one clip that a recipe of its own makes, not the runner: it trains, or encodes again and again."""

    domains: tuple[str, ...]
    decodes: bool = False  # whether it takes a decoder
    conditions: str = ""  # of the training, for the signature: "hours:4.0|pattern:delay"
    judges: tuple[str, ...] = ()  # as a ClipMetric's
    unranked: str = ""  # why it is no score: "a floor", "a sanity check"


def by_recipe(metric: Declaration, conditions: str, **changes: Any) -> RecipeMetric:
    """What a recipe makes of a metric: under what a judge of it signs with and these conditions; `changes` are fields.

    A metric of audio takes a decoder.
    """
    values = {field.name: getattr(metric, field.name) for field in fields(Declaration)}
    if isinstance(metric, ClipMetric):
        values |= {"decodes": True, "judges": metric.judges}
        conditions = "|".join(filter(None, (metric.analysis.signature, conditions)))
    return RecipeMetric(**{**values, "domains": ("speech",), "conditions": conditions, **changes})


@dataclass(frozen=True, kw_only=True)
class TimeMetric(Declaration):
    """Seconds of compute per second of audio in one stage; only worth comparing on one machine."""

    stage: Literal["encode", "decode"]


def _run_waveform(waveform: Waveform, sample_rate: int, clip: Clip, model: None) -> Features:
    return {"waveform": waveform, "sample_rate": np.array(sample_rate)}


#: For metrics that compare the signals themselves. The runner never stores it: it has the audio.
WAVEFORM = Analysis(name="waveform", version=1, run=_run_waveform)
