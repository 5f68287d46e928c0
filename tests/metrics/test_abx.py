"""Distances and errors worked out by hand."""

import math
import random

import numpy as np
import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import MetricUndefined
from audiotok.metrics.abx import (
    codes_between,
    edit_distances,
    error,
    inside,
    vectors_between,
    warped_distances,
)

SPEC = TokenSpec(16000, 50.0, (8,))
EAST, NORTH = (1.0, 0.0), (0.0, 1.0)


def clip(*codes: list[int], spec: TokenSpec = SPEC, durations: list[int] | None = None) -> Tokens:
    lengths = torch.tensor([len(codes[0])])
    whole = torch.tensor([codes], dtype=torch.int64)
    timed = None if durations is None else torch.tensor([durations])
    return Tokens(whole, lengths, spec, durations=timed)


def test_edits_are_over_the_longer_sequence_and_averaged_over_codebooks() -> None:
    first = [[[1, 2, 3, 4], [5, 5]]]
    second = [[[1, 2, 3, 4], [5, 5]], [[1, 3, 4], [6, 6]], [[9], [5, 5, 5, 5]]]
    np.testing.assert_allclose(edit_distances(first, second), [[0, (1 / 4 + 1) / 2, (1 + 1 / 2) / 2]])


def test_warping_costs_nothing_where_vectors_are_held_longer() -> None:
    held = np.array([EAST, EAST, EAST, NORTH])
    assert warped_distances([held], [np.array([EAST, NORTH, NORTH])]) == pytest.approx(0, abs=1e-7)


def test_the_angle_is_averaged_along_the_path() -> None:
    found = warped_distances([np.array([EAST])], [np.array([EAST, NORTH]), np.array([NORTH]), -np.array([EAST])])
    np.testing.assert_allclose(found, [[(0 + 0.5) / 2, 0.5, 1]], atol=1e-7)
    # Three ways through cost a whole turn of a half; of equals it is the diagonal, of two steps.
    assert warped_distances([np.array([EAST, NORTH])], [np.array([NORTH, EAST])]) == pytest.approx(0.5)


def test_padding_and_company_do_not_change_a_distance() -> None:
    """To what is left of an angle of nothing: the arc cosine of 1 - 1e-16 is 1.5e-8."""
    generator = np.random.default_rng(0)
    items = []
    for length in (1, 2, 5, 9, 4):
        vectors = generator.normal(size=(length, 3))
        items.append(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    together = warped_distances(items[:2], items)
    for i, one in enumerate(items[:2]):
        for j, other in enumerate(items):
            assert together[i, j] == pytest.approx(plainly_warped(one, other), abs=1e-7)
            assert together[i, j] == pytest.approx(warped_distances([other], [one])[0, 0], abs=1e-7)


def plainly_warped(one: np.ndarray, other: np.ndarray) -> float:
    """One pair, cell by cell; where no two ways cost the same, the order of preference does not matter."""
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for t, u in enumerate(one):
        for s, v in enumerate(other):
            cost = math.acos(max(-1.0, min(1.0, float(u @ v)))) / math.pi
            before = [best[place] for place in ((t - 1, s - 1), (t, s - 1), (t - 1, s)) if place in best]
            total, steps = min(before, default=(0.0, 0))
            best[t, s] = (total + cost, steps + 1)
    total, steps = best[len(one) - 1, len(other) - 1]
    return total / steps


def test_a_triple_is_right_wrong_or_a_tie() -> None:
    assert error(np.array([[0.1, 0.4]]), np.array([[0.2, 0.2], [0.3, 0.4]])) == (0 + 1 + 0 + 0.5) / 4
    assert error(np.array([[0.3]]), np.array([[0.3 + 1e-9]])) == 0.5


def test_an_item_is_not_held_against_itself() -> None:
    to_a = np.array([[0.0, 0.6], [0.6, 0.0]])
    assert error(to_a, np.array([[0.5, 0.7]]), same=True) == 0.5
    with pytest.raises(MetricUndefined, match="no triple"):
        error(np.zeros((1, 1)), np.ones((1, 1)), same=True)


def test_distances_that_say_nothing_are_at_chance() -> None:
    draw = random.Random(0)
    tokens = [[[draw.randrange(2) for _ in range(8)]] for _ in range(60)]
    a, b = tokens[:30], tokens[30:]
    assert error(edit_distances(a, a), edit_distances(b, a), same=True) == pytest.approx(0.5, abs=0.05)


def test_tokens_whose_middle_lies_in_the_stretch_belong_to_it() -> None:
    tokens = clip(list(range(8)))  # middles at 10, 30, 50 … ms
    assert codes_between(tokens, 0.03, 0.07) == [[1, 2, 3]]
    assert codes_between(tokens, 0.031, 0.069) == [[2]]
    assert codes_between(tokens, 0.021, 0.029) == [[1]]  # no middle: the token that its own lies in
    assert codes_between(tokens, 0.15, 0.9) == [[7]]
    assert codes_between(tokens, 0.159, 0.9) == [[7]]  # the recording ended a little early


def test_held_codes_count_once_and_durations_say_where_a_token_is() -> None:
    strided = TokenSpec(16000, 50.0, (8, 8), strides=(2, 1))
    tokens = clip([0, 0, 1, 1, 2, 2], [0, 1, 2, 3, 4, 5], spec=strided)
    assert codes_between(tokens, 0.02, 0.1) == [[0, 1, 2], [1, 2, 3, 4]]  # middles of the first at 20, 60, 100 ms
    runs = TokenSpec(16000, 50.0, (8,), variable_rate=True)
    timed = clip([5, 6, 7], spec=runs, durations=[3, 1, 2])  # 0–60, 60–80, 80–120 ms
    assert inside(timed, 0.03, 0.09).tolist() == [0, 1]
    assert inside(timed, 0.0, 0.02).tolist() == [0]
    with pytest.raises(MetricUndefined, match="do not say how long they last"):
        codes_between(clip([5, 6, 7], spec=runs), 0.0, 0.1)
    with pytest.raises(MetricUndefined, match="no tokens"):
        inside(clip([]), 0.0, 0.1)


def test_vectors_are_of_length_one_and_zeros_stay() -> None:
    vectors = np.array([[9.0, 9.0], [3.0, 4.0], [0.0, 0.0]])
    found = vectors_between(vectors, clip([0, 1, 2]), 0.02, 0.06)
    np.testing.assert_allclose(found, [[0.6, 0.8], [0, 0]])
    assert warped_distances([found[1:]], [found[:1]])[0, 0] == 0.5
