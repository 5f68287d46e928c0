"""What is measured of continuations: what a language model over tokens says after a prompt of real speech.

Conventions: see audiotok.tasks.continuations. `recipes/continuations.py` makes them, of clips of `small` by speakers
that no model heard. What is heard of the real rest of a clip through the same codec is an anchor, never ranked.
"""

from __future__ import annotations

from dataclasses import replace

from audiotok.data.manifest import Clip
from audiotok.metrics import dnsmos, recognition, speaker
from audiotok.metrics.base import ClipMetric, ClipScore, Declaration, Features, RecipeMetric, by_recipe
from audiotok.metrics.language_model import ONE_MODEL, REAL
from audiotok.metrics.recognisers import DEFAULT
from audiotok.metrics.repetition import auto_bleu
from audiotok.metrics.text import normalise

ANCHOR = "an anchor: what the speaker really went on to say"
#: How the board's continuations are asked for, the recipe's own defaults: which audio, and how it is sampled.
PROMPT_SECONDS, SECONDS = 3.0, 4.0
STRETCH = f"prompt_seconds:{PROMPT_SECONDS}|sample_seconds:{SECONDS}"
SAMPLING = "sample_temperature:1.0|sample_top_k:all|sample_seed:0"


def _words_again(prompt: Features, continuation: Features, clip: Clip) -> ClipScore:
    return ClipScore(auto_bleu(normalise(str(continuation["text"]), str(clip.language)).split()))


CODES_AGAIN = Declaration(
    name="continuation_codes_again",
    version=1,
    title="Continuation, codes said again",
    question="continuation",
    unit="%",
    direction="none",
    range=(0.0, 1.0),
    scale=100.0,
)
LENGTH = replace(CODES_AGAIN, name="continuation_length", title="Continuation, length of what was asked")
HEARD: tuple[ClipMetric, ...] = (
    *(
        replace(
            metric,
            name=f"continuation_{metric.name}",
            title=f"Continuation, {metric.title}",
            question="continuation",
        )
        for metric in (*dnsmos.METRICS, *speaker.METRICS)
        if metric.name in ("dnsmos_ovrl", "speaker_ge2e")
    ),
    ClipMetric(
        name="continuation_words_again",
        version=1,
        title="Continuation, words said again (auto-BLEU-2)",
        question="continuation",
        unit="%",
        direction="none",
        range=(0.0, 1.0),
        scale=100.0,
        domains=("speech",),
        analysis=recognition.transcript(DEFAULT),
        score=_words_again,
        judges=DEFAULT.judges,
    ),
)


def of_real(metric: Declaration) -> tuple[str, str]:
    """Name and title of the same score of what the speaker really went on to say."""
    return metric.name + REAL, metric.title.replace("Continuation", "Real rest")


METRICS: tuple[RecipeMetric, ...] = (
    *(by_recipe(metric, f"{ONE_MODEL}|{STRETCH}|{SAMPLING}") for metric in (*HEARD, CODES_AGAIN, LENGTH)),
    *(
        by_recipe(metric, STRETCH, name=metric.name + REAL, title=of_real(metric)[1], unranked=ANCHOR)
        for metric in (*HEARD, CODES_AGAIN)
    ),
)
