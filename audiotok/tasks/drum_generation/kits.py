"""The drum kits of a data set in two halves: a model learns from one, and a judge that names strokes from the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData
from audiotok.metrics.probe import DRUM
from audiotok.tasks.probes import folds, logmel
from audiotok.tasks.probes.bag import regularisation
from audiotok.tasks.probes.rows import PROBES, label_of

HALVES = ("a", "b")
_PROBE = PROBES[DRUM]


def drums(corpus: Manifest) -> Manifest:
    """The strokes of a data set, as the probe for drums has them. Raises InvalidData where there are none."""
    clips = _PROBE.clips(corpus)
    if not clips:
        raise InvalidData(
            f"{corpus.name}: no clip is a stroke of a drum; expected labels like {DRUM}/kick and the kit as the group"
        )
    return Manifest.of(f"{corpus.name}-drums", clips, corpus.root)


def class_of(clip: Clip) -> str:
    """The class of a stroke: "kick"."""
    return label_of(clip, _PROBE)


def kit_of(clip: Clip) -> str:
    """The kit of a stroke."""
    return str(_PROBE.group(clip))


def classes_of(strokes: Manifest) -> tuple[str, ...]:
    """All classes, in the order of the alphabet."""
    return tuple(sorted({class_of(clip) for clip in strokes}))


def halves(strokes: Manifest) -> tuple[Manifest, Manifest]:
    """Kits dealt out from the largest to the smallest, as a-b-b-a. Raises InvalidData where a half lacks a class."""
    sizes = Counter(kit_of(clip) for clip in strokes)
    dealt = {kit: "abba"[place % 4] for place, kit in enumerate(sorted(sizes, key=lambda kit: (-sizes[kit], kit)))}
    sides = [dealt[kit_of(clip)] for clip in strokes]
    labels, groups = [class_of(clip) for clip in strokes], [_PROBE.group(clip) for clip in strokes]
    for half in HALVES:
        splits = [folds.TRAIN if side == half else folds.TEST for side in sides]
        folds.check_split(labels, groups, splits, f"{strokes.name}, kits dealt to {half}")
    first, second = (
        Manifest.of(
            f"{strokes.name}-{half}",
            [clip for clip, side in zip(strokes, sides, strict=True) if side == half],
            strokes.root,
        )
        for half in HALVES
    )
    return first, second


@dataclass(frozen=True)
class Judge:
    """A classifier of strokes, as `judge_of` makes it of real ones."""

    moments: NDArray[np.float64]  # [N, D] of the strokes that it has heard
    model: Any  # of scikit-learn

    def names(self, sounds: Sequence[Audio]) -> list[str]:
        """The class of each."""
        rows = logmel.standardised(logmel.moments([logmel.spectrogram(sound) for sound in sounds]), self.moments)
        return [str(name) for name in self.model.predict(rows)]


def judge_of(strokes: Manifest) -> Judge:
    """A judge that has heard these recordings, as they are."""
    from audiotok.tasks.probes.logistic import fitted

    sounds = [logmel.spectrogram(data.read(clip, strokes.root)) for clip in strokes]
    moments = logmel.moments(sounds)
    labels = np.array([class_of(clip) for clip in strokes])
    return Judge(moments, fitted(logmel.standardised(moments, moments), labels, regularisation(1)))
