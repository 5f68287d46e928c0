"""Words and agreement that a small language model learns of a small language from minutes of its speech.

Conventions: shares of right decisions, in [0, 1], shown in per cent, 50 % is chance; higher is better. A decision is a
sentence with a word against the same with a non-word; or, for agreement, two sentences whose closing word is of the
opening one's class against the same words exchanged, by the sum of their bits, so that what each word costs by itself
is on both sides. Of each item there are two shares of the same decisions: "known", by a model that heard the language
of these sentences, and "control", by one that heard the other language, none of their words. The score is known -
control, item by item, in [-1, 1], shown in points, 0 is chance. A control off chance (its 95% interval without 50 %)
is a fault of the comparison and voids the scores: they fail with that reason, the shares are still shown. Minutes to
75 % are read from the known shares of words at growing amounts of speech: linear in the logarithm of the minutes
between the last amount below 75 % and the first one that reaches it, the first amount itself where that reaches it;
undefined where none does.
Source: audiotok.tasks.lexicon; pairs after sWUGGY and sBLIMP (Nguyen et al., "The Zero Resource Speech Benchmark
2021", 2020).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from audiotok.errors import MetricUndefined
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.likelihood_pairs import UNRANKED_BASELINE

REACHED = 0.75  # share of pairs at which words count as learned
MINUTES = (2.0, 8.0, 35.0)  # of speech that the board asks at
DISTANCES = (1, 2, 3)  # words from an opening word to the closing one that agrees with it
NGRAMS = {
    "order0": "the unigram baseline: code frequencies alone",
    "bigram": "the bigram baseline: counts of each code and the previous code",
}

_metric = partial(
    RecipeMetric, version=2, question="lexicon", domains=("speech",), direction="higher", weight="one", unit="%"
)
_share = partial(_metric, range=(0.0, 1.0), scale=100.0, chance=50.0)
_score = partial(_metric, unit="points", range=(-1.0, 1.0), scale=100.0, chance=0.0)
LEARNED = _score(
    name="lexicon_learned",
    title="Words learned, known minus control (0 is chance)",
    short="Words learned",
    explanation="How much more often a small language model prefers a word to a non-word that differs in one "
    "consonant if its 35 minutes of training speech contain the word than if they contain other words. A synthetic "
    "voice speaks a language of 40 words; chance is 0.",
)
KNOWN = _share(
    name="lexicon_known",
    title="Words that were heard, right pairs (50 % is chance)",
    short="Words known",
    unranked="a part of a score: read it beside its control",
    explanation="Share of pairs in which the model assigns a higher probability to a word from its training speech "
    "than to a non-word. Chance is 50 %.",
)
CONTROL = _share(
    name="lexicon_control",
    title="Words that were not heard, right pairs (50 % is chance)",
    short="Words, control",
    direction="none",
    unranked="a control",
    explanation="The same pairs as for known words, decided by a model whose training speech contains other words. It "
    "should be at chance (50 %); otherwise something other than the words distinguishes the pairs, and the score is "
    "invalid.",
)
AGREEMENT = _score(
    name="lexicon_agreement",
    title="Agreement learned, known minus control (0 is chance)",
    short="Agreement learned",
    explanation="How much more often the model prefers the closing word that agrees with an opening word, one to "
    "three words earlier, if its 35 minutes of training speech follow this grammar than if they contain other words. "
    "Chance is 0.",
)
AGREEMENT_KNOWN = _share(
    name="lexicon_agreement_known",
    title="Agreement of words that were heard, right decisions (50 % is chance)",
    short="Agreement known",
    unranked="a part of a score: read it beside its control",
    explanation="Share of items in which the model assigns a higher probability to sentences with correct agreement "
    "than to the same sentences with the closing words exchanged. Chance is 50 %.",
)
AGREEMENT_CONTROL = _share(
    name="lexicon_agreement_control",
    title="Agreement of words that were not heard, right decisions (50 % is chance)",
    short="Agreement, control",
    direction="none",
    unranked="a control",
    explanation="The same sentences as for known words, decided by a model whose training speech contains other "
    "words. It should be at chance (50 %); otherwise the score is invalid.",
)
TO_REACH = _metric(
    name="lexicon_minutes",
    title="Minutes of speech to 75 % of the words",
    short="Minutes to 75 %",
    unit="min",
    direction="lower",
    range=(0.0, math.inf),
    explanation="Minutes of training speech needed to decide 75 % of the pairs of known words correctly, interpolated "
    "between models of 2, 8 and 35 minutes. 2 means 2 or fewer; undefined if 35 minutes are not enough.",
)


def under_ngram(metric: RecipeMetric, name: str) -> RecipeMetric:
    """A score as n-gram counts decide the pairs, by a name of `NGRAMS`."""
    return _score(
        name=f"{metric.name}_{name}",
        title=f"{metric.title}, {name}",
        short=f"{metric.short}, {name}",
        unranked=UNRANKED_BASELINE,
        explanation=f"The same pairs, decided by {NGRAMS[name]}. A language model that scores no higher has learnt no "
        "more than these counts.",
    )


def after(metric: RecipeMetric, minutes: float) -> RecipeMetric:
    """A share after less speech: a point of the learning curve."""
    return _share(
        name=f"{metric.name}_after_{minutes:g}",
        title=f"{metric.title}, after {minutes:g} minutes",
        short=f"{metric.short}, {minutes:g} min",
        direction=metric.direction,
        unranked="a learning curve",
        explanation=f"{metric.explanation} The model is trained on {minutes:g} minutes of speech.",
    )


def over(distance: int) -> RecipeMetric:
    """The share of agreement that was heard, so many words from the opening word to the closing one."""
    words = "the next word" if distance == 1 else f"{distance} words on"
    place = "directly after" if distance == 1 else f"{distance} words after"
    return _share(
        name=f"{AGREEMENT_KNOWN.name}_over_{distance}",
        title=f"{AGREEMENT_KNOWN.title}, {words}",
        short=f"{AGREEMENT_KNOWN.short}, {words}",
        unranked="a part of a score: read it beside its control",
        explanation=f"{AGREEMENT_KNOWN.explanation} Only sentences whose closing word is {place} the opening word.",
    )


def to_reach(curve: Sequence[tuple[float, float]], share: float = REACHED) -> float:
    """(minutes, share) in growing order -> the minutes at which `share` is first reached.

    >>> to_reach([(2, 0.5), (8, 0.625), (32, 0.875)])
    16.0
    >>> to_reach([(2, 0.8), (8, 0.9)])
    2

    Raises MetricUndefined where it is not.
    """
    if curve and curve[0][1] >= share:
        return curve[0][0]
    for (before, low), (minutes, high) in pairwise(curve):
        if high >= share:
            return before * (minutes / before) ** ((share - low) / (high - low))
    last, best = curve[-1][0], max(high for _, high in curve)
    raise MetricUndefined(f"not within {last:g} minutes of speech, where at most {100 * best:.1f} % were right")


#: The leaderboard's columns.
METRICS: tuple[RecipeMetric, ...] = (
    LEARNED,
    KNOWN,
    CONTROL,
    TO_REACH,
    *(under_ngram(LEARNED, name) for name in NGRAMS),
    *(after(metric, minutes) for minutes in MINUTES[:-1] for metric in (KNOWN, CONTROL)),
    AGREEMENT,
    AGREEMENT_KNOWN,
    AGREEMENT_CONTROL,
    under_ngram(AGREEMENT, "bigram"),
    *(over(distance) for distance in DISTANCES),
)
