"""Words read and sentences said, counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import Features
from audiotok.metrics.closed_vocabulary import recogniser
from audiotok.metrics.lexicon_speech import METRICS, Excerpt, new_words, reading, saying
from audiotok.metrics.outcomes import ClipScore

CLIP = Clip("a-text-00", "folder", "clip.wav", "0" * 64, 0.0, 3.0, 16_000, "speech", text="one two three four.")
EXCERPT = Excerpt(prompt=1.0, end=3.0)


class Counting:
    """Says numbers in their order, up to four."""

    words = ("one", "two", "three", "four")

    def accepts(self, words: Sequence[str], ended: bool) -> bool:
        return tuple(words) == self.words[: len(words)] and (not ended or len(words) == 4)


def heard(text: str, seconds: float = 3.0, each: float = 0.6) -> Features:
    """Words that last equally long, one after the other."""
    begin = np.arange(len(text.split())) * each
    return {"text": np.array(text), "begin": begin, "end": begin + each, "seconds": np.array(seconds)}


def said(features: Features) -> list[ClipScore]:
    return [metric.score({}, features, CLIP) for metric in saying(recogniser(()), Counting(), EXCERPT)]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("one two three four", 0),
        ("one two tree four", 1),
        ("two three four", 1),
        ("", 4),
        ("one one two three four", 1),
    ],
)
def test_word_errors_of_a_text(text: str, errors: int) -> None:
    assert reading(recogniser(())).score({}, heard(text), CLIP) == ClipScore(errors, 4)


@pytest.mark.parametrize(
    ("features", "words", "sentence"),
    [
        (heard("one two three four", 2.5), (2, 2), 1),  # two words begin in the prompt
        (heard("one two three five four"), (1, 2), 0),  # "four" touches the end and is left out
        (heard("one two three four five"), (2, 2), 1),  # and so is "five": what is left can begin a sentence
        (heard("one two three", 2.0), (1, 1), 0),  # ended too early
        (heard("one two three", 3.0), (1, 1), 1),  # not ended
        (heard("one two", 2.0), (0, 1), 0),  # nothing follows
        (heard("", 2.0), (0, 1), 0),
        (heard("two two three four", 2.5), (2, 2), 0),  # the prompt's words count in the sentence
    ],
)
def test_what_is_said_after_a_prompt(features: Features, words: tuple[int, int], sentence: int) -> None:
    assert said(features) == [ClipScore(*words), ClipScore(sentence)]


def test_anchors_rank_nobody() -> None:
    assert {metric.name for metric in METRICS if metric.unranked} == {
        *("lexicon_read_wer_real", "lexicon_said_words_real", "lexicon_said_sentences_real")
    }
    assert new_words(reading(recogniser(()))).name in {metric.name for metric in METRICS}
