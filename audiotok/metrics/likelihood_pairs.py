"""Likelihood pairs, as the leaderboard shows them: the share that a language model decides right.

Conventions: see audiotok.tasks.lm_pairs, whose conventions they are; made of the bundled data set `small`, of clips
that no model was trained on (audiotok.tasks.lm_pairs.offline), and of words that a synthetic voice says. The bigram
hears no further than the cut, so what it decides is no merit of a language model. `recipes/lm_pairs.py` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audiotok.metrics.base import Declaration, RecipeMetric, by_recipe

PAIRS = Declaration(
    name="pairs",
    version=1,
    title="",
    question="pairs",
    unit="%",
    direction="higher",
    range=(0.0, 1.0),
    scale=100.0,
    chance=50.0,
)
UNRANKED_BASELINE = "a floor: what the codes tell without a language model"
BIGRAM = (
    "The same pairs, decided by the bigram baseline: counts of each code and the previous code. A language model that "
    "scores no higher has learnt no more than these counts."
)
SATURATES = "a sanity check: it saturates, and separates nobody then"


@dataclass(frozen=True)
class Item:
    """Pairs that share their material, and count as one."""

    id: str
    language: str | None
    speaker: str | None


@dataclass(frozen=True)
class OfSmall:
    """A set of pairs that models trained on `small` are asked."""

    title: str
    explanation: str
    items: tuple[tuple[str, str | None, int], ...]  # (language, speaker, how many), in their order
    together: bool = True  # whether an item's pairs are decided by their sums
    unranked: str = ""


_READER = "librivox-sense-and-sensibility"
_NEW_VOICES = (("en", _READER, 5), ("es", "co", 40), ("fr", "armelle", 40))
_BY_LANGUAGE = {"cs": 40, "en": 5, "es": 31, "fr": 37, "it": 31, "nl": 40}
SETS = {
    "speaker": OfSmall(
        "Same speaker",
        "Share of pairs in which a small language model assigns a higher probability to speech that continues in the "
        "same voice than in another voice of the same language. Chance is 50 %. The voices were recorded in different "
        "places: the mean spectra of the two halves alone, without tokens, decide 93 % correctly.",
        tuple((language, None, n) for language, n in _BY_LANGUAGE.items()),
    ),
    "language": OfSmall(
        "Same language",
        "Share of pairs in which the model assigns a higher probability to speech that continues in the same language "
        "than in another language, spoken by the same voice. Chance is 50 %. It is only meaningful if both languages "
        "of a voice come from the same recording; otherwise the model may detect the recording.",
        (("en", "allison", 31),),
    ),
    "background": OfSmall(
        "Same background",
        "Share of pairs in which the model assigns a higher probability to speech whose background stays the same "
        "than to speech whose background changes. Chance is 50 %. The mean spectra of the two halves alone, without "
        "tokens, decide all pairs correctly.",
        _NEW_VOICES,
    ),
    "word": OfSmall(
        "Real word",
        "Share of pairs in which the model assigns a higher probability to two English words than to two non-words "
        "that each differ in one consonant. A synthetic voice speaks them. Chance is 50 %.",
        (("en", "piper-en_US-joe-medium", 40),),
    ),
    "order": OfSmall(
        "Order of halves",
        "Share of pairs in which the model assigns a higher probability to the two halves of a clip in their order "
        "than to the exchanged halves. Chance is 50 %. It checks that the model has learnt, not which tokens are "
        "better: all tokenizers soon reach high values.",
        (("en", _READER, 4), *_NEW_VOICES[1:]),
        False,
        SATURATES,
    ),
    "reversal": OfSmall(
        "Direction of time",
        "Share of pairs in which the model assigns a higher probability to speech played forwards than backwards. "
        "Chance is 50 %. It checks that the model has learnt, not which tokens are better: all tokenizers soon "
        "reach high values.",
        _NEW_VOICES,
        False,
        SATURATES,
    ),
}


def set_of(metric: str) -> str:
    """The set that a metric of METRICS is about."""
    return metric.removeprefix("pairs_").removesuffix("_bigram")


def items(name: str) -> tuple[Item, ...]:
    """The items of one of SETS, in their order."""
    who = [(language, speaker) for language, speaker, n in SETS[name].items for _ in range(n)]
    return tuple(Item(f"{name}-{number:04d}", *of) for number, of in enumerate(who))


def of_set(name: str, title: str, suffix: str = "", *, unranked: str = "") -> Declaration:
    """The share of right pairs of one set. One that is a sanity check stands apart from the scores."""
    titled = f"{title}, right pairs (50 % is chance){suffix.replace('_', ' ')}"
    return Declaration(
        **{
            **vars(PAIRS),
            "name": f"pairs_{name}{suffix}",
            "title": titled,
            "short": f"{title}{suffix.replace('_', ', ')}",
        }
        | ({"question": "sanity"} if unranked == SATURATES else {})
    )


def _metrics() -> Iterator[RecipeMetric]:
    for name, of in SETS.items():
        shown = of_set(name, of.title, unranked=of.unranked)
        yield by_recipe(shown, explanation=of.explanation, unranked=of.unranked)
        if not of.unranked:
            yield by_recipe(of_set(name, of.title, "_bigram"), explanation=BIGRAM, unranked=UNRANKED_BASELINE)


METRICS = tuple(_metrics())
