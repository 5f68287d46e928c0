"""Scores of clips, and why other clips have none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.metrics.analysis import Analysis, Features

T = TypeVar("T")


@dataclass(frozen=True)
class ClipScore:
    """One clip's part of a ratio of sums: errors of words, bits of seconds, or a value of weight 1."""

    total: float
    weight: float = 1.0

    @property
    def value(self) -> float:
        return self.total / self.weight


class ClipFiles(Protocol):
    """The outputs of a run for one clip."""

    @property
    def clip(self) -> Clip: ...

    def tokens(self) -> Tokens: ...

    def compute_seconds(self, stage: str) -> float:
        """Duration of the stage "encode" or "decode"."""

    def score(self, key: str) -> list[float]:
        """Result of the `score_signals` of this key. Raises MetricUndefined with the reason where it failed."""

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
    interval: tuple[float, float] | None = None  # of the value, 95 %, before scaling
    uncertainty: str = ""  # over what the interval is
    provenance: dict[str, str] = field(default_factory=dict)  # what else a result says of how it was made

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
