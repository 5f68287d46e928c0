import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import InvalidOption
from audiotok.results.paired import holm, paired, resamples_for, swap_p_values
from audiotok.results.record import ScoredClip

pairs = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.5, 10)), min_size=1, max_size=20)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def sides(triples):
    a = [ScoredClip(f"c{i:02}", one, weight) for i, (one, _, weight) in enumerate(triples)]
    b = [ScoredClip(f"c{i:02}", other, weight) for i, (_, other, weight) in enumerate(triples)]
    return a, b


def test_the_p_value_is_the_share_of_all_swaps_that_differ_as_much():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.5, 1, 10), rng.normal(0, 1, 10)
    signs = np.array(list(product((-1, 1), repeat=10)))
    exact = (np.abs(signs @ (a - b)) >= abs((a - b).sum()) - 1e-9).mean()
    totals, weights = np.stack([a, b], axis=1), np.ones((10, 2))
    assert swap_p_values(totals, weights, [(0, 1)], 0, 50_000)[0] == pytest.approx(exact, abs=0.01)


def test_weights_that_differ_are_swapped_with_their_totals():
    rng = np.random.default_rng(0)
    totals, weights = rng.uniform(0, 5, (8, 2)), rng.uniform(1, 9, (8, 2))
    extreme = 0
    observed = abs(np.subtract(*(totals.sum(0) / weights.sum(0))))
    for swaps in product((False, True), repeat=8):
        swap = np.array(swaps)[:, None]
        t, w = np.where(swap, totals[:, ::-1], totals), np.where(swap, weights[:, ::-1], weights)
        extreme += abs(np.subtract(*(t.sum(0) / w.sum(0)))) >= observed - 1e-9
    assert swap_p_values(totals, weights, [(0, 1)], 0, 50_000)[0] == pytest.approx(extreme / 256, abs=0.01)


def test_five_clips_cannot_be_significant_however_large_the_difference():
    a, b = sides([(9 + 0.1 * i, 1, 1) for i in range(5)])
    assert paired(a, b, "higher", seed=0).p == pytest.approx(2 / 32, abs=0.01)


def test_equal_systems_are_called_different_no_more_often_than_one_time_in_twenty():
    rng = np.random.default_rng(3)
    runs = 400
    false = 0
    for seed in range(runs):
        words = rng.integers(8, 25, 30)
        hard = rng.gamma(0.5, 0.2, 30).clip(0, 1)
        totals = np.stack([rng.binomial(words, hard), rng.binomial(words, hard)], axis=1).astype(float)
        false += swap_p_values(totals, np.stack([words, words], axis=1) * 1.0, [(0, 1)], seed, 500)[0] <= 0.05
    assert false / runs <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / runs)


def test_clips_of_one_speaker_are_swapped_together():
    rng = np.random.default_rng(0)
    shift = np.repeat(rng.normal(0.6, 1, 20), 5)
    names = [f"s{i // 5}" for i in range(100)]
    a, b = (
        [ScoredClip(f"c{i:03}", x, 1, s) for i, (x, s) in enumerate(zip(v, names, strict=True))]
        for v in (shift, 0 * shift)
    )
    alone_a, alone_b = ([ScoredClip(s.clip, s.total, 1) for s in side] for side in (a, b))
    assert paired(a, b, "higher", seed=0).p > 3 * paired(alone_a, alone_b, "higher", seed=0).p


@given(pairs)
@settings(max_examples=20, deadline=None)
def test_exchanging_the_sides_turns_the_difference_round(triples):
    a, b = sides(triples)
    there, back = paired(a, b, "higher", seed=0), paired(b, a, "higher", seed=0)
    assert back.difference == -there.difference
    assert back.p == there.p
    if there.low is not None:
        assert (back.low, back.high) == pytest.approx((-there.high, -there.low), rel=1e-6, abs=1e-9)


def test_only_common_clips_are_compared():
    a, b = sides([(5, 1, 1), (5, 2, 1), (5, 3, 1)])
    found = paired(a[:2], b[1:], "higher", seed=0)
    assert (found.a, found.b, found.n) == (5, 2, 1)
    assert paired(a[:1], b[1:], "higher", seed=0) is None
    assert paired(*sides([(5, 1, 0)]), "higher", seed=0) is None


@pytest.mark.parametrize(("direction", "improvement"), [("higher", 300), ("lower", -300)])
def test_an_improvement_has_the_sign_of_better(direction, improvement):
    found = paired(*sides([(5, 2, 1)] * 3), direction, seed=0, scale=100)
    assert (found.difference, found.improvement) == (300, improvement)


def test_identical_scores_have_a_difference_of_nothing_and_p_one():
    found = paired(*sides([(x, x, 1) for x in range(12)]), "higher", seed=0)
    assert (found.difference, found.low, found.high, found.p) == (0, None, None, 1)


def test_a_difference_of_rounding_is_none():
    scores = np.random.default_rng(0).random((40, 1))
    others = np.nextafter(scores, 1)  # each a bit higher
    p_values = swap_p_values(np.hstack([scores, others]), np.ones((40, 2)), [(0, 1)], seed=0, resamples=1000)
    assert p_values[0] == 1
    others = scores + 1e-6
    p_values = swap_p_values(np.hstack([scores, others]), np.ones((40, 2)), [(0, 1)], seed=0, resamples=1000)
    assert p_values[0] < 0.01


def test_holm_gives_the_textbook_answer():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(p_values)
def test_holm_keeps_the_order_and_lowers_nothing(values):
    adjusted = holm(values)
    by_raw = [adjusted[i] for i in sorted(range(len(values)), key=values.__getitem__)]
    assert by_raw == sorted(by_raw)
    assert all(raw <= corrected <= 1 for raw, corrected in zip(values, adjusted, strict=True))


@given(p_values, st.randoms())
def test_holm_corrects_each_p_value_wherever_it_stands(values, random):
    order = random.sample(range(len(values)), len(values))
    assert holm([values[i] for i in order]) == [holm(values)[i] for i in order]


def test_holm_refuses_what_is_no_probability():
    with pytest.raises(InvalidOption, match="between 0 and 1"):
        holm([0.5, 1.5])


def test_the_smallest_threshold_holds_twenty_resamples():
    assert resamples_for(1) == 10_000
    assert resamples_for(190) == 76_000
