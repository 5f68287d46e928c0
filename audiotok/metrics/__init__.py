"""What is measured of tokenizers: a module per metric, which declares itself; `score` is one metric of one pair."""

from audiotok.metrics.single import score

__all__ = ["score"]
