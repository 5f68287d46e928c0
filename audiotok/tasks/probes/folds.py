"""Folds of a probe: a group (voice, kit, line) is never on both sides, and classes are spread as evenly as groups let.

Where the publisher has parted the clips, its folds or its split are taken. What cannot be told apart honestly is
refused by name: a class of one group, a label that is missing, a test class or an empty fold that nobody has trained
on, a test group that was trained on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidData

FOLDS = 5
TRAIN, TEST = "train", "test"
Split = tuple[NDArray[np.intp], NDArray[np.intp]]  # indices to train on, indices to test
#: (labels, groups, draw) -> each fold's clips to train on and to test.
Splitter = Callable[[Sequence[str], Sequence[str], int], Iterator[Split]]


def check(labels: Sequence[str | None], groups: Sequence[str | None], name: str) -> None:
    """Raises InvalidData with the clip's number, class or group that a probe cannot be made of."""
    _check_known("label", labels, name)
    _check_known("group", groups, name)
    of: defaultdict[str, set[str]] = defaultdict(set)
    for label, group in zip(labels, groups, strict=True):
        of[str(label)].add(str(group))
    if len(of) < 2:
        raise InvalidData(f"{name}: a probe needs two classes or more, got {', '.join(of) or 'none'}")
    if alone := sorted(label for label, found in of.items() if len(found) < 2):
        raise InvalidData(
            f"{name}: the class {alone[0]!r} has clips of one group only ({next(iter(of[alone[0]]))}), so that it "
            "cannot be trained on one and tested on another; add clips of it, or leave the class out"
        )


def check_official(groups: Sequence[str | None], wanted: Sequence[str], name: str) -> None:
    """Raises InvalidData where the groups are not the publisher's folds, all of them and no other."""
    if missing := sorted(set(wanted) - set(groups)):
        raise InvalidData(f"{name}: no clip of {missing[0]}; a score is over all of {', '.join(wanted)}")
    if foreign := sorted(str(group) for group in set(groups) - set(wanted)):
        raise InvalidData(f"{name}: clips of {foreign[0]}, which is none of its folds {', '.join(wanted)}")


def check_split(labels: Sequence[str | None], groups: Sequence[str | None], splits: Sequence[str], name: str) -> None:
    """Raises InvalidData where the publisher's split does not part the clips in two that a probe can be made of.

    splits: "train" or "test" of each clip.
    """
    _check_known("label", labels, name)
    check_sides(groups, splits, name)
    of: dict[str, set[str]] = {TRAIN: set(), TEST: set()}
    for label, split in zip(labels, splits, strict=True):
        of[split].add(str(label))
    if len(of[TRAIN]) < 2:
        raise InvalidData(f"{name}: a probe needs two classes or more to train on, got {', '.join(of[TRAIN])}")
    if unknown := sorted(of[TEST] - of[TRAIN]):
        raise InvalidData(f"{name}: the class {unknown[0]!r} is tested, but has no clip to train on")


def check_sides(groups: Sequence[str | None], splits: Sequence[str], name: str) -> None:
    """Raises InvalidData where a side has no clips, or a group is on both."""
    _check_known("group", groups, name)
    of: dict[str, set[str]] = {TRAIN: set(), TEST: set()}
    for group, split in zip(groups, splits, strict=True):
        of[split].add(str(group))
    if empty := [split for split, found in of.items() if not found]:
        raise InvalidData(f"{name}: no clip of the split {empty[0]!r}; is part of the corpus missing?")
    if both := sorted(of[TEST] & of[TRAIN]):
        raise InvalidData(
            f"{name}: {len(both)} groups are in both training and test data, the first is {both[0]!r}; a group "
            "belongs to one of them"
        )


def _check_known(what: str, values: Sequence[str | None], name: str) -> None:
    if missing := [i for i, value in enumerate(values) if not value]:
        raise InvalidData(f"{name}: {len(missing)} clips have no {what}, the first is number {missing[0]}")


def by_split(splits: Sequence[str]) -> Splitter:
    """The publisher's split, which leaves nothing to draw; what is to train on is never tested."""
    sides = np.array(splits)

    def parted(labels: Sequence[str], groups: Sequence[str], draw: int) -> Iterator[Split]:
        yield np.flatnonzero(sides == TRAIN), np.flatnonzero(sides == TEST)

    return parted


def grouped(labels: Sequence[str], groups: Sequence[str], draw: int) -> Iterator[Split]:
    """Five folds over the groups, or as many as there are groups; `draw` shuffles them."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = min(FOLDS, len(set(groups)))
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=draw)
    yield from splitter.split(np.zeros(len(labels)), list(labels), list(groups))


def one_out(labels: Sequence[str], groups: Sequence[str], draw: int) -> Iterator[Split]:
    """Every group is the test once; there is nothing to draw."""
    found = np.array(groups)
    for group in sorted(set(groups)):
        yield np.flatnonzero(found != group), np.flatnonzero(found == group)
