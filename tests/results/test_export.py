import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import InvalidOption, InvalidResult, UnknownName
from audiotok.results.export import chosen, export
from audiotok.results.frame import COLUMNS
from audiotok.results.record import Estimate, Result

NASTY = "=cmd|' /C calc'!A0_{x}\\%&$#~^<script>`*[a](b)\n\x1b"
WHOLE = Estimate(2.3712, 2.2, 2.54, 37)
any_text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


def result(tokenizer="codec_2", estimate: Estimate | None = WHOLE, **changes) -> Result:
    values = {"metric": "wer", "domain": "speech", "signature": "wer.v1|seed:0", "direction": "lower", "unit": "%"}
    return Result(tokenizer, estimate=estimate, **(values | changes))


def table_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_is_tidy_with_a_score_a_row():
    scored = result(groups={"en": Estimate(3.0, None, None, 20)})
    whole, english, failed = csv.DictReader(
        io.StringIO(export([scored, result("b", None, failures={"x": "why"})], "csv"))
    )
    assert (whole["tokenizer"], whole["metric"], whole["domain"], whole["group"]) == ("codec_2", "wer", "speech", "")
    assert (whole["value"], whole["low"], whole["high"], whole["n"]) == ("2.3712", "2.2", "2.54", "37")
    assert (english["group"], english["value"]) == ("en", "3.0")
    assert (failed["value"], failed["n_failed"], failed["coverage"]) == ("", "1", "0.0")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " ="])
def test_csv_gives_a_spreadsheet_no_formula(start):
    _, row = table_of(export([result(start + "1+1")], "csv"))
    assert row[0].startswith("'")


def test_negative_numbers_stay_numbers_in_csv():
    heads, row = table_of(export([result(estimate=Estimate(-3.5, None, None, 4))], "csv"))
    assert row[heads.index("value")] == "-3.5"


def test_json_has_a_row_per_result_and_null_for_what_does_not_exist():
    (row,) = json.loads(export([result("b", None, failures={"x": "why"})], "json"))
    assert row["tokenizer"] == "b"
    assert (row["value"], row["n_failed"], row["coverage"]) == (None, 1, 0.0)


def test_latex_escapes_its_special_characters():
    text = export([result(NASTY)], "latex")
    row = next(line for line in text.splitlines() if line.startswith(r"\texttt"))
    assert row == (
        r"\texttt{=cmd\textbar{}' /C calc'!A0\_\{x\}\textbackslash{}\%\&\$\#\textasciitilde{}\textasciicircum{}"
        r"\textless{}script\textgreater{}`*[a](b)  } & 2.37 [2.20, 2.54] \\"
    )


def test_markdown_escapes_pipes_markup_and_html():
    row = export([result(NASTY)], "markdown").splitlines()[2]
    assert row.replace(r"\|", "").count("|") == 3
    assert "<" not in row
    assert r"\[a\](b)" in row


@pytest.mark.parametrize("format", ["latex", "markdown"])
def test_a_cell_that_is_not_ranked_has_its_reason_beside_the_table(format):
    text = export([result(failures={"a": "why", "b": "why", "c": "why"})], format)
    assert "† not ranked" in text
    assert "failed on 3 of 40 clips" in text


@given(any_text, any_text)
@settings(deadline=None)
def test_no_name_adds_a_row_or_a_column(tokenizer, unit):
    results = [result(tokenizer, unit=unit)]
    assert [len(row) for row in table_of(export(results, "csv"))] == [len(COLUMNS)] * 2
    assert len(export(results, "markdown").splitlines()) == 3
    assert len(export(results, "latex").splitlines()) == 7


def test_an_unknown_format_is_refused():
    with pytest.raises(InvalidOption, match="csv, json, latex, markdown"):
        export([result()], "xlsx")


def rate(tokenizer, bitrate):
    return result(tokenizer, Estimate(bitrate, None, None, 9), metric="bitrate", direction="none", unit="bit/s")


@pytest.mark.parametrize("format", ["latex", "markdown"])
def test_rows_come_by_bitrate_and_those_without_one_last(format):
    results = [result("none"), rate("high", 6000.0), result("high"), rate("low", 700.0), result("low")]
    text = export(results, format)
    assert text.index("low") < text.index("high") < text.index("none")
    errors = [one for one in results if one.metric != "bitrate"]  # the bitrates are not shown
    text = export(errors, format, results)
    assert text.index("low") < text.index("high") < text.index("none")


def bold(text: str) -> list[str]:
    """Tokenizers with a bold cell, in Markdown."""
    return [line.split("|")[1].strip() for line in text.splitlines() if "**" in line]


@pytest.mark.parametrize(("format", "mark"), [("latex", r"\textbf{"), ("markdown", "**")])
def test_what_is_separated_from_the_best_of_its_band_is_not_bold(format, mark, make_wer, make_rate):
    rates = [make_rate("a", 600.0), make_rate("b", 700.0), make_rate("anchor", 800.0)]
    results = [make_wer("a", 0.03), make_wer("b", 0.4), make_wer("anchor", 0.01, unranked="an anchor")]
    lines = export([*rates, *results], format).splitlines()
    (row,) = (line for line in lines if mark in line)
    assert row.startswith((r"\texttt{a}", "| a "))
    assert any("bold: not separated from the best of its band (up to 1 kbit/s" in line for line in lines)


def test_values_that_the_data_does_not_separate_are_all_bold(make_wer, make_rate):
    results = [make_wer("a", 0.1, seed=1), make_wer("b", 0.1, seed=3), make_wer("c", 0.5)]
    assert bold(export([*results, *(make_rate(name, 700.0) for name in "abc")], "markdown")) == ["a", "b"]


def test_a_tokenizer_of_another_band_or_without_a_bitrate_is_no_rival(make_wer, make_rate):
    results = [make_wer("a", 0.03), make_wer("b", 0.4), make_wer("c", 0.01)]
    rates = [make_rate("a", 500.0), make_rate("b", 12e3)]
    assert bold(export([*results, *rates], "markdown")) == []
    assert bold(export(results, "markdown", [*results, make_rate("a", 500.0), make_rate("b", 600.0)])) == ["a"]


def test_times_of_several_machines_and_scores_of_other_clips_have_no_best(make_wer, make_rate):
    def results(*machines, clips=40):
        rate = {"metric": "rtf_encode", "question": "rate"}
        timed = [make_wer("a", 0.03, provenance={"machine": machines[0]}, **rate)]
        timed.append(make_wer("b", 0.4, clips=clips, provenance={"machine": machines[-1]}, **rate))
        return [*timed, make_rate("a", 500.0), make_rate("b", 500.0)]

    assert bold(export(results("2 cores"), "markdown")) == ["a"]
    assert bold(export(results("2 cores", "NVIDIA H200"), "markdown")) == []
    assert bold(export(results("2 cores", clips=30), "markdown")) == []


@pytest.mark.parametrize("format", ["latex", "markdown"])
def test_the_reasons_of_failures_stand_below_the_table(format):
    failures = {"a": "no words", "b": "no words", "c": "too short"}
    text = export([result("broken", None, failures=failures)], format)
    assert "failed (3/3): broken, wer (speech): no words (on 2 clips); 1 more reasons" in text


def test_what_is_not_there_is_an_error_and_not_an_empty_table():
    with pytest.raises(UnknownName, match="did you mean wer"):
        chosen([result()], ["wre"])
    with pytest.raises(InvalidResult, match="there are results on speech, asked was music"):
        chosen([result()], domain="music")
    assert chosen([result(), rate("a", 1.0)], ["wer"]) == [result()]
