"""Declarations of metrics: an analysis of each signal, and a score made of two analyses.

    waveform of the reference ─▶ Analysis ─┐
                                           ├─▶ ClipMetric.score ─▶ ClipScore ─▶ Σtotal / Σweight
    waveform of the estimate ──▶ Analysis ─┘

The rates are scores of the tokens alone: `TokenMetric` of one clip's, `TokenSetMetric` of a whole set's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeVar, get_args

import numpy as np

from audiotok.core.card import DOMAINS
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidOption, MetricUndefined
from audiotok.metrics.analysis import Analysis, Features
from audiotok.metrics.outcomes import ClipFiles, ClipOutcomes, ClipScore

A = TypeVar("A")
B = TypeVar("B")
Direction = Literal["higher", "lower", "none"]
#: The weight of a clip's score: 1; the clip's seconds; a number of things in the reference, the same for every system,
#: or of some of them; "" where its recipe decides.
Weight = Literal["one", "seconds", "count", "some", ""]

TAUGHT = "taught by its judge"  # begins the reason why a score is not ranked
SEVERAL_MACHINES = "its clips were timed on several machines"  # why a time is not ranked


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A metric's description of itself: all that a run, a submission and the leaderboard ask of it."""

    name: str  # "pesq_wb"
    version: int  # goes up when its numbers change
    title: str  # "PESQ (wide band)"
    short: str = ""  # "PESQ-WB", what stands over its column; "" where the title is short enough
    explanation: str = ""  # how to read the number, in a sentence or two; shown beside the name
    question: str  # of audiotok.metrics.questions: "signal", "perceptual", "intelligibility", "rate", "lm", …
    unit: str  # "", "dB", "%", "bit/s"
    direction: Direction  # which way is better
    range: tuple[float, float]  # of a value before scaling, inclusive; (-inf, inf) where unbounded
    scale: float = 1.0  # shown value = scale * Σtotal / Σweight (100 for per cent)
    chance: float | None = None  # the shown value that guessing gives; None where nothing is guessed
    weight: Weight = ""
    weight_tolerance: float = 0.0  # how far two machines may differ in a count, as a share of it
    tolerance: float = 0.0  # how far two machines may differ, relative to the value; `verify` uses it
    apart: Callable[[float, float], float] | None = None  # how far at a value, by the output's rounding
    domains: tuple[str, ...] = ()  # the domains it was made for; () for any
    analysis: Analysis | None = None  # of both signals; None where no signals are compared
    sampled: str = "speakers"  # what intervals are over, where every item names one: "songs", "drum kits"
    conditions: str = ""  # what else belongs into the signature; how a task is run, the task adds
    decodes: bool = False  # whether it takes a decoder
    full_reference: bool = False  # identity is the best score there is
    aligned: bool = False  # the runner first shifts the estimate by the tokenizer's own lag, one for all clips
    early_is_noise: bool = False  # whether an output that comes early is scored as if it were another signal
    evaluation_models: tuple[str, ...] = ()  # models it scores with; a tokenizer taught by one is marked, not ranked
    licence: str = ""  # of those models' weights, an SPDX identifier; "" where there is no model
    reference: str = ""  # of its paper: a key of audiotok/cli/references.bib, or an address (audiotok cite)
    unranked: str = ""  # why it ranks nobody: "a floor", "a sanity check"
    source: str = ""  # sha256 of the package that offers it, "" for audiotok's; the catalogue fills it in
    # On the leaderboard:
    borda: bool = False  # whether it counts in the Borda count of its question
    headline: int | None = None  # place among the columns that are shown first; None for the others
    picks_worst: tuple[str, ...] = ()  # domains whose worst clip by it is played; higher is better then

    timed: ClassVar[bool] = False  # whether it depends on the machine: kept in a file of its own
    whole_set: ClassVar[bool] = False  # whether it is a score of all clips together, of none alone
    by_run: ClassVar[bool] = False  # whether a run scores it, not a recipe of its own
    of_tokens: ClassVar[bool] = True  # whether a system without tokens has no such score

    def __post_init__(self) -> None:
        """Raises InvalidOption for a value with which no result could be read again."""
        for name in (found.name for found in fields(self) if found.type == "str"):
            if not isinstance(text := getattr(self, name), str):
                raise InvalidOption(f"metric {self.name}: {name} must be text, got {text!r}")
        if not isinstance(self.version, int) or isinstance(self.version, bool) or self.version < 1:
            raise InvalidOption(f"metric {self.name}: version must be an integer from 1 on, got {self.version!r}")
        if self.direction not in get_args(Direction):
            raise InvalidOption(
                f"metric {self.name}: direction must be one of {get_args(Direction)}, got {self.direction!r}"
            )
        if isinstance(self.domains, str) or not set(self.domains) <= set(DOMAINS):
            raise InvalidOption(f"metric {self.name}: domains must be a tuple out of {DOMAINS}, got {self.domains!r}")
        low, high = self.range
        if not low < high:
            raise InvalidOption(f"metric {self.name}: range must be (lowest, highest), got {self.range!r}")
        if not np.isfinite(self.scale):
            raise InvalidOption(f"metric {self.name}: scale must be finite, got {self.scale!r}")

    def applies(self, domain: str, *, tokens: bool, audio: bool) -> bool:
        """Whether a system that gives tokens, audio or both has this score on a domain."""
        able = (tokens or not self.of_tokens) and (audio or not self.decodes)
        return able and (not self.domains or domain in self.domains)

    @property
    def signature_conditions(self) -> str:
        """Its fields of a score's signature: "recogniser:whisper-base|compute:float32"."""
        return "|".join(filter(None, (self.analysis.signature if self.analysis else "", self.conditions)))

    def allowed(self, *values: float, rounding: float = 0.0) -> float:
        """How far these values of two machines, before scaling, may be apart.

        `rounding`: the share of its amplitude by which the output is known to differ between machines.
        """
        relative = self.tolerance * max(1.0, *map(abs, values))
        return max(relative, *(self.apart(value, rounding) for value in values)) if self.apart else relative

    def why_unranked(self, trained_with: Iterable[str]) -> str:
        """Why it ranks nobody, or else which of its evaluation models taught the tokenizer; "" without a reason."""
        taught = sorted(set(self.evaluation_models) & set(trained_with))
        return self.unranked or (f"{TAUGHT}, {', '.join(taught)}" if taught else "")

    @property
    def tells_clips_apart(self) -> bool:
        """Whether many different clips with one score are not plausible.

        A share may be the same everywhere; what is heard of different clips is not.
        """
        heard = self.decodes and not (self.timed or self.whole_set)
        return heard and (self.analysis is not None or not self.unit)


