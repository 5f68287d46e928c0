"""Metrics of sounds that a language model over tokens makes by itself: strokes of drums, and music.

Conventions: see audiotok.tasks.drum_generation and audiotok.tasks.music_generation; the distances are defined in
audiotok.metrics.fad, kernel_distance and neighbours, between embeddings of audiotok.metrics.aisfx, and of music also
between those of audiotok.metrics.musicnn. What real sounds through the same codec score stands beside each under a name
that ends in `_real`: an anchor, never ranked.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TypeVar

from audiotok.metrics.aisfx import AISFX
from audiotok.metrics.analysis import Analysis
from audiotok.metrics.base import Declaration, RecipeMetric, RecipeSetMetric
from audiotok.metrics.language_model import REAL
from audiotok.metrics.level import SILENT
from audiotok.metrics.musicnn import MUSICNN

M = TypeVar("M", bound=RecipeMetric)
ANCHOR = "an anchor: real sounds through the same codec"
DRUMS, MUSIC = "drums", "music"
#: Logistic regression on mean and deviation of log-mel bands, in the whole and in thirds, of kits that no model heard.
JUDGE = "judge:logmel-logistic.v1"
CLASSES = 5
_TITLES = {DRUMS: "Drum strokes", MUSIC: "Music"}
_MADE = {
    DRUMS: "drum strokes that a small language model generates for a given class",
    MUSIC: "clips of music that a small language model generates",
}
_DOMAINS = {DRUMS: "audio", MUSIC: "music"}


#: Ends the names of distances between embeddings of musicnn, before REAL.
BY_MUSICNN = "_musicnn"


def _metric(subject: str, kind: type[M]) -> partial[M]:
    """kind: `RecipeMetric` of clips, or `RecipeSetMetric` of all of them."""
    question, domains = f"{subject}_generation", (_DOMAINS[subject],)
    return partial(kind, version=2, question=question, domains=domains, decodes=True)


def _embedded(subject: str, analysis: Analysis, licence: str, kind: type[M]) -> partial[M]:
    return partial(
        _metric(subject, kind),
        conditions=analysis.signature,
        evaluation_models=(analysis.name,),
        licence=licence,
        tolerance=1e-3,
    )


def _distances(
    subject: str, metric: partial[RecipeSetMetric], embedding: str, ending: str = ""
) -> tuple[RecipeSetMetric, RecipeSetMetric]:
    """FAD and KAD. `embedding`: what their titles call it; `ending`: of their names."""
    made, title = _MADE[subject], _TITLES[subject]
    short = f", {embedding}" if ending else ""
    return (
        metric(
            name=f"{subject}_fad{ending}",
            reference="fad",
            title=f"{title} generated, FAD ({embedding})",
            short=f"{title} FAD{short}",
            explanation=f"Fréchet distance between embeddings of {made} and of its training recordings, extrapolated "
            "to infinitely many segments. 0 means equal distributions; undefined if there are too few segments.",
            unit="",
            direction="lower",
            range=(-math.inf, math.inf),
        ),
        metric(
            name=f"{subject}_kad{ending}",
            reference="kad",
            title=f"{title} generated, KAD ({embedding})",
            short=f"{title} KAD{short}",
            explanation=f"Kernel distance between embeddings of {made} and of its training recordings. It is 0 on "
            "average for equal distributions, for any number of sounds. Compare it with real sounds.",
            unit="",
            direction="lower",
            range=(-2.0, 2.0),
            scale=100.0,
        ),
    )


def _declared(subject: str) -> tuple[RecipeMetric, ...]:
    """The scores of embeddings by aiSFX, and the share that cannot be heard."""
    made, title = _MADE[subject], _TITLES[subject]
    embedded = _embedded(subject, AISFX, "CC-BY-4.0", RecipeMetric)
    return (
        *_distances(subject, _embedded(subject, AISFX, "CC-BY-4.0", RecipeSetMetric), "aiSFX"),
        embedded(
            name=f"{subject}_coverage",
            reference="coverage",
            title=f"{title} generated, coverage",
            short=f"{title} coverage",
            explanation=f"Share of the training sounds, through the codec, that have one of the {made} among their "
            "nearest neighbours. A model that always generates the same sound covers few.",
            unit="%",
            direction="higher",
            range=(0.0, 1.0),
            scale=100.0,
        ),
        embedded(
            name=f"{subject}_copies",
            reference="copies",
            title=f"{title} generated, copies of training (5 % is none)",
            short=f"{title} copied",
            explanation=f"Share of the {made} that are closer to a training sound, through the codec, than 95 % of "
            "the held-out real sounds are. 5 % is expected of sounds that are no copies.",
            unit="%",
            direction="lower",
            range=(0.0, 1.0),
            scale=100.0,
        ),
        _metric(subject, RecipeMetric)(
            name=f"{subject}_soundless",
            title=f"{title} generated, clips without a sound",
            short=f"{title} soundless",
            explanation=f"How many of the {made} are silent (no 50 ms reach {SILENT:.0f} dB of full scale), or have no "
            "frame.",
            unit="%",
            direction="lower",
            range=(0.0, 1.0),
            scale=100.0,
        ),
    )


DRUM_CLASS = RecipeMetric(
    name="drums_class",
    version=2,
    title="Drum strokes generated, class that was asked for (20 % is chance)",
    short="Drum class",
    explanation="Share of the generated strokes that a classifier, trained on real strokes of other kits, assigns to "
    "the requested class: kick, snare, tom, hat or cymbal. Chance is 20 %. Compare it with real strokes.",
    question=f"{DRUMS}_generation",
    unit="%",
    direction="higher",
    range=(0.0, 1.0),
    scale=100.0,
    chance=100 / CLASSES,
    domains=("audio",),
    decodes=True,
    conditions=JUDGE,
)
OF_DRUMS = (DRUM_CLASS, *_declared(DRUMS))
OF_MUSIC = (
    *_declared(MUSIC),
    *_distances(MUSIC, _embedded(MUSIC, MUSICNN, "ISC", RecipeSetMetric), "musicnn", BY_MUSICNN),
)
#: Scores that real sounds have too; of copies they have 5 % by construction.
_WITH_REAL = ("class", "fad", "kad", "coverage")


def has_real(metric: Declaration) -> bool:
    """Whether real sounds are scored by it too."""
    return metric.name.removesuffix(BY_MUSICNN).rpartition("_")[2] in _WITH_REAL


def of_real(metric: RecipeMetric) -> RecipeMetric:
    """The same score of real sounds through the same codec."""
    title = metric.title.replace(" generated", ", real")
    said = "The same score for real sounds through the same codec: the score of a perfect language model."
    return replace(metric, name=metric.name + REAL, title=title, short="", explanation=said, unranked=ANCHOR)


#: All that are asked of a subject, each followed by that of real sounds.
ANSWERS: dict[str, tuple[RecipeMetric, ...]] = {
    subject: tuple(
        declared for metric in metrics for declared in ((metric, of_real(metric)) if has_real(metric) else (metric,))
    )
    for subject, metrics in ((DRUMS, OF_DRUMS), (MUSIC, OF_MUSIC))
}
METRICS = (*ANSWERS[DRUMS], *ANSWERS[MUSIC])
