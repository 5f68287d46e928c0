"""Folds: no group on both sides, and what cannot be told apart is named."""

import pytest

from audiotok.errors import InvalidData
from audiotok.tasks.probes.folds import by_split, check, check_split, grouped, one_out

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


def test_the_publisher_s_split_is_taken_and_what_is_trained_on_is_never_tested() -> None:
    ((train, test),) = by_split(["train", "test", "train", "test"])(["a", "a", "b", "b"], ["x", "y", "z", "w"], 0)
    assert (train.tolist(), test.tolist()) == ([0, 2], [1, 3])


@pytest.mark.parametrize(
    ("labels", "groups", "splits", "what"),
    [
        ("abab", "xyzw", ("train", "train", "train", "train"), "no clip of the split 'test'"),
        ("abab", "xyzw", ("test", "test", "test", "test"), "no clip of the split 'train'"),
        ("aaab", "xyzw", ("train", "train", "test", "test"), "needs two classes or more to train on, got a"),
        ("abac", "xyzw", ("train", "train", "test", "test"), "the class 'c' is tested, but has no clip"),
        (
            "abab",
            "xyxw",
            ("train", "train", "test", "test"),
            "1 groups are in both training and test data, the first is 'x'",
        ),
    ],
)
def test_a_split_that_allows_no_score_is_named(labels, groups, splits, what) -> None:
    with pytest.raises(InvalidData, match=what):
        check_split(list(labels), list(groups), splits, "mine")
