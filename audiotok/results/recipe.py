"""A recipe: one question's name, version and metrics; the first half of every signature.

A recipe's version goes up when what it feeds to the metrics changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from audiotok.metrics.footing import ONE_RATE, Footing
from audiotok.results import signature

if TYPE_CHECKING:
    from audiotok.data.manifest import Manifest
    from audiotok.metrics.base import Declaration

SEED = 0  # a field of every signature; no statistic draws at random


def no_conditions(metric: str) -> str:
    """The conditions of a recipe that has none."""
    return ""


@dataclass(frozen=True)
class Recipe:
    """One question, and the metrics that answer it."""

    name: str
    version: int
    metrics: tuple[str, ...]
    #: Metric -> fields of its signature that say how the recipe was run by default, "hours:2.0|pattern:delay".
    conditions: Callable[[str], str] = no_conditions
    footing: Footing = ONE_RATE  # on which a run codes clips and compares signals
    part: str = ""  # sets the results of a choice of metrics apart from those of all

    @property
    def file(self) -> str:
        """Stem of the file that a run writes its results to."""
        return f"{self.name}.{self.part}" if self.part else self.name

    def only(self, metrics: Sequence[str]) -> Self:
        """The recipe with these metrics alone, its own or others; a score's signature is the same."""
        if tuple(metrics) == self.metrics:
            return self
        return replace(self, metrics=tuple(metrics), part=hashlib.sha256(",".join(metrics).encode()).hexdigest()[:8])

    @property
    def signature(self) -> str:
        return f"{self.name}.v{self.version}"

    def signature_of(self, metric: Declaration, manifest: Manifest) -> str:
        """The signature of a score by this recipe's metric on this data set, run by default."""
        return self.sign_metric(metric, manifest.name, manifest.sha256)

    def sign_metric(self, metric: Declaration, data: str, sha256: str) -> str:
        """As `signature_of`, on data that is known by its name and hash alone."""
        conditions = "|".join(filter(None, (metric.signature_conditions, self.conditions(metric.name))))
        return self.sign(f"{metric.name}.v{metric.version}", data, sha256, conditions)

    def sign(self, metric: str, data: str, sha256: str, conditions: str) -> str:
        """The signature of `metric` ("wer.v1") on a data set; `conditions` are more fields, "name:value|name:value"."""
        return signature.build(
            self.signature,
            "|".join(filter(None, (conditions, self.footing.signature))),
            data=f"{data}@sha256:{sha256[:12]}",
            metric=metric,
            resample="soxr_hq",
            seed=SEED,
        )
