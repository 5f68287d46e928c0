from dataclasses import replace

import pytest

from audiotok.errors import InvalidResult
from audiotok.results.compare import NOT_SEPARATED, compare, text, texts
from audiotok.results.paired import Comparison, holm
from audiotok.results.record import Estimate


def test_the_better_one_is_named_where_the_data_separates_them(make_wer):
    (row,) = compare([make_wer("good", 0.03)], [make_wer("bad", 0.4)])
    assert row.verdict == "good is better"
    assert row.comparison.high < 0
    assert row.comparison.difference == pytest.approx(row.a.estimate.value - row.b.estimate.value)


def test_noise_is_called_not_separated(make_wer):
    (row,) = compare([make_wer("a", 0.1, seed=1)], [make_wer("b", 0.1, seed=2)])
    assert row.verdict == NOT_SEPARATED


def test_p_values_are_corrected_over_all_metrics(make_wer):
    def measured(name, seed):
        return [
            replace(make_wer(name, 0.1, seed=seed + i), metric=f"m{i}", signature=f"wer.v1|metric:m{i}")
            for i in range(4)
        ]

    rows = compare(measured("a", 0), measured("b", 10))
    corrected = holm([row.comparison.p_equal for row in rows])
    assert [row.p for row in rows] == [max(p, row.comparison.unseen) for p, row in zip(corrected, rows, strict=True)]


def test_several_tables_say_that_each_is_corrected_alone(make_wer):
    alone, other = (compare([make_wer("a", 0.1, seed=seed)], [make_wer("b", 0.4)]) for seed in (1, 3))
    assert texts([alone]) == text(alone)
    *tables, note = texts([alone, other]).splitlines()
    assert "\n".join(tables) == "\n".join([text(alone), text(other)])
    assert note == "p (Holm): corrected within each table, not over all 2 tables"


def test_where_one_failed_numbers_are_shown_without_a_verdict(make_wer):
    (row,) = compare([make_wer("whole", 0.4)], [make_wer("failing", 0.01, failed=10)])
    assert row.verdict == "not ranked: failing: failed on 10 of 40 clips"
    assert row.comparison.n == 30


def test_metrics_of_a_whole_set_are_shown_without_a_test(make_wer):
    fad = {"metric": "fad", "scores": (), "signature": "r.v1|metric:fad.v1"}
    a, b = (
        make_wer(name, 0.1, estimate=Estimate(value, None, None, 40), **fad) for name, value in (("a", 3), ("b", 4))
    )
    (row,) = compare([a], [b])
    assert (row.comparison, row.p) == (None, None)
    assert row.verdict.startswith("not ranked: one value for the whole set")


def test_metrics_of_a_whole_set_are_tested_by_what_their_runs_have_kept(make_wer):
    eer = {"metric": "eer", "scores": (), "signature": "r.v1|metric:eer.v1", "direction": "lower"}
    a, b = (
        make_wer(name, 0.1, estimate=Estimate(value, None, None, 40), **eer) for name, value in (("a", 3), ("b", 4))
    )
    found = Comparison(3, 4, -1.5, -0.5, 0.01, 0.0, 40, "lower", "1000 resamples of 9 speakers")
    (row,) = compare([a], [b], of_sets={("eer", a.domain): found})
    assert (row.comparison, row.p, row.verdict) == (found, 0.01, "a is better")
    assert "intervals and p: 1000 resamples of 9 speakers" in text([row])
    failing = replace(b, failures={"c40": "the clip is shorter than a frame"})
    (row,) = compare([a], [failing], of_sets={("eer", a.domain): found})
    assert row.verdict == "not ranked: b: failed on 1 of 41 clips"
    assert compare([a], [b], of_sets={})[0].verdict.startswith("not ranked: one value for the whole set")


