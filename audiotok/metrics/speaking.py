"""Metrics of speech that a language model over tokens makes of a text.

Conventions: see audiotok.tasks.tts_probe. `recipes/tts_probe.py` makes them, of texts of `small` that no model was
trained on.
What is heard of the real recordings through the same codec is an anchor, never ranked.
"""

from __future__ import annotations

from dataclasses import replace

from audiotok.metrics import recognition
from audiotok.metrics.asr_models import DEFAULT, ASRModel
from audiotok.metrics.base import ClipMetric, Declaration, RecipeMetric, by_recipe
from audiotok.metrics.language_model import REAL
from audiotok.metrics.level import SILENT

#: How to read the same score of the real recordings.
_REAL = (
    "The same score for real recordings of these texts through the same codec: the score of a perfect language model."
)
ANCHOR = "an anchor: the real recording through the same codec"
UNENDED = Declaration(
    name="tts_unended",
    version=1,
    title="Text to speech, clips without an end",
    short="TTS unended",
    explanation="Share of the texts for which the language model does not end the speech by itself.",
    question="tts",
    unit="%",
    direction="lower",
    range=(0.0, 1.0),
    scale=100.0,
)
SOUNDLESS = replace(
    UNENDED,
    name="tts_soundless",
    title="Text to speech, clips without a sound",
    short="TTS soundless",
    version=2,
    explanation="Share of the texts at which it says nothing: no frame, or no 50 ms that reach "
    f"{SILENT:.0f} dB of full scale.",
)
_WER = (
    "Word error rate of an ASR model on the speech that a small language model generates from a text. Differences "
    "between values near or above 100 % mean nothing. Compare it with the real recording."
)
_CER = (
    "Character error rate of an ASR model on the speech that a small language model generates from a text. Compare it "
    "with the real recording."
)


def metrics(asr_model: ASRModel) -> tuple[ClipMetric, ...]:
    """WER and CER by this ASR model."""
    return tuple(
        replace(
            metric,
            name=f"tts_{metric.name}",
            version=metric.version + 1,  # from where silence is told by its level
            title=f"Text to speech, {metric.title}",
            short=f"TTS {metric.title}",
            explanation=_CER if metric.name.startswith("cer") else _WER,
            question="tts",
        )
        for metric in recognition.metrics(asr_model)
        if not metric.full_reference
    )


HEARD = metrics(DEFAULT)


def of_real(metric: Declaration) -> tuple[str, str]:
    """Name and title of the same score of the real recordings."""
    return metric.name + REAL, metric.title.replace("Text to speech", "Real recording")


METRICS: tuple[RecipeMetric, ...] = (
    *(by_recipe(metric, decodes=True) for metric in (*HEARD, UNENDED, SOUNDLESS)),
    *(
        by_recipe(
            metric, name=metric.name + REAL, title=of_real(metric)[1], short="", explanation=_REAL, unranked=ANCHOR
        )
        for metric in HEARD
    ),
)
