"""Metrics of tokenizers: each module declares its own. `score` gives one metric of one pair of signals."""

from audiotok.metrics.single import score

__all__ = ["score"]