def test_times_of_two_machines_are_shown_without_a_comparison(make_wer):
    def timed(name, seconds, machine):
        shown = {"metric": "rtf_encode", "question": "rate", "provenance": {"machine": machine}}
        return make_wer(name, seconds, scale=1.0, **shown)

    (row,) = compare([timed("a", 0.03, "NVIDIA H200")], [timed("b", 0.4, "2 cores")])
    assert (row.comparison, row.p, row.verdict) == (None, None, "not ranked: timed on another machine")
    assert "load of the machine" not in text([row])
    (row,) = compare([timed("a", 0.03, "2 cores")], [timed("b", 0.4, "2 cores")])
    assert row.comparison.difference < 0
    assert text([row]).endswith("real-time factors: the load of the machine is no part of the intervals\n")
    apart = (make_wer(name, 0.1, provenance={"machine": name}) for name in ("a", "b"))
    assert compare(*([one] for one in apart))[0].comparison, "other metrics do not depend on the machine"


def test_a_metric_without_direction_can_only_differ(make_wer):
    sides = ([make_wer(name, rate, direction="none")] for name, rate in (("a", 0.03), ("b", 0.4)))
    assert compare(*sides)[0].verdict == "different"


def test_what_was_not_measured_alike_is_refused_with_the_fields(make_wer):
    other = replace(make_wer("b", 0.1), signature="wer.v1|data:small@sha256:cd34|metric:wer.v1|seed:0")
    with pytest.raises(InvalidResult, match="data is mini@sha256:ab12 and small@sha256:cd34"):
        compare([make_wer("a", 0.1)], [other])


def test_sides_that_share_nothing_or_hold_several_tokenizers_are_refused(make_wer, make_rate):
    with pytest.raises(InvalidResult, match="one has wer, the other bitrate"):
        compare([make_wer("a", 0.1)], [make_rate("b", 700)])
    with pytest.raises(InvalidResult, match="one tokenizer, got a, b"):
        compare([make_wer("a", 0.1), make_wer("b", 0.1)], [make_wer("b", 0.1)])
    with pytest.raises(InvalidResult, match="one tokenizer, got none"):
        compare([], [make_wer("b", 0.1)])


def test_the_text_has_a_line_per_metric_and_says_what_it_rests_on(make_wer, make_rate):
    rows = compare([make_wer("good", 0.03), make_rate("good", 1e3)], [make_wer("bad", 0.4), make_rate("bad", 2e3)])
    shown = text(rows)
    assert "good is better" in shown
    assert "a = good\nb = bad\n" in shown
    assert "intervals and p: t over clips; failures on fewer than 7.2% of clips may not show on 40" in shown
    assert len(shown.splitlines()) == 7


def test_p_values_are_corrected_within_a_family(make_wer):
    def measured(name, seed):
        return [replace(make_wer(name, 0.1, seed=seed + i), metric=f"m{i}") for i in range(4)]

    rows = compare(measured("a", 0), measured("b", 10), family=lambda result: result.metric in ("m0", "m1"))
    corrected = [p for part in (rows[:2], rows[2:]) for p in holm([row.comparison.p_equal for row in part])]
    assert [row.p for row in rows] == [max(p, row.comparison.unseen) for p, row in zip(corrected, rows, strict=True)]


def test_rates_and_metrics_by_which_one_is_not_ranked_count_in_no_family(make_wer):
    def measured(name, rate, unranked=""):
        made = make_wer(name, rate)
        return [
            made,
            replace(made, metric="rtf_encode", question="rate"),
            replace(made, metric="early", unranked=unranked),
        ]

    rows = compare(measured("good", 0.03), measured("bad", 0.4, unranked="its output comes 8 samples early"))
    (alone,) = compare([rows[0].a], [rows[0].b])
    assert [row.p for row in rows] == [alone.p, None, None]
    assert [row.verdict for row in rows[1:]] == [
        "not tested: a rate",
        "not ranked: bad: its output comes 8 samples early",
    ]
    assert all(row.comparison for row in rows)
