import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from audiotok.errors import InvalidOption
from audiotok.results.paired import corrected, holm, judged, paired, pairwise
from audiotok.results.record import ScoredClip

pairs = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.5, 10)), min_size=2, max_size=20)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def sides(triples):
    a = [ScoredClip(f"c{i:02}", one, weight) for i, (one, _, weight) in enumerate(triples)]
    b = [ScoredClip(f"c{i:02}", other, weight) for i, (_, other, weight) in enumerate(triples)]
    return a, b


def clips(totals, weights=None, speakers=None):
    n = len(totals)
    columns = (weights if weights is not None else [1.0] * n, speakers or [None] * n)
    return [
        ScoredClip(f"c{i:04}", float(t), float(w), s) for i, (t, w, s) in enumerate(zip(totals, *columns, strict=True))
    ]


def test_symmetric_differences_have_the_p_value_of_the_paired_t_test():
    b = np.random.default_rng(0).normal(5, 1, 10)
    a = b + np.array([-1, 1, -2, 2, -0.5, 0.5, -3, 3, -1, 1]) + 0.8
    assert paired(clips(a), clips(b), "higher").p_equal == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_a_p_value_is_the_larger_of_t_and_its_correction_for_skewness():
    rng = np.random.default_rng(0)
    b = rng.normal(5, 1, 20)
    a = b - rng.lognormal(0, 1, 20) + 1
    assert paired(clips(a), clips(b), "higher").p_equal >= stats.ttest_rel(a, b).pvalue


# 600 sets: a standard error of 0.9 points around 5%. docs/statistics.csv has more shapes, sizes and sets.
@pytest.mark.parametrize(
    "differences",
    [
        pytest.param(lambda rng, n: rng.normal(0, 1, n), id="normal"),
        pytest.param(lambda rng, n: rng.lognormal(0, 1, n) - math.exp(0.5), id="log-normal"),
        pytest.param(lambda rng, n: rng.binomial(16, 0.08, n) / 16 - rng.binomial(16, 0.08, n) / 16, id="words"),
    ],
)
@pytest.mark.parametrize("n", [20, pytest.param(40, marks=pytest.mark.slow)])
def test_equal_systems_are_called_different_no_more_often_than_one_time_in_twenty(differences, n):
    rng = np.random.default_rng(3)
    runs = 600
    hard = rng.normal(5, 1, n)
    false = sum(paired(clips(hard + differences(rng, n)), clips(hard), "none").p <= 0.05 for _ in range(runs))
    assert false / runs <= 0.07 + math.sqrt(0.07 * 0.93 / runs)


@pytest.mark.parametrize("n", [20, pytest.param(40, marks=pytest.mark.slow), 100])
def test_a_lead_that_rare_failures_would_make_up_for_is_not_called_one(n):
    """One system fails on 5% of clips, the other loses as much on all: most sets of 20 show one failure or none."""
    rng = np.random.default_rng(4)
    runs = 500
    false = 0
    for _ in range(runs):
        hard = rng.normal(3, 0.5, n)
        one = np.where(rng.random(n) < 0.05, 1.0, hard + rng.normal(0, 0.05, n))
        false += paired(clips(one), clips(hard - 0.1), "higher").p <= 0.05
    assert false / runs <= 0.07


def test_unseen_is_the_chance_that_the_failures_which_would_make_both_equal_show_on_no_clip():
    higher = paired(clips([2.0] * 10), clips([1.5] * 10), "higher")
    assert higher.unseen == pytest.approx((1 - 0.5 / 2.0) ** 10)  # a failure scores 0 and costs 2
    words = [10.0] * 10
    rate = paired(clips([1.0] * 10, words), clips([2.0] * 10, words), "lower", scale=100)
    assert rate.unseen == pytest.approx((1 - 0.1 / 0.9) ** 10)  # all words wrong instead of one in ten
    distance = paired(clips([1.0] * 10), clips([2.0] * 9 + [3.0]), "lower")
    assert distance.unseen == pytest.approx((1 - 1.1 / 2.0) ** 10)  # the worst clip of the two has 3
    assert paired(clips([2.0] * 10), clips([2.0] * 10), "higher").unseen == 1
    assert paired(clips([2.0] * 10), clips([1.5] * 10), "none").unseen == 0  # neither is better, so nothing fails


def test_clips_of_one_speaker_count_together():
    rng = np.random.default_rng(0)
    shift = np.repeat(rng.normal(0.6, 1, 20), 5)
    names = [f"s{i // 5}" for i in range(100)]
    over_speakers = paired(clips(shift, speakers=names), clips(0 * shift, speakers=names), "higher")
    alone = paired(clips(shift), clips(0 * shift), "higher")
    assert over_speakers.uncertainty == "t over 20 speakers"
    assert over_speakers.p_equal > 3 * alone.p_equal


