"""Metrics of a small language model that says a small language: texts that it reads out, sentences that it continues.

Conventions: what is said is heard as words of a closed vocabulary (audiotok.metrics.closed_vocabulary): those of both
languages of audiotok.tasks.lexicon, each beside its non-word, a consonant away. Per cent.

- Word errors of texts, (substitutions + deletions + insertions) / words, summed over the texts; lower is better, from 0
  with no upper end. Silence leaves out every word. Once of new sentences of words that training held, once of sentences
  of words that it never held, which the model knows by their phonemes alone.
- Words said: of what follows a second of real speech, the share of words that are words of the language, summed over
  the sentences; higher is better. Words that are picked blindly are right in 25 %. Where no word follows, one word
  counts, as wrong.
- Sentences said: the share of sentences whose words, the prompt's among them, can begin a sentence of the language, or
  are one where the model ends them; higher is better. One after which no word follows is none.

A word that is cut by the end of a continuation of full length is left out. All three are also taken of the real voice
through the same codec, under names that end in `_real`: what a perfect model would get, never ranked.
Source: audiotok.tasks.lexicon_speech; the texts after the probe of DATES (audiotok.tasks.tts_probe), words and
sentences after the language that is generated (audiotok.tasks.lexicon).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import Analysis, Features
from audiotok.metrics.base import ClipMetric, RecipeMetric, by_recipe
from audiotok.metrics.closed_vocabulary import recogniser
from audiotok.metrics.dependencies import needs
from audiotok.metrics.language_model import REAL
from audiotok.metrics.outcomes import ClipScore

CUT = 0.05  # seconds: a word that ends so near the end of a continuation that is cut may be half a word
ANCHOR = "an anchor: the real voice through the same codec"
_REAL = "The same of the real voice through the same codec: what a perfect language model would get."


class Grammar(Protocol):
    """The rules that the words of a sentence are held against."""

    @property
    def words(self) -> Collection[str]:
        """Words of the language."""

    def accepts(self, words: Sequence[str], ended: bool) -> bool:
        """Whether they are a sentence, or, not `ended`, can begin one."""


@dataclass(frozen=True)
class Excerpt:
    """Where a prompt ends, and where what follows it is cut, in seconds from the prompt's beginning."""

    prompt: float
    end: float


def word_errors(text: str, heard: str) -> ClipScore:
    """Two sentences, their words separated by spaces -> ClipScore(errors, words of the first).

    >>> word_errors("kˈæt sˈæt.", "bˈæt sˈæt dˈaʊn")
    ClipScore(total=2.0, weight=2.0)
    """
    counts = needs("jiwer").process_words(text.removesuffix("."), heard)
    errors = counts.substitutions + counts.deletions + counts.insertions
    return ClipScore(float(errors), float(counts.hits + counts.substitutions + counts.deletions))


def reading(analysis: Analysis) -> ClipMetric:
    """Word errors of texts, heard by `analysis`, a `closed_vocabulary.recogniser`."""
    return ClipMetric(
        name="lexicon_read_wer",
        version=1,
        title="Reading known words, WER",
        short="Read, WER",
        explanation="Word errors in new sentences that a small language model over the tokens reads out, after 35 "
        "minutes of a small language that held all their words. Read it beside that of the real voice.",
        question="lexicon_speech",
        unit="%",
        direction="lower",
        range=(0.0, math.inf),
        scale=100.0,
        domains=("speech",),
        analysis=analysis,
        score=_read,
        weight="count",
    )


def saying(analysis: Analysis, grammar: Grammar, excerpt: Excerpt) -> tuple[ClipMetric, ClipMetric]:
    """Shares of words and sentences of a language, in continuations that `analysis` hears with their prompts."""
    metric = partial(
        ClipMetric,
        version=2,  # 1 took continuations that were cut at the length of the real clip for ended ones
        question="lexicon_speech",
        unit="%",
        direction="higher",
        range=(0.0, 1.0),
        scale=100.0,
        domains=("speech",),
        analysis=analysis,
    )
    return (
        metric(
            name="lexicon_said_words",
            title="Words said that are words (25 % is chance)",
            short="Said words",
            explanation="Of the words that a small language model says after a second of real speech, how many are of "
            "the language that it learnt, and not non-words or words of another one.",
            score=partial(_said_words, grammar, excerpt),
            weight="some",
        ),
        metric(
            name="lexicon_said_sentences",
            title="Sentences said that are grammatical",
            short="Said sentences",
            explanation="Sentences that a small language model goes on with after a second of real speech, and that "
            "keep to the language's words and to its rule of agreement.",
            score=partial(_said_sentence, grammar, excerpt),
            weight="one",
        ),
    )


def new_words(metric: ClipMetric) -> ClipMetric:
    """`reading` of words that training never held."""
    return replace(
        metric,
        name="lexicon_read_new_wer",
        title="Reading new words, WER",
        short="Read new, WER",
        explanation="Word errors in sentences whose words the language model never heard and knows by their phonemes "
        "alone. Read it beside that of the real voice.",
    )


def _read(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return word_errors(str(clip.text), str(estimate["text"]))


def _said_words(grammar: Grammar, excerpt: Excerpt, reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    words, first, _ = _heard(estimate, excerpt)
    following = words[first:]
    return ClipScore(float(sum(word in grammar.words for word in following)), float(max(1, len(following))))


def _said_sentence(
    grammar: Grammar, excerpt: Excerpt, reference: Features, estimate: Features, clip: Clip
) -> ClipScore:
    words, first, ended = _heard(estimate, excerpt)
    return ClipScore(float(first < len(words) and grammar.accepts(words, ended)))


def _heard(features: Features, excerpt: Excerpt) -> tuple[list[str], int, bool]:
    """-> words, the place of the first one that begins after the prompt, and whether the speaker ended them."""
    words = str(features["text"]).split()
    ended = float(features["seconds"]) < excerpt.end - CUT
    if words and not ended and features["end"][-1] > excerpt.end - CUT:
        words = words[:-1]
    return words, int((features["begin"][: len(words)] < excerpt.prompt).sum()), ended


class _NoWords:
    """The grammar of no language: declarations do not depend on it."""

    words: tuple[str, ...] = ()

    def accepts(self, words: Sequence[str], ended: bool) -> bool:
        return False


_READ = reading(recogniser(()))
_SAID = saying(recogniser(()), _NoWords(), Excerpt(0.0, 0.0))
METRICS: tuple[RecipeMetric, ...] = (
    *(by_recipe(metric, decodes=True) for metric in (_READ, new_words(_READ), *_SAID)),
    *(
        by_recipe(
            metric,
            name=metric.name + REAL,
            title=f"Real voice, {metric.title}",
            short="",
            explanation=_REAL,
            unranked=ANCHOR,
        )
        for metric in (_READ, *_SAID)
    ),
)
