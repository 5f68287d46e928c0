from dataclasses import replace

import pytest

from audiotok.errors import InvalidResult
from audiotok.results.record import Estimate
from audiotok.results.table import ABSENT, align, cell, estimate, number, printable, tabulate


@pytest.mark.parametrize(
    ("value", "precision", "expected"),
    [
        (2.3712, 0.17, "2.37"),
        (12.25, 3.3, "12.2"),
        (6000.0, 0, "6000"),
        (0.123456, 0, "0.1235"),
        (1234.5, 140, "1234"),
        (-0.001, 0.5, "0.00"),
        (0.0, 0, "0"),
        (-3.25, 0, "-3.25"),
    ],
)
def test_a_number_has_the_digits_that_its_interval_bears(value, precision, expected):
    assert number(value, precision) == expected


def test_an_estimate_without_interval_is_a_number_alone():
    assert estimate(Estimate(2.5, None, None, 3)) == "2.5"
    assert estimate(Estimate(2.3712, 2.2, 2.54, 40)) == "2.37 [2.20, 2.54]"


def test_a_cell_that_failed_everywhere_is_never_a_number(make_wer):
    nothing = make_wer("a", 0.1, estimate=None, scores=(), failures={"x": "why", "y": "why"})
    assert cell(nothing) == "failed (2/2)"
    assert cell(replace(nothing, failures={}, undefined={"x": "silence"})) == "undefined"
    assert cell(None) == ABSENT


def test_a_cell_that_failed_somewhere_is_marked_and_counted(make_wer):
    result = make_wer("a", 0.1, failed=3, estimate=Estimate(2.3712, 2.2, 2.54, 37))
    assert cell(result) == "2.37 [2.20, 2.54]† failed (3/40)"


def test_a_cell_judged_by_its_teacher_is_marked(make_wer):
    assert cell(make_wer("a", 0.1, unranked="taught by its judge, whisper")).endswith("]†")


def test_a_table_leaves_open_what_was_not_measured(make_wer, make_rate):
    table = tabulate([make_wer("a", 0.1), make_rate("b", 3200)])
    assert [column.heading for column in table.columns] == ["WER [%], speech ↓", "bitrate [bit/s], speech"]
    assert table.rows["a"][1] is None
    assert table.rows["b"][0] is None


def test_a_column_holds_only_what_was_measured_alike(make_wer):
    results = [make_wer("a", 0.1), replace(make_wer("b", 0.1), signature="wer.v2|seed:0")]
    with pytest.raises(InvalidResult, match=r"recipe is wer\.v1 and wer\.v2"):
        tabulate(results)


def test_a_cell_with_two_results_is_refused(make_wer):
    with pytest.raises(InvalidResult, match="two results for wer"):
        tabulate([make_wer("a", 0.1), make_wer("a", 0.1)])


def test_controls_and_bidirectional_marks_do_not_reach_the_reader():
    assert printable("a\x1b[31m\nb\u202ec") == "a [31m b c"


def test_words_stand_left_and_numbers_right():
    assert align([["name", "value"], ["a", "10"]]) == "name  value\na        10\n"
