"""Declarations of metrics: an analysis of each signal, and a score made of two analyses.

    waveform of the reference ─▶ Analysis ─┐
                                           ├─▶ ClipMetric.score ─▶ ClipScore ─▶ Σtotal / Σweight
    waveform of the estimate ──▶ Analysis ─┘

An analysis (a transcript, an F0 track, a speaker embedding, or just the waveform) is run once per signal, whichever
metrics use it; on the reference once per data set, for all tokenizers. It opens its models in a `load` function that
each worker process calls once.

The rates are scores of the tokens alone: `TokenMetric` of one clip's, `TokenSetMetric` of a whole set's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined

Waveform = NDArray[np.float32]  # [T], mono
Features = Mapping[str, NDArray[Any]]  # what an analysis returns; text is a 0-d array of str
A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")
Direction = Literal["higher", "lower", "none"]
#: The weight of a clip's score: 1; the clip's seconds; a number of things in the reference, the same for every system,
#: or of some of them; "" where its recipe decides.
Weight = Literal["one", "seconds", "count", "some", ""]

TAUGHT = "taught by its judge"  # begins the reason why a score is not ranked
#: The rate both signals are brought to, by domain (once, soxr HQ), on the footing of most tasks.
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
    sample_rate: int | None = None  # Hz that every signal is brought to before it is run; None: it takes any
    packages: tuple[str, ...] = ()  # distributions whose versions are provenance


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
    domains: tuple[str, ...] = ()  # the domains it was made for; () for any
    analysis: Analysis | None = None  # of both signals; None where no signals are compared
    conditions: str = ""  # what else belongs into the signature; how a task is run, the task adds
    decodes: bool = False  # whether it takes a decoder
    full_reference: bool = False  # identity is the best score there is
    aligned: bool = False  # the runner first shifts the estimate by the tokenizer's own lag, one for all clips
    early_is_noise: bool = False  # whether an output that comes early is scored as if it were another signal
    evaluation_models: tuple[str, ...] = ()  # models it scores with; a tokenizer taught by one is marked, not ranked
    licence: str = ""  # of those models' weights, an SPDX identifier; "" where there is no model
    unranked: str = ""  # why it ranks nobody: "a floor", "a sanity check"
    # On the leaderboard:
    borda: bool = False  # whether it counts in the Borda count of its question
    headline: int | None = None  # place among the columns that are shown first; None for the others
    picks_worst: tuple[str, ...] = ()  # domains whose worst clip by it is played; higher is better then

    timed: ClassVar[bool] = False  # whether it depends on the machine: kept in a file of its own
    whole_set: ClassVar[bool] = False  # whether it is a score of all clips together, of none alone
    by_run: ClassVar[bool] = False  # whether a run scores it, not a recipe of its own
    of_tokens: ClassVar[bool] = True  # whether a system without tokens has no such score

    def applies(self, domain: str, *, tokens: bool, audio: bool) -> bool:
        """Whether a system that gives tokens, audio or both has this score on a domain."""
        able = (tokens or not self.of_tokens) and (audio or not self.decodes)
        return able and (not self.domains or domain in self.domains)

    @property
    def signature_conditions(self) -> str:
        """Its fields of a score's signature: "recogniser:whisper-base|compute:int8"."""
        return "|".join(filter(None, (self.analysis.signature if self.analysis else "", self.conditions)))

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


class ClipFiles(Protocol):
    """The outputs of a run for one clip."""

    @property
    def clip(self) -> Clip: ...

    def tokens(self) -> Tokens: ...

    def compute_seconds(self, stage: str) -> float:
        """Duration of the stage "encode" or "decode"."""

    def score(self, metric: SignalMetric) -> list[float]:
        """The kept result of `metric.score_signals`. Raises MetricUndefined with the reason where it failed."""

    def features(self, analysis: Analysis) -> tuple[Features, Features]:
        """The analysis of the reference and of the estimate."""


@dataclass
class ClipOutcomes:
    """The scores of one metric by clip, and why the other clips have none: it failed, or is undefined on the clip."""

    scores: dict[str, ClipScore] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)
    value: float | None = None  # of the whole set, before scaling, where the metric has no scores of clips
    n: int = 0  # clips behind the value

    @classmethod
    def each(cls, clips: Sequence[ClipFiles], score: Callable[[ClipFiles], ClipScore]) -> ClipOutcomes:
        """The score of every clip, or why it has none."""
        found = cls()
        for files in clips:
            try:
                found.scores[files.clip.id] = score(files)
            except MetricUndefined as error:
                found.failures[files.clip.id] = str(error)
        return found

    @classmethod
    def together(
        cls, clips: Sequence[ClipFiles], part: Callable[[ClipFiles], T], score: Callable[[list[T]], float]
    ) -> ClipOutcomes:
        """One value of the clips that have what it needs; where it is undefined, no clip contributed one."""
        found = cls()
        parts = []
        for files in clips:
            try:
                parts.append(part(files))
            except MetricUndefined as error:
                found.failures[files.clip.id] = str(error)
        found.n = len(parts)
        try:
            found.value = score(parts)
        except MetricUndefined as error:
            found.failures = {files.clip.id: str(error) for files in clips} | found.failures
        return found


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
        """The key of a kept score, which is void when the metric's or its analysis' numbers change."""
        return f"{self.name}.v{self.version}|{self.analysis.name}.v{self.analysis.version}|{self.analysis.signature}"

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
        return ClipOutcomes.each(clips, lambda files: ClipScore(*files.score(self)))


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
        files.score(self)  # raises what the analysis raised as the clip was scored
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


def by_recipe(metric: Declaration, **changes: Any) -> RecipeMetric:
    """A metric as a task of its own scores it; `changes` are fields. A metric of audio takes a decoder."""
    kept = ("name", "version", "title", "short", "explanation", "question", "unit", "direction", "range", "scale")
    return RecipeMetric(
        **{name: getattr(metric, name) for name in (*kept, "decodes", "evaluation_models", "licence")}
        | {"domains": ("speech",), "conditions": metric.signature_conditions}
        | changes
    )


def _unzipped(parts: Sequence[tuple[A, B]]) -> tuple[list[A], list[B]]:
    return [first for first, _ in parts], [second for _, second in parts]


def _run_waveform(waveform: Waveform, sample_rate: int, clip: Clip, model: None) -> Features:
    return {"waveform": waveform, "sample_rate": np.array(sample_rate)}


#: For metrics that compare the signals themselves. The runner never stores it: it has the audio.
WAVEFORM = Analysis(name="waveform", version=1, run=_run_waveform)


def waveform_features(signal: Waveform, rate: int, clip: Clip) -> Features:
    """The signal itself, clipped to [-1, 1], and how many samples that cut."""
    waveform = np.clip(signal, -1.0, 1.0)
    return {**WAVEFORM.run(waveform, rate, clip, None), "num_clipped": np.array(int((waveform != signal).sum()))}
