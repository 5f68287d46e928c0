"""Metrics of tokenizers: each module declares its own. `score` gives one metric of one pair of signals, and
`audiotok.metrics.functional` has a function for each: `functional.pesq_wb(reference, decoded, sample_rate)`.

`score` is imported when it is first used, so that a module without need of torch is imported without it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
