import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import InvalidOption
from audiotok.results.export import export
from audiotok.results.record import Estimate, Result

NASTY = "=cmd|' /C calc'!A0_{x}\\%&$#~^<script>`*[a](b)\n\x1b"
WHOLE = Estimate(2.3712, 2.2, 2.54, 37)
any_text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


def result(tokenizer="codec_2", estimate: Estimate | None = WHOLE, **changes) -> Result:
    values = {"metric": "wer", "domain": "speech", "signature": "wer.v1|seed:0", "direction": "lower", "unit": "%"}
    return Result(tokenizer, estimate=estimate, **(values | changes))


def table_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_has_the_numbers_in_full_and_failures_in_words():
    header, whole, failed = table_of(export([result(), result("b", None, failures={"x": "why"})], "csv"))
    assert header == ["tokenizer", "wer_speech", "wer_speech_low", "wer_speech_high", "wer_speech_note"]
    assert whole == ["codec_2", "2.3712", "2.2", "2.54", ""]
    assert failed == ["b", "failed (1/1)", "", "", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " ="])
def test_csv_gives_a_spreadsheet_no_formula(start):
    _, row = table_of(export([result(start + "1+1")], "csv"))
    assert row[0].startswith("'")


def test_negative_numbers_stay_numbers_in_csv():
    _, row = table_of(export([result(estimate=Estimate(-3.5, None, None, 4))], "csv"))
    assert row[1] == "-3.5"


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
    assert [len(row) for row in table_of(export(results, "csv"))] == [5, 5]
    assert len(export(results, "markdown").splitlines()) == 3
    assert len(export(results, "latex").splitlines()) == 7


def test_an_unknown_format_is_refused():
    with pytest.raises(InvalidOption, match="csv, json, latex, markdown"):
        export([result()], "xlsx")
