"""A recipe: one question, and the metrics that answer it; the first half of every signature.

A recipe's version goes up when what it feeds to the metrics changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiotok.results import signature

if TYPE_CHECKING:
    from audiotok.data.manifest import Manifest
    from audiotok.metrics.base import Declaration

SEED = 0  # a field of every signature; no statistic draws at random


@dataclass(frozen=True)
class Recipe:
    """One question, and the metrics that answer it."""

    name: str
    version: int
    metrics: tuple[str, ...]

    @property
    def signature(self) -> str:
        return f"{self.name}.v{self.version}"

    def signature_of(self, metric: Declaration, manifest: Manifest) -> str:
        """What a score by this recipe's metric on this data set is signed with."""
        named = f"{metric.name}.v{metric.version}"
        return self.sign(named, manifest.name, manifest.sha256, metric.signature_conditions)

    def sign(self, metric: str, data: str, sha256: str, conditions: str) -> str:
        """The signature of `metric` ("wer.v1") on a data set; `conditions` are more fields, "name:value|name:value"."""
        return signature.build(
            self.signature,
            conditions,
            data=f"{data}@sha256:{sha256[:12]}",
            metric=metric,
            resample="soxr_hq",
            seed=SEED,
        )
