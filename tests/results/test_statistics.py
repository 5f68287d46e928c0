import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import InvalidResult, MetricUndefined
from audiotok.results.record import ScoredClip
from audiotok.results.statistics import (
    OVER_CLIPS,
    OVER_SPEAKERS,
    difference_of_ratios,
    estimate,
    estimate_by_language,
    ratio,
    studentized_interval,
    units,
)

finite = st.floats(-1e3, 1e3)


def scores_of(totals, weights=None, speakers=None, languages=None) -> list[ScoredClip]:
    n = len(totals)
    columns = (weights or [1.0] * n, speakers or [None] * n, languages or [None] * n)
    return [ScoredClip(f"c{i:04}", *values) for i, values in enumerate(zip(totals, *columns, strict=True))]


def wer_like(rng, n):
    words = rng.integers(8, 25, n)
    return np.stack([rng.binomial(words, np.minimum(1, rng.gamma(0.5, 0.2, n))), words], axis=1).astype(float)


def truth(draw) -> float:
    total, weight = draw(np.random.default_rng(99), 1_000_000).sum(axis=0)
    return total / weight


def coverage(draw, true_value, strata, statistic, runs=400) -> float:
    rng = np.random.default_rng(5)
    inside = 0
    for seed in range(runs):
        interval = studentized_interval(draw(rng, sum(strata)), strata, statistic, seed, resamples=1000)
        assert interval is not None
        inside += interval[0] <= true_value <= interval[1]
    return inside / runs


def test_the_value_is_a_ratio_of_sums_not_a_mean_of_ratios():
    result, _ = estimate(scores_of([1.0, 0.0], [1.0, 9.0]), seed=0, scale=100)
    assert result.value == 10


