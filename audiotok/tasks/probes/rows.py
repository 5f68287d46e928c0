"""A probe is a row: which clips, by their labels, folds over which groups, and the metric."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audiotok.data.manifest import Clip
from audiotok.doors import unknown
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.probe import DRUM, ESC50, LETTER, PUBLISHED, SCORES, VOICE


@dataclass(frozen=True)
class Probe:
    """One classification over frozen tokens. The clips' labels begin with its name, as in "voice/Pirate"."""

    name: str
    metric: RecipeMetric
    one_out: bool  # a fold for each group; else five folds over the groups, drawn anew
    draws: int = 1
    #: The groups that the publisher's folds are, all of them, where it has its own; all labels are its classes then.
    official: tuple[str, ...] = ()


OFFLINE = (
    Probe(LETTER, SCORES[LETTER], one_out=True),
    Probe(VOICE, SCORES[VOICE], one_out=False, draws=3),
    Probe(DRUM, SCORES[DRUM], one_out=False, draws=3),
)
#: By name: those of the bundled data, and those of data that people have from its publishers.
PROBES = {probe.name: probe for probe in OFFLINE} | {
    ESC50: Probe(ESC50, PUBLISHED[ESC50], one_out=True, official=tuple(f"fold{n}" for n in range(1, 6)))
}


def chosen(names: Iterable[str]) -> tuple[Probe, ...]:
    """The probes of these names, each once. Raises UnknownName."""
    names = tuple(dict.fromkeys(names))
    if odd := [name for name in names if name not in PROBES]:
        raise unknown("probe", odd[0], PROBES)
    return tuple(PROBES[name] for name in names)


def group_of(clip: Clip) -> str | None:
    """What is never on both sides of a fold: the clip's group, else its speaker."""
    return clip.group or clip.speaker


def label_of(clip: Clip, probe: Probe) -> str:
    """The clip's class, "" where it is no clip of this probe."""
    if probe.official:
        return clip.label or ""
    name, _, label = (clip.label or "").partition("/")
    return label if name == probe.name else ""
