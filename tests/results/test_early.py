"""Outputs that come early, and ratios that read them as noise."""

from dataclasses import replace

import pytest

from audiotok.metrics import catalogue
from audiotok.results.compare import compare
from audiotok.results.early import lags_of, unranked_if_early, why_early

REASON = "its output comes 8 samples early, which this ratio reads as noise"


@pytest.mark.parametrize(
    ("metric", "lag", "why"),
    [
        ("sdr", -8, REASON),
        ("ci_sdr", -8, REASON),
        ("sdr", -1, "its output comes 1 sample early, which this ratio reads as noise"),
        ("sdr", 0, ""),
        ("sdr", 8, ""),
        ("sdr", None, ""),
        ("sdr_aligned", -8, ""),
        ("si_sdr", -8, ""),
    ],
)
def test_a_ratio_that_reads_an_early_output_as_noise_ranks_none(metric, lag, why):
    assert why_early(catalogue.get(metric), lag) == why


def test_a_result_has_one_reason_and_an_unknown_metric_none(make_wer):
    early = make_wer("a", 0.1, metric="sdr", direction="higher")
    assert unranked_if_early(early, {"speech": -8}).unranked == REASON
    assert unranked_if_early(early, {"music": -8}) == early
    assert unranked_if_early(early, {"speech": None}) == early  # no delay is measurable
    anchor = replace(early, unranked="an anchor")
    assert unranked_if_early(anchor, {"speech": -8}) == anchor
    unknown = replace(early, metric="no_such_metric")
    assert unranked_if_early(unknown, {"speech": -8}) == unknown


def test_a_comparison_gives_no_verdict_on_it(make_wer):
    early, late = (make_wer(name, rate, metric="sdr", direction="higher") for name, rate in (("a", 0.1), ("b", 0.9)))
    assert compare([early], [late])[0].verdict == "b is better"
    (row,) = compare([unranked_if_early(early, {"speech": -8})], [late])
    assert row.verdict == f"not ranked: a: {REASON}"


@pytest.mark.parametrize("stated", [[], {}, {"lags": 8}, {"lags": {"noise": 8, "speech": "8", "music": 1 << 20}}])
def test_lags_that_cannot_be_true_are_not_believed(stated):
    assert lags_of(stated) == {}


def test_lags_of_an_environment_are_in_samples_by_domain():
    lags = {"speech": -8, "music": 1336, "audio": None}
    assert lags_of({"lags": lags}) == lags
