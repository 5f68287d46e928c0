"""Bits per second under a language model that was trained on the tokenizer's tokens, and the floors below it.

Conventions: see audiotok.lm.scoring; bits over seconds of held-out speech, by speakers that the model never heard. No
direction: how predictable tokens are is not how good they are (a constant code costs nothing), so none is ranked.
The model's bits are the mean over seeds. `recipes/acoustic_lm.py` makes them: training takes too long for a run.
Source: DESIGN.md, section 9.
"""

from __future__ import annotations

import math
from functools import partial

from audiotok.metrics.base import RecipeMetric

REAL = "_real"  # ends the names of what is measured on real speech through the same codec

_metric = partial(
    RecipeMetric,
    version=1,
    question="lm",
    unit="bit/s",
    direction="none",
    range=(0.0, math.inf),
    weight="seconds",
    domains=("speech",),
)
METRICS: tuple[RecipeMetric, ...] = (
    _metric(
        name="lm_bits",
        title="Language model, bits per second",
        short="LM bits",
        explanation="Bits per second that a small language model, trained on 2 hours of speech, needs for the codes "
        "of unseen voices. Low is not always good: constant codes cost nothing, so compare dWER and speaker "
        "similarity as well.",
    ),
    _metric(
        name="lm_order0",
        title="Order-0 floor, bits per second",
        explanation="Bits per second for the codes if only their frequencies are known (the unigram baseline). The "
        "difference to the language model shows how much the model has learnt.",
    ),
    _metric(
        name="lm_bigram",
        title="Bigram floor, bits per second",
        explanation="Bits per second for the codes if each is predicted from the previous code of its codebook alone "
        "(the bigram baseline).",
    ),
)
