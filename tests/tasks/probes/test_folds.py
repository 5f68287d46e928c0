"""Folds: no group on both sides, and what cannot be told apart is named."""

import pytest

from audiotok.errors import InvalidData
from audiotok.tasks.probes.folds import check, grouped, one_out

LABELS = ["a", "b"] * 12
GROUPS = [f"g{i // 4}" for i in range(24)]


@pytest.mark.parametrize("splitter", [grouped, one_out])
@pytest.mark.parametrize("draw", [0, 1])
def test_no_group_is_on_both_sides_and_every_clip_is_tested_once(splitter, draw) -> None:
    tested = []
    for train, test in splitter(LABELS, GROUPS, draw):
        assert not {GROUPS[i] for i in train} & {GROUPS[i] for i in test}
        assert len(train) + len(test) == len(LABELS)
        tested += test.tolist()
    assert sorted(tested) == list(range(len(LABELS)))


def test_draws_differ_and_repeat() -> None:
    first, again, other = ([test.tolist() for _, test in grouped(LABELS, GROUPS, draw)] for draw in (0, 0, 1))
    assert first == again != other


def test_one_group_out_has_a_fold_for_each_group() -> None:
    assert len(list(one_out(LABELS, GROUPS, 0))) == len(set(GROUPS))


def test_fewer_groups_than_folds_give_a_fold_each() -> None:
    groups = ["x", "x", "y", "y", "z", "z"]
    assert len(list(grouped(["a", "b"] * 3, groups, 0))) == 3


def test_a_class_of_one_group_is_refused_by_name() -> None:
    with pytest.raises(InvalidData, match="the class 'c' has clips of one group only"):
        check([*LABELS, "c", "c"], [*GROUPS, "g9", "g9"], "mine")


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(InvalidData, match="two classes"):
        check(["a", "a"], ["x", "y"], "mine")


@pytest.mark.parametrize(
    ("labels", "groups", "what"), [(["a", None], ["x", "y"], "label"), (["a", "b"], ["x", ""], "group")]
)
def test_a_label_or_a_group_that_is_missing_is_named(labels, groups, what) -> None:
    with pytest.raises(InvalidData, match=f"1 clips have no {what}, the first is number 1"):
        check(labels, groups, "mine")


def test_good_data_pass() -> None:
    check(LABELS, GROUPS, "mine")