@dataclass(frozen=True, kw_only=True)
class RunMetric(Declaration, ABC):
    """A metric that a run scores, from what it has left of the clips."""

    by_run: ClassVar[bool] = True

    @abstractmethod
    def collect(self, clips: Sequence[ClipFiles]) -> ClipOutcomes:
        """The scores of clips that were encoded, decoded and analysed."""


@dataclass(frozen=True, kw_only=True)
class SignalMetric(RunMetric, ABC):
    """A metric that compares two signals, by an analysis of each."""

    domains: tuple[str, ...] = field()
    analysis: Analysis = field()
    packages: tuple[str, ...] = ()  # distributions that `score` itself runs on, beside the analysis' own
    decodes: bool = True
    borda: bool = True
    weight: Weight = "one"
    of_tokens: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The key of a kept score, which is void when the metric's or its analysis' numbers change.

        A metric of another package is also void when a file of that package changes.
        """
        analysis = f"{self.analysis.name}.v{self.analysis.version}|{self.analysis.signature}"
        return f"{self.name}.v{self.version}|{analysis}" + (f"|{self.source}" if self.source else "")

    @abstractmethod
    def score_signals(self, reference: Features, estimate: Features, clip: Clip) -> list[float]:
        """The values to keep of a clip: [total, weight], or none where only the analyses are wanted."""


@dataclass(frozen=True, kw_only=True)
class ClipMetric(SignalMetric):
    """A score of one clip. `score` raises MetricUndefined with the reason where there is none."""

    score: Callable[[Features, Features, Clip], ClipScore]  # (reference, estimate, clip)

    def score_signals(self, reference: Features, estimate: Features, clip: Clip) -> list[float]:
        """[total, weight]. Raises MetricUndefined also where that is no score."""
        found = self.score(reference, estimate, clip)
        total, weight = float(found.total), float(found.weight)
        if not np.isfinite([total, weight]).all() or weight < 0:
            raise MetricUndefined(f"{self.name} gave {total} / {weight}, which is no score")
        return [total, weight]

    def collect(self, clips: Sequence[ClipFiles]) -> ClipOutcomes:
        return ClipOutcomes.each(clips, lambda files: ClipScore(*files.score(self.key)))


@dataclass(frozen=True, kw_only=True)
class SetMetric(SignalMetric):
    """A score of a whole set of clips that is no ratio of sums (FAD)."""

    score: Callable[[Sequence[Features], Sequence[Features]], float]  # (references, estimates) -> value
    whole_set: ClassVar[bool] = True

    def score_signals(self, reference: Features, estimate: Features, clip: Clip) -> list[float]:
        return []

    def collect(self, clips: Sequence[ClipFiles]) -> ClipOutcomes:
        return ClipOutcomes.together(clips, self._analyses, lambda parts: self.score(*_unzipped(parts)))

    def _analyses(self, files: ClipFiles) -> tuple[Features, Features]:
        files.score(self.key)  # raises what the analysis raised as the clip was scored
        return files.features(self.analysis)


@dataclass(frozen=True, kw_only=True)
class TokenMetric(RunMetric):
    """A score of one clip's codes and its duration in seconds, on any domain (a rate)."""

    score: Callable[[Tokens, float], ClipScore]  # (tokens of one clip, seconds); MetricUndefined
    weight: Weight = "seconds"

    def collect(self, clips: Sequence[ClipFiles]) -> ClipOutcomes:
        return ClipOutcomes.each(clips, lambda files: self.score(files.tokens(), files.clip.duration))


