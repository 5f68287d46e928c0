import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import InvalidResult, MetricUndefined
from audiotok.results.record import ScoredClip
from audiotok.results.statistics import (
    NO_INTERVAL,
    clip_values,
    estimate,
    estimate_by_language,
    influences,
    ratio_interval,
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


def coverage(draw, true_value, clips, runs=600) -> float:
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(runs):
        interval = ratio_interval(draw(rng, clips), (clips,))
        assert interval is not None
        inside += interval[0] <= true_value <= interval[1]
    return inside / runs


def test_the_value_is_a_ratio_of_sums_not_a_mean_of_ratios():
    result, _ = estimate(scores_of([1.0, 0.0], [1.0, 9.0]), scale=100)
    assert result.value == 10


def test_the_interval_of_many_normal_scores_is_the_textbook_one():
    values = np.random.default_rng(0).normal(3, 0.5, 1000)
    result, _ = estimate(scores_of(values.tolist()))
    half = 1.96 * values.std(ddof=1) / math.sqrt(1000)
    assert (result.low, result.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


# 600 runs: a standard error of 0.9 points around 95%. docs/statistics.csv has more shapes, sizes and runs.
@pytest.mark.parametrize("clips", [10, 40])
def test_intervals_of_normal_scores_cover_as_often_as_they_say(clips):
    def draw(rng, n):
        return np.stack([rng.normal(3, 0.5, n), np.ones(n)], axis=1)

    assert 0.93 <= coverage(draw, 3.0, clips) <= 0.98


@pytest.mark.parametrize("clips", [20, 40])
def test_intervals_of_skewed_word_errors_cover_as_often_as_they_say(clips):
    assert 0.925 <= coverage(wer_like, truth(wer_like), clips) <= 0.975


def test_intervals_of_heavily_skewed_scores_cover_as_often_as_they_say():
    def draw(rng, n):
        return np.stack([rng.lognormal(0, 1, n), np.ones(n)], axis=1)

    assert 0.925 <= coverage(draw, math.exp(0.5), 20) <= 0.975


@pytest.mark.parametrize(("speakers", "clips"), [(5, 8), (25, 6)])
def test_the_interval_over_speakers_holds_the_mean_of_all_speakers(speakers, clips):
    """Clips of one speaker resemble each other: the same clips without names cover far less often."""
    rng = np.random.default_rng(7)
    inside, runs = {True: 0, False: 0}, 300
    for _ in range(runs):
        totals = np.repeat(rng.normal(3, 0.5, speakers), clips) + rng.normal(0, 0.2, speakers * clips)
        for known in inside:
            names = [f"s{i // clips}" if known else None for i in range(len(totals))]
            found, _ = estimate(scores_of(totals.tolist(), speakers=names))
            inside[known] += found.low <= 3.0 <= found.high
    assert 0.925 <= inside[True] / runs <= 0.985
    assert inside[False] / runs < 0.8


@pytest.mark.parametrize(
    ("speakers", "label"),
    [(5, "t over 5 speakers"), (4, "t over clips (these 4 voices only)"), (1, "t over clips (this voice only)")],
)
def test_the_label_says_over_whom_the_interval_speaks(speakers, label):
    values = np.random.default_rng(0).normal(size=60).tolist()
    assert estimate(scores_of(values, speakers=[f"s{i % speakers}" for i in range(60)]))[1] == label


def test_the_label_has_the_metric_s_word_for_its_units():
    scores = [ScoredClip(f"c{n}", float(n % 7), 1.0, str(n % 12)) for n in range(48)]
    assert estimate(scores, sampled="drum kits")[1] == "t over 12 drum kits"
    assert units(scores[:2], "drum kits").label == "t over clips (these 2 drum kits only)"
    assert units(scores[:1], "songs").label == "t over clips (this song only)"


def test_clips_without_a_speaker_are_units_of_their_own():
    values = np.random.default_rng(0).normal(size=60).tolist()
    found = units(scores_of(values, speakers=[None, *(f"s{i}" for i in range(59))]))
    assert len(found.starts) == 60


def test_differences_between_languages_do_not_widen_an_interval_taken_within_them():
    rng = np.random.default_rng(0)
    values = (rng.normal(0, 0.1, 40) + np.repeat([0.0, 5.0], 20)).tolist()
    within, _ = estimate(scores_of(values, languages=["en"] * 20 + ["ru"] * 20))
    across, _ = estimate(scores_of(values))
    assert within.high - within.low < (across.high - across.low) / 10


@pytest.mark.parametrize(
    ("clips", "strata"),
    [((12, 4), [4, 12]), ((12, 3), [15]), ((12, 4, 2, 2), [4, 4, 12]), ((12, 5, 3), [8, 12]), ((12, 3, 3), [6, 12])],
)
def test_languages_of_fewer_than_four_clips_are_pooled(clips, strata):
    languages = [language for language, n in zip(("en", "fr", "de", "it"), clips, strict=False) for _ in range(n)]
    found = units(scores_of(np.random.default_rng(0).normal(size=sum(clips)).tolist(), languages=languages))
    assert sorted(found.strata) == strata


def test_a_language_of_a_single_clip_is_pooled_instead_of_held_fixed():
    values = np.random.default_rng(0).normal(size=21).tolist()
    found = units(scores_of(values, languages=["en"] * 12 + ["fr"] * 8 + ["de"]))
    assert sorted(found.strata) == [9, 12]


@given(st.lists(st.tuples(finite, st.floats(0.1, 10)), min_size=1, max_size=30), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_clips_changes_no_bit(pairs, random):
    scores = scores_of(*map(list, zip(*pairs, strict=True)))
    shuffled = random.sample(scores, len(scores))
    assert estimate(shuffled) == estimate(scores)


@given(st.lists(finite, min_size=10, max_size=20), st.floats(0.1, 100))
@settings(max_examples=30, deadline=None)
def test_scaling_scales_value_and_interval_alike(totals, scale):
    one, _ = estimate(scores_of(totals))
    scaled, _ = estimate(scores_of(totals), scale=scale)
    assert scaled.value == pytest.approx(one.value * scale)
    if one.low is not None:
        assert (scaled.low, scaled.high) == pytest.approx((one.low * scale, one.high * scale))


@pytest.mark.parametrize("totals", [[1.0, 2.0, 3.0], [2.0] * 40, [0.0] * 40])
def test_too_few_clips_or_clips_that_do_not_differ_have_no_interval(totals):
    result, label = estimate(scores_of(totals))
    assert (result.value, result.low, result.high) == (sum(totals) / len(totals), None, None)
    assert label == NO_INTERVAL


def test_an_interval_does_not_leave_the_range_of_the_metric():
    totals = [0.0] * 35 + [1.0, 2.0, 1.0, 5.0, 9.0]
    free, _ = estimate(scores_of(totals, [10.0] * 40))
    bound, _ = estimate(scores_of(totals, [10.0] * 40), scale=100, bounds=(0.03, 0.05))
    assert free.low < 0.03 < 0.05 < free.high
    assert (bound.low, bound.high) == (3, 5)


def test_languages_have_estimates_of_their_own_where_there_are_several():
    scores = scores_of([1.0, 2.0, 6.0], languages=["en", "en", "fr"])
    assert {name: (e.value, e.n) for name, e in estimate_by_language(scores).items()} == {
        "en": (1.5, 2),
        "fr": (6.0, 1),
    }
    assert estimate_by_language(scores[:2]) == {}


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
        estimate(scores)


def test_one_clip_that_differs_does_not_stretch_the_interval_without_end() -> None:
    scores = [ScoredClip(f"clip{i}", 50.0 if i == 7 else 0.0, 10000.0) for i in range(22)]
    whole, _ = estimate(scores, scale=100.0, bounds=(0.0, 1.0))
    assert whole.low is not None
    assert whole.high is not None
    assert 0 < whole.low < whole.value < whole.high < 10 * whole.value


@pytest.mark.parametrize("wrong", [0.0, 7.0])
def test_few_clips_of_which_most_are_alike_have_no_interval(wrong: float) -> None:
    """Two of 19 differ, from no errors or from 7 on all others: how often that happens can't be told."""
    totals = [wrong] * 17 + [wrong + 1, wrong + 2]
    assert ratio_interval(clip_values(scores_of(totals)), (len(totals),)) is None
    assert ratio_interval(clip_values(scores_of([*totals, wrong])), (len(totals) + 1,)) is not None


def test_the_interval_of_rare_errors_is_that_of_their_logarithm() -> None:
    totals = [0.0] * 90 + [1.0, 2.0] * 5
    found, _ = estimate(scores_of(totals, [10.0] * 100))
    deviation = np.std(np.array(totals) / 10, ddof=1)
    factor = math.exp(1.959964 * deviation / math.sqrt(100) / found.value)
    assert (found.low, found.high) == pytest.approx((found.value / factor, found.value * factor), rel=1e-6)


def test_the_measured_table_keeps_what_the_page_promises() -> None:
    """Written by benchmarks/intervals.py; a change of the method is measured anew there."""
    with (Path(__file__).parents[2] / "docs" / "statistics.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["table"] for row in rows} >= {"coverage", "coverage over speakers", "false positives"}
    for row in rows:
        rate, clips = float(row["rate"]), int(row["clips"])
        if row["table"].startswith("coverage"):
            assert float(row["shown"]) < 0.1 or 0.93 <= rate <= 0.97, row
        elif clips >= 20:
            assert rate <= 0.07, row


def test_a_spread_of_a_millionth_of_the_value_is_one_and_rounding_is_none():
    values = np.array([[100.0 + 1e-4 * i, 1.0] for i in range(12)])
    low, high = ratio_interval(values, (12,))
    assert 0 < high - low < 0.001
    assert ratio_interval(np.array([[0.1 * 3, 1.0], [0.3, 1.0]] * 6), (12,)) is None


def test_the_influences_of_units_on_a_ratio() -> None:
    """12 / 4 = 3, so the units are -2, -3 and 5 off; times 3 units over a weight of 4."""
    found = influences(np.array([[1.0], [3.0], [8.0]]), np.array([[1.0], [2.0], [1.0]]))
    assert found[:, 0].tolist() == [-1.5, -2.25, 3.75]


def test_three_languages_have_an_estimate_each() -> None:
    scores = scores_of([1.0, 2.0, 6.0], languages=["en", "de", "fr"])
    assert {name: e.value for name, e in estimate_by_language(scores).items()} == {"en": 1, "de": 2, "fr": 6}


def test_rare_misses_of_the_best_score_have_the_interval_of_rare_errors_turned_round() -> None:
    errors = [0.0] * 90 + [1.0, 2.0] * 5
    wrong, _ = estimate(scores_of(errors, [10.0] * 100))
    right, label = estimate(scores_of([10.0 - error for error in errors], [10.0] * 100))
    assert (right.low, right.high) == pytest.approx((1 - wrong.high, 1 - wrong.low))
    assert label == "t over clips"
