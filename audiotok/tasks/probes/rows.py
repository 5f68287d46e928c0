"""A probe is a row: which clips, by their labels, folds over which groups, and the metric."""

from __future__ import annotations

from dataclasses import dataclass

from audiotok.data.manifest import Clip
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.probe import DRUM, LETTER, SCORES, VOICE


@dataclass(frozen=True)
class Probe:
    """One classification over frozen tokens. The clips' labels begin with its name, as in "voice/Pirate"."""

    name: str
    metric: RecipeMetric
    one_out: bool  # a fold for each group; else five folds over the groups, drawn anew
    draws: int = 1


OFFLINE = (
    Probe(LETTER, SCORES[LETTER], one_out=True),
    Probe(VOICE, SCORES[VOICE], one_out=False, draws=3),
    Probe(DRUM, SCORES[DRUM], one_out=False, draws=3),
)


def group_of(clip: Clip) -> str | None:
    """What is never on both sides of a fold: the clip's group, else its speaker."""
    return clip.group or clip.speaker


def label_of(clip: Clip, probe: Probe) -> str:
    """The clip's class, "" where it is no clip of this probe."""
    name, _, label = (clip.label or "").partition("/")
    return label if name == probe.name else ""