@dataclass(frozen=True, kw_only=True)
class TokenSetMetric(RunMetric):
    """A score of the codes of a whole set of clips that is no ratio of sums (codebook use), on any domain."""

    score: Callable[[Sequence[Tokens], Sequence[float]], float]  # (a Tokens per clip, seconds per clip)
    whole_set: ClassVar[bool] = True

    def collect(self, clips: Sequence[ClipFiles]) -> ClipOutcomes:
        return ClipOutcomes.together(
            clips, lambda files: (files.tokens(), files.clip.duration), lambda parts: self.score(*_unzipped(parts))
        )


@dataclass(frozen=True, kw_only=True)
class TimeMetric(RunMetric):
    """Seconds of compute per second of audio in one stage; only worth comparing on one machine."""

    stage: Literal["encode", "decode"]
    weight: Weight = "seconds"
    timed: ClassVar[bool] = True

    def collect(self, clips: Sequence[ClipFiles]) -> ClipOutcomes:
        return ClipOutcomes.each(clips, lambda files: ClipScore(files.compute_seconds(self.stage), files.clip.duration))


@dataclass(frozen=True, kw_only=True)
class RecipeMetric(Declaration):
    """A score of one clip that a recipe of its own makes, not the runner: it trains, or encodes again and again."""


@dataclass(frozen=True, kw_only=True)
class RecipeSetMetric(RecipeMetric):
    """A score of all items together, none of which has one of its own, that a recipe makes."""

    whole_set: ClassVar[bool] = True


def by_recipe(metric: Declaration, **changes: Any) -> RecipeMetric:
    """A metric as a task of its own scores it; `changes` are fields. A metric of audio takes a decoder."""
    kept = ("name", "version", "title", "short", "explanation", "question", "unit", "direction", "range", "scale")
    return RecipeMetric(
        **{name: getattr(metric, name) for name in (*kept, "decodes", "evaluation_models", "licence", "reference")}
        | {"domains": ("speech",), "conditions": metric.signature_conditions}
        | changes
    )


def _unzipped(parts: Sequence[tuple[A, B]]) -> tuple[list[A], list[B]]:
    return [first for first, _ in parts], [second for _, second in parts]
