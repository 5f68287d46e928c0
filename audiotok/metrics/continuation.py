"""Metrics of continuations: speech that a language model over tokens makes after a prompt of real speech.

Conventions: see audiotok.tasks.continuations. `recipes/continuations.py` makes them, of clips of `small` by speakers
that no model heard. What is heard of the real rest of a clip through the same codec is an anchor, never ranked.
"""

from __future__ import annotations

from dataclasses import replace

from audiotok.data.manifest import Clip
from audiotok.metrics import dnsmos, recognition, speaker
from audiotok.metrics.analysis import Features
from audiotok.metrics.asr_models import DEFAULT
from audiotok.metrics.base import ClipMetric, Declaration, RecipeMetric, by_recipe
from audiotok.metrics.language_model import REAL
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.repetition import auto_bleu
from audiotok.metrics.text import normalise

#: How to read the same score of the real rest of a clip.
_REAL = "The same score for the real rest of the clip through the same codec: the score of a perfect language model."
ANCHOR = "an anchor: what the speaker really went on to say"


def _words_again(prompt: Features, continuation: Features, clip: Clip) -> ClipScore:
    return ClipScore(auto_bleu(normalise(str(continuation["text"]), str(clip.language)).split()))


CODES_AGAIN = Declaration(
    name="continuation_codes_again",
    version=1,
    title="Continuation, codes said again",
    explanation="Share of the sequences of four codes in the coarsest codebook that occurred earlier in the "
    "continuation. Silence and high frame rates raise it: compare it with real speech.",
    question="continuation",
    unit="%",
    direction="none",
    range=(0.0, 1.0),
    scale=100.0,
)
LENGTH = replace(
    CODES_AGAIN,
    name="continuation_length",
    title="Continuation, length of what was asked",
    explanation="How long the language model went on before it ended the clip, of what was asked. It cannot end within "
    "the first second, so that a model that ends every clip as soon as it can has 37 % on the default clips, not 0.",
)
_EXPLANATIONS = {
    "dnsmos_ovrl": "Overall quality (DNSMOS P.835) of the speech that the language model generates after a prompt of "
    "3 seconds of real speech. It includes the quality of the codec: compare it with the real rest of the clip.",
    "speaker_ge2e": "Cosine similarity between the speaker embeddings of the real prompt and of the speech that the "
    "language model generates after it: it measures whether the model keeps the voice. 1 is best.",
}
HEARD: tuple[ClipMetric, ...] = (
    *(
        replace(
            metric,
            name=f"continuation_{metric.name}",
            title=f"Continuation, {metric.title}",
            short=f"Continued {metric.short}",
            explanation=_EXPLANATIONS[metric.name],
            question="continuation",
        )
        for metric in (*dnsmos.METRICS, *speaker.METRICS)
        if metric.name in _EXPLANATIONS
    ),
    ClipMetric(
        name="continuation_words_again",
        version=1,
        title="Continuation, words said again (auto-BLEU-2)",
        explanation="Share of the words and word pairs in an ASR transcript of the continuation that occur more than "
        "once. A model stuck in a loop reaches 100 %, and noise 0 %: compare it with real speech.",
        question="continuation",
        unit="%",
        direction="none",
        range=(0.0, 1.0),
        scale=100.0,
        domains=("speech",),
        analysis=recognition.transcript(DEFAULT),
        score=_words_again,
        evaluation_models=DEFAULT.evaluation_models,
        licence=DEFAULT.licence,
        reference=DEFAULT.reference,
    ),
)


def of_real(metric: Declaration) -> tuple[str, str]:
    """Name and title of the same score of what the speaker really went on to say."""
    return metric.name + REAL, metric.title.replace("Continuation", "Real rest")


METRICS: tuple[RecipeMetric, ...] = (
    *(by_recipe(metric) for metric in (*HEARD, CODES_AGAIN, LENGTH)),
    *(
        by_recipe(
            metric, name=metric.name + REAL, title=of_real(metric)[1], short="", explanation=_REAL, unranked=ANCHOR
        )
        for metric in (*HEARD, CODES_AGAIN)
    ),
)
