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
_REAL = (
    "The same of what the speaker really went on to say, through the same codec: what a perfect language model would "
    "get."
)
ANCHOR = "an anchor: what the speaker really went on to say"


def _words_again(prompt: Features, continuation: Features, clip: Clip) -> ClipScore:
    return ClipScore(auto_bleu(normalise(str(continuation["text"]), str(clip.language)).split()))


CODES_AGAIN = Declaration(
    name="continuation_codes_again",
    version=1,
    title="Continuation, codes said again",
    explanation="Share of runs of four codes of the coarsest codebook that were in the continuation before; silence "
    "and high frame rates raise it. Compare with real speech.",
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
    "dnsmos_ovrl": "Quality that a network hears in what the language model says after 3 seconds of real speech, "
    "once decoded. The codec's own quality is in it: read it beside that of the real rest.",
    "speaker_ge2e": "Cosine between speaker embeddings of the real prompt and of what the language model says after "
    "it: does it keep the voice?",
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
        explanation="How much of the words that an ASR model finds in the continuation is said more than once. A "
        "model that is stuck repeats all of it, and noise nothing: compare with real speech.",
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
