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
        explanation="What a small language model, trained on 2 hours, pays for the codes of voices new to it. Low is "
        "not good: a constant code costs nothing. Read it beside dWER and speaker similarity.",
    ),
    _metric(
        name="lm_order0",
        title="Order-0 floor, bits per second",
        explanation="What the codes cost when only their frequencies are known: the model has learnt what lies below "
        "it.",
    ),
    _metric(
        name="lm_bigram",
        title="Bigram floor, bits per second",
        explanation="What the codes cost when each is guessed from the one before it in its codebook.",
    ),
)