def test_differences_that_depend_on_the_voice_are_not_taken_for_differences_over_all_voices():
    rng = np.random.default_rng(2)
    names = [f"s{i // 8}" for i in range(40)]
    false, runs = 0, 500
    for _ in range(runs):
        voices = np.repeat(rng.normal(0, 0.5, 5), 8) + rng.normal(0, 0.3, 40)
        false += paired(clips(10 + voices, speakers=names), clips([10] * 40, speakers=names), "none").p <= 0.05
    assert false / runs <= 0.07


def test_every_two_of_many_systems_are_compared_as_two_alone():
    rng = np.random.default_rng(0)
    systems = [clips(rng.uniform(0, 5, 30), rng.uniform(1, 9, 30)) for _ in range(5)]
    together = pairwise(systems, "lower")
    for at, (a, b) in enumerate(combinations(systems, 2)):
        alone = paired(a, b, "lower")
        assert (together.p_equal[at], together.unseen[at]) == pytest.approx((alone.p_equal, alone.unseen))
        assert (together.low[at], together.high[at]) == pytest.approx((alone.low, alone.high))


@given(pairs)
@settings(max_examples=20, deadline=None)
def test_exchanging_the_sides_turns_the_difference_round(triples):
    a, b = sides(triples)
    there, back = paired(a, b, "higher"), paired(b, a, "higher")
    assert back.difference == -there.difference
    assert (back.p_equal, back.unseen) == pytest.approx((there.p_equal, there.unseen), abs=1e-9)
    if there.low is not None:
        assert (back.low, back.high) == pytest.approx((-there.high, -there.low), rel=1e-6, abs=1e-9)


def test_only_common_clips_are_compared():
    a, b = sides([(5, 1, 1), (5, 2, 1), (5, 3, 1)])
    found = paired(a[:2], b[1:], "higher")
    assert (found.a, found.b, found.n) == (5, 2, 1)
    assert paired(a[:1], b[1:], "higher") is None
    assert paired(*sides([(5, 1, 0)]), "higher") is None


@pytest.mark.parametrize(("direction", "improvement"), [("higher", 300), ("lower", -300)])
def test_an_improvement_has_the_sign_of_better(direction, improvement):
    found = paired(*sides([(5, 2, 1)] * 3), direction, scale=100)
    assert (found.difference, found.improvement) == (300, improvement)


def test_identical_scores_have_a_difference_of_nothing_and_p_one():
    found = paired(*sides([(x, x, 1) for x in range(12)]), "higher")
    assert (found.difference, found.low, found.high, found.p_equal, found.unseen) == (0, None, None, 1, 1)


def test_a_difference_of_rounding_is_none():
    scores = np.random.default_rng(0).random(40)
    assert paired(clips(scores), clips(np.nextafter(scores, 1)), "higher").p_equal == 1  # each a bit higher
    assert paired(clips(scores), clips(scores + 1e-6), "higher").p_equal < 0.01


@pytest.mark.parametrize("n", [3, 10])
def test_a_few_clips_that_all_differ_alike_prove_no_more_than_their_number(n):
    assert paired(clips([2.0] * n), clips([1.0] * n), "none").p == 2.0 ** (1 - n)


def test_a_judged_p_value_is_corrected_and_never_below_what_unseen_failures_allow():
    assert corrected([0.01, 0.02], [0.0, 0.3]) == [0.02, 0.3]
    with pytest.raises(ValueError, match="shorter"):
        corrected([0.01, 0.02], [0.0])


def test_a_number_that_has_two_names_is_one_test():
    rng = np.random.default_rng(5)
    sdr, other = (paired(clips(rng.normal(mean, 1, 30)), clips(rng.normal(0, 1, 30)), "higher") for mean in (1, 0.5))
    assert judged([sdr, other, sdr]) == [*judged([sdr, other]), judged([sdr, other])[0]]
    assert judged([sdr, other]) == corrected([sdr.p_equal, other.p_equal], [sdr.unseen, other.unseen])


def test_comparisons_without_a_difference_are_a_test_each():
    equal = paired(clips([1.0] * 30), clips([1.0] * 30), "higher")
    better = paired(clips(np.linspace(1, 2, 30)), clips(np.linspace(0.5, 2, 30)), "higher")
    assert judged([equal, better, equal])[1] == max(3 * better.p_equal, better.unseen)


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


def test_what_rounds_away_is_measured_against_the_size_of_the_scores():
    """1e-9 of a score of 1000 is 1e-6: half of that is no difference, and a hundred times as much is one."""
    scores = np.linspace(900, 1100, 12)
    assert paired(clips(scores), clips(scores + 5e-7), "higher").p_equal == 1
    assert paired(clips(scores), clips(scores + 1e-4), "higher").p_equal < 0.01
