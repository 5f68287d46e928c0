"""Metrics of tokenizers: each module declares its own. `score` gives one metric of one pair of signals, and
`audiotok.metrics.functional` has a function for each: `functional.pesq_wb(reference, decoded, sample_rate)`.
"""

from audiotok.metrics.single import score

__all__ = ["score"]