def test_the_interval_of_many_normal_scores_is_the_textbook_one():
    values = np.random.default_rng(0).normal(3, 0.5, 1000)
    result, _ = estimate(scores_of(values.tolist()), seed=0)
    half = 1.96 * values.std(ddof=1) / math.sqrt(1000)
    assert (result.low, result.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


# 400 runs: a standard error of 1.1 points around 95%.
def test_intervals_of_normal_scores_cover_as_often_as_they_say():
    def draw(rng, n):
        return np.stack([rng.normal(3, 0.5, n), np.ones(n)], axis=1)

    assert 0.93 <= coverage(draw, 3.0, (40,), ratio) <= 0.975


def test_intervals_of_skewed_word_errors_cover_nearly_as_often_as_they_say():
    assert 0.92 <= coverage(wer_like, truth(wer_like), (8,) * 5, ratio) <= 0.975


def test_intervals_of_ten_clips_still_cover_the_skewed_value_nine_times_in_ten():
    assert coverage(wer_like, truth(wer_like), (10,), ratio) >= 0.9


def test_intervals_of_paired_differences_cover_as_often_as_they_say():
    def draw(rng, n):
        a = wer_like(rng, n)
        worse = a[:, 0] + rng.binomial((a[:, 1] - a[:, 0]).astype(int), 0.05)
        return np.stack([a[:, 0], a[:, 1], worse, a[:, 1]], axis=1)

    total_a, weight_a, total_b, weight_b = draw(np.random.default_rng(99), 1_000_000).sum(axis=0)
    assert 0.92 <= coverage(draw, total_a / weight_a - total_b / weight_b, (8,) * 5, difference_of_ratios) <= 0.98


def test_clips_of_one_speaker_resemble_each_other_and_the_interval_over_speakers_knows():
    rng = np.random.default_rng(7)
    inside = dict.fromkeys((OVER_SPEAKERS, OVER_CLIPS), 0)
    runs = 200
    for seed in range(runs):
        totals = np.repeat(rng.normal(3, 0.5, 25), 6) + rng.normal(0, 0.2, 150)
        names = [f"s{i // 6}" for i in range(150)]
        for label, speakers in ((OVER_SPEAKERS, names), (OVER_CLIPS, None)):
            drawn = units(scores := scores_of(totals.tolist(), speakers=speakers))
            sums = drawn.sums(np.array([(s.total, s.weight) for s in scores]))
            low, high = studentized_interval(sums, drawn.strata, ratio, seed, resamples=500)
            inside[label] += low <= 3.0 <= high
    assert inside[OVER_SPEAKERS] / runs >= 0.92
    assert inside[OVER_CLIPS] / runs < 0.8


@pytest.mark.parametrize(("speakers", "label"), [(20, OVER_SPEAKERS), (19, OVER_CLIPS)])
def test_speakers_are_drawn_from_twenty_on(speakers, label):
    values = np.random.default_rng(0).normal(size=60).tolist()
    assert estimate(scores_of(values, speakers=[f"s{i % speakers}" for i in range(60)]), seed=0)[1] == label


def test_clips_without_a_speaker_are_drawn_one_by_one():
    values = np.random.default_rng(0).normal(size=60).tolist()
    assert estimate(scores_of(values, speakers=[None, *(f"s{i}" for i in range(59))]), seed=0)[1] == OVER_CLIPS


def test_differences_between_languages_do_not_widen_an_interval_drawn_within_them():
    rng = np.random.default_rng(0)
    values = (rng.normal(0, 0.1, 40) + np.repeat([0.0, 5.0], 20)).tolist()
    within, _ = estimate(scores_of(values, languages=["en"] * 20 + ["ru"] * 20), seed=0)
    across, _ = estimate(scores_of(values), seed=0)
    assert within.high - within.low < (across.high - across.low) / 10


def test_a_language_of_a_single_clip_is_pooled_instead_of_held_fixed():
    values = np.random.default_rng(0).normal(size=21).tolist()
    drawn = units(scores_of(values, languages=["en"] * 12 + ["fr"] * 8 + ["de"]))
    assert sorted(drawn.strata) == [9, 12]


@given(st.lists(st.tuples(finite, st.floats(0.1, 10)), min_size=1, max_size=30), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_clips_changes_no_bit(pairs, random):
    scores = scores_of(*map(list, zip(*pairs, strict=True)))
    shuffled = random.sample(scores, len(scores))
    assert estimate(shuffled, seed=0) == estimate(scores, seed=0)


@given(st.lists(finite, min_size=8, max_size=20), st.floats(0.1, 100))
@settings(max_examples=30, deadline=None)
def test_scaling_scales_value_and_interval_alike(totals, scale):
    one, _ = estimate(scores_of(totals), seed=0)
    scaled, _ = estimate(scores_of(totals), seed=0, scale=scale)
    assert scaled.value == pytest.approx(one.value * scale)
    if one.low is not None:
        assert (scaled.low, scaled.high) == pytest.approx((one.low * scale, one.high * scale))


def test_the_same_seed_gives_the_same_interval_and_another_seed_nearly():
    scores = scores_of(np.random.default_rng(0).normal(size=40).tolist())
    one, same, other = (estimate(scores, seed=seed)[0] for seed in (0, 0, 1))
    assert one == same
    assert one.low != other.low
    assert other.low == pytest.approx(one.low, abs=0.05 * (one.high - one.low))


@pytest.mark.parametrize("totals", [[1.0, 2.0, 3.0], [2.0] * 40, [0.0] * 40])
def test_too_few_clips_or_clips_that_do_not_differ_have_no_interval(totals):
    result, label = estimate(scores_of(totals), seed=0)
    assert (result.value, result.low, result.high) == (sum(totals) / len(totals), None, None)
    assert label == "no interval"


def test_an_interval_does_not_leave_the_range_of_the_metric():
    totals = [0.0] * 35 + [1.0, 2.0, 1.0, 5.0, 9.0]
    free, _ = estimate(scores_of(totals, [10.0] * 40), seed=0)
    bound, _ = estimate(scores_of(totals, [10.0] * 40), seed=0, scale=100, bounds=(0.03, 0.05))
    assert free.low < 0.03 < 0.05 < free.high
    assert (bound.low, bound.high) == (3, 5)


def test_languages_have_estimates_of_their_own_where_there_are_several():
    scores = scores_of([1.0, 2.0, 6.0], languages=["en", "en", "fr"])
    assert {name: (e.value, e.n) for name, e in estimate_by_language(scores, seed=0).items()} == {
        "en": (1.5, 2),
        "fr": (6.0, 1),
    }
    assert estimate_by_language(scores[:2], seed=0) == {}


@pytest.mark.parametrize(
    ("scores", "error", "complaint"),
    [
        ([], InvalidResult, "at least one"),
        ([ScoredClip("a", 1, 1), ScoredClip("a", 2, 1)], InvalidResult, "'a' has two scores"),
        ([ScoredClip("a", 1, -1)], InvalidResult, "weights at least 0"),
        ([ScoredClip("a", math.nan, 1)], InvalidResult, "finite"),
        ([ScoredClip("a", 1, 0)], MetricUndefined, "weighs 0"),
    ],
)
def test_what_has_no_value_raises(scores, error, complaint):
    with pytest.raises(error, match=complaint):
        estimate(scores, seed=0)


def test_one_clip_that_differs_does_not_stretch_the_interval_beyond_what_was_seen() -> None:
    scores = [ScoredClip(f"clip{i}", 50.0 if i == 7 else 0.0, 10000.0) for i in range(22)]
    whole, _ = estimate(scores, seed=0, scale=100.0, bounds=(0.0, 1.0))
    assert whole.low == 0.0
    assert whole.high is not None
    assert whole.value < whole.high < 5 * whole.value
