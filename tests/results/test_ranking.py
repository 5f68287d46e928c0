from dataclasses import replace

import numpy as np
import pytest

from audiotok.errors import InvalidOption, InvalidResult
from audiotok.results.ranking import Ranking, RankInterval, band, rank_intervals, win_rate

NAMES = ("a", "b", "c", "d")


def ranking(better, names=NAMES, metric="m") -> Ranking:
    return Ranking(metric, {name: RankInterval(1, len(names)) for name in names}, frozenset(better))


@pytest.mark.parametrize(
    ("bitrate", "expected"),
    [
        (0, "up to 1 kbit/s"),
        (1000, "up to 1 kbit/s"),
        (1000.1, "1–2 kbit/s"),
        (2000, "1–2 kbit/s"),
        (2000.1, "2–4 kbit/s"),
        (4000, "2–4 kbit/s"),
        (4000.1, "4–8 kbit/s"),
        (8000, "4–8 kbit/s"),
        (8000.1, "over 8 kbit/s"),
    ],
)
def test_the_end_of_a_band_belongs_to_it(bitrate, expected):
    assert band(bitrate) == expected


@pytest.mark.parametrize("bitrate", [-1, float("nan"), float("inf")])
def test_what_is_no_bitrate_has_no_band(bitrate):
    with pytest.raises(InvalidOption, match="bitrate"):
        band(bitrate)


def test_clear_differences_give_single_ranks(make_wer):
    results = [make_wer("worst", 0.9), make_wer("best", 0.02), make_wer("middle", 0.4)]
    ranks = rank_intervals(results).ranks
    assert {name: str(rank) for name, rank in ranks.items()} == {"best": "1", "middle": "2", "worst": "3"}


def test_more_is_better_where_the_metric_says_so(make_wer):
    results = [make_wer("low", 0.1, direction="higher"), make_wer("high", 0.9, direction="higher")]
    assert rank_intervals(results).better == {("high", "low")}


@pytest.mark.parametrize(("better", "worse"), [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_who_is_better_does_not_depend_on_names(make_wer, better, worse, direction):
    rates = {better: 0.9, worse: 0.1} if direction == "higher" else {better: 0.1, worse: 0.9}
    results = [make_wer(name, rate, direction=direction) for name, rate in rates.items()]
    assert rank_intervals(results).better == {(better, worse)}


def test_noise_is_not_ranked(make_wer):
    results = [make_wer(name, 0.1, seed=i) for i, name in enumerate(NAMES)]
    assert set(rank_intervals(results).ranks.values()) == {RankInterval(1, 4)}


def test_ties_are_not_transitive(make_wer):
    results = [make_wer("a", 0.05, seed=0), make_wer("b", 0.1, seed=20), make_wer("c", 0.16, seed=40)]
    found = rank_intervals(results)
    assert found.better == {("a", "c")}
    assert {name: str(rank) for name, rank in found.ranks.items()} == {"a": "1–2", "b": "1–3", "c": "2–3"}


def test_equal_systems_are_all_left_together_nineteen_times_in_twenty(make_wer):
    like = make_wer("like", 0.1)
    rng = np.random.default_rng(11)
    runs = 100
    wrong = 0
    for _ in range(runs):
        results = [replace(like, tokenizer=name, scores=redrawn(like.scores, rng)) for name in NAMES]
        wrong += bool(rank_intervals(results).better)
    assert wrong / runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)


def redrawn(scores, rng):
    return tuple(replace(score, total=float(rng.binomial(int(score.weight), 0.1))) for score in scores)


def test_ranks_do_not_depend_on_the_order_of_the_results(make_wer):
    results = [make_wer(name, 0.05 + 0.03 * i, seed=i) for i, name in enumerate(NAMES)]
    assert rank_intervals(results) == rank_intervals(results[::-1])


def test_a_cell_that_may_not_be_ranked_is_left_out_with_its_reason(make_wer):
    results = [
        make_wer("whole", 0.1),
        make_wer("failing", 0.01, failed=1),
        make_wer("taught", 0.01, unranked="taught by its judge, whisper"),
        make_wer("none", 0.1, estimate=None, scores=()),
        make_wer("set", 0.1, scores=()),
    ]
    found = rank_intervals(results)
    assert found.ranks == {"whole": RankInterval(1, 1)}
    assert found.left_out == {
        "failing": "failed on 1 of 40 clips",
        "taught": "taught by its judge, whisper",
        "none": "no clip could be scored",
        "set": "one value for the whole set, which no test can separate from another",
    }


def test_a_metric_without_a_direction_is_not_ranked(make_wer):
    assert not rank_intervals([make_wer("a", 0.1, direction="none")]).ranks


def test_results_that_were_not_measured_alike_are_refused(make_wer):
    results = [make_wer("a", 0.1), make_wer("b", 0.1)]
    with pytest.raises(InvalidResult, match="seed is 0 and 1"):
        rank_intervals([results[0], replace(results[1], signature=results[1].signature[:-1] + "1")])
    with pytest.raises(InvalidResult, match="other clips"):
        rank_intervals([results[0], replace(results[1], scores=results[1].scores[1:])])
    with pytest.raises(InvalidResult, match="a has several"):
        rank_intervals([results[0], results[0]])
    with pytest.raises(InvalidResult, match="at least one"):
        rank_intervals([])


def test_points_are_the_share_of_tests_won():
    found = ranking({("a", "b"), ("a", "c"), ("b", "c")})
    assert [found.points(name) for name in NAMES] == pytest.approx([2.5 / 3, 0.5, 0.5 / 3, 0.5])
    assert found.points("nobody") is None
    assert ranking((), names=("a",)).points("a") is None


def test_the_win_rate_counts_every_test_once():
    rates = win_rate([ranking({("a", "b")}, names=("a", "b")), ranking({("b", "a")}), ranking((), names=("a",))])
    assert rates["a"] == pytest.approx((1 + 0 + 0.5 + 0.5) / 4)
    assert rates["c"] == pytest.approx(0.5)


def test_ranks_say_what_they_rest_on_and_what_their_clips_cannot_show(make_wer):
    five = [make_wer(name, rate) for name, rate in (("a", 0.02), ("b", 0.4))]
    five = [replace(r, scores=tuple(replace(s, speaker=f"v{i % 5}") for i, s in enumerate(r.scores))) for r in five]
    assert rank_intervals(five).basis == "t over 5 speakers; failures on fewer than 7.2% of clips may not show on 40"
