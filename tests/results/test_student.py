import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from audiotok.results.student import Spread, intervals, p_values, runs


def of(columns, strata=None) -> Spread:
    values = np.array(columns, dtype=float).T
    return Spread.of(values, strata or (len(values),))


def test_symmetric_data_give_the_textbook_interval_and_p_value():
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) + 1.5
    spread = of([values])
    low, high = intervals(values.mean(keepdims=True), spread)
    textbook = stats.t.interval(0.95, 4, loc=values.mean(), scale=stats.sem(values))
    assert (low[0], high[0]) == pytest.approx(textbook)
    assert p_values(values.mean(keepdims=True), spread)[0] == pytest.approx(stats.ttest_1samp(values, 0).pvalue)


def test_a_long_upper_tail_reaches_further_up_than_down():
    values = np.random.default_rng(0).lognormal(0, 1, 30)
    low, high = intervals(values.mean(keepdims=True), of([values]))
    below, above = stats.t.interval(0.95, 29, loc=values.mean(), scale=stats.sem(values))
    assert high[0] > above + 0.1 * (above - below)
    assert low[0] == pytest.approx(below)


def test_the_corrected_t_is_halls():
    """t + g t²/3 + g² t³/27 + g/(6n) for n units of skewness g, taken 1 + 6/n times as large; worked out by hand."""
    values = np.array([0.0, 0.0, 0.0, 4.0])
    spread = of([values])
    g = (1 + 6 / 4) * (-1 - 1 - 1 + 27) / 4 / 3**1.5
    t = 1 / 2
    corrected = t + g * t**2 / 3 + g**2 * t**3 / 27 + g / 24
    assert spread.skewness[0] == pytest.approx(g)
    assert p_values(np.array([1.0]), spread)[0] == pytest.approx(2 * stats.t.sf(2 * min(t, corrected), 3))


skewed = st.lists(st.floats(-50, 50), min_size=5, max_size=30).filter(lambda x: np.std(x) > 0.1)


@given(skewed, st.floats(-30, 30))
@settings(max_examples=50, deadline=None)
def test_an_interval_holds_what_its_test_does_not_reject(values, shift):
    moved = np.array(values) - shift
    spread = of([moved])
    low, high = intervals(moved.mean(keepdims=True), spread)
    p = p_values(moved.mean(keepdims=True), spread)[0]
    if abs(p - 0.05) > 1e-6:
        assert (low[0] <= 0 <= high[0]) == (p > 0.05)


@given(skewed, st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_the_unit_of_the_scores_changes_no_p_value(values, scale):
    mean = np.array([np.mean(values)])
    one, other = p_values(mean, of([values])), p_values(mean * scale, of([np.array(values) * scale]))
    assert other == pytest.approx(one, rel=1e-6, abs=1e-12)


def test_columns_do_not_know_of_each_other():
    rng = np.random.default_rng(0)
    columns = rng.exponential(size=(3, 20))
    together = of(columns)
    for k, column in enumerate(columns):
        assert (together.deviation[k], together.skewness[k]) == pytest.approx(
            (of([column]).deviation[0], of([column]).skewness[0])
        )


def test_means_of_strata_are_no_spread():
    values = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    within = of([values], (3, 3))
    assert (within.deviation[0], within.freedom) == (pytest.approx(1.0), 4)
    assert within.error[0] == pytest.approx(1 / math.sqrt(6))
    assert list(runs((3, 3))) == [slice(0, 3), slice(3, 6)]


def test_the_corrected_t_is_halls_for_a_lower_tail_too():
    """g = -2.5 · 6 / 3^1.5 = -2.88675, t = 1/2: t + g t²/3 + g² t³/27 + g/24 = 0.5 - 0.24056 + 0.03858 - 0.12028."""
    spread = of([[0.0, 0.0, 0.0, -4.0]])
    assert p_values(np.array([1.0]), spread)[0] == pytest.approx(2 * stats.t.sf(2 * 0.177737, 3), abs=1e-5)
