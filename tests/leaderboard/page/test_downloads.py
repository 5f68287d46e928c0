from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.page.downloads import badge, plain_table, records
from audiotok.leaderboard.submission.entry import Entry

pandas = pytest.importorskip("pandas")
pytest.importorskip("pyarrow", reason="pyarrow writes the parquet file")


@pytest.fixture(scope="module")
def folder(board: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(board, tmp_path_factory.mktemp("page")).parent


@pytest.fixture(scope="module")
def cells(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "board.json").read_text("utf-8"))["cells"]


def test_every_result_of_the_board_is_a_record(cells: list[dict[str, Any]], board: list[Entry]) -> None:
    assert len(cells) == sum(len(entry.results) for entry in board)
    expected = next(r for entry in board for r in entry.results if r.tokenizer == "mulaw" and r.metric == "estoi")
    (found,) = (cell for cell in cells if (cell["tokenizer"], cell["metric"]) == ("mulaw", "estoi"))
    assert expected.estimate
    assert found["value"] == pytest.approx(expected.estimate.value, rel=1e-5)
    assert (found["n"], found["band"], found["state"]) == (40, "over 8 kbit/s", "measured")


def test_a_failure_is_a_state_and_no_rank(cells: list[dict[str, Any]]) -> None:
    failed = [cell for cell in cells if cell["state"] == "failed"]
    assert [(cell["tokenizer"], cell["metric"], cell["failed"]) for cell in failed] == [
        ("encodec:bandwidth=1.5", "pesq_wb", 2)
    ]
    assert failed[0]["best_rank"] is None
    assert "failed on 2 of 40" in failed[0]["unranked"]


def test_the_table_for_programs_is_the_same_as_a_data_frame(folder: Path, cells: list[dict[str, Any]]) -> None:
    frame = pandas.read_parquet(folder / "board.parquet")
    assert list(frame.columns) == list(cells[0])
    assert frame["value"].tolist() == pytest.approx([cell["value"] for cell in cells])
    assert frame["best_rank"].dropna().astype(int).tolist() == [
        cell["best_rank"] for cell in cells if cell["best_rank"] is not None
    ]


def test_each_tokenizer_with_a_rank_has_a_badge_of_each_question(folder: Path, cells: list[dict[str, Any]]) -> None:
    text = (folder / "badges" / "mulaw" / "speaker.svg").read_text("utf-8")
    title = ElementTree.fromstring(text).findtext("{http://www.w3.org/2000/svg}title")
    cell = next(c for c in cells if (c["tokenizer"], c["metric"]) == ("mulaw", "speaker_ge2e"))
    assert title == (
        f"Speaker similarity (GE2E), speech: {cell['value']:.3g}, rank {cell['best_rank']}"
        + (f"–{cell['worst_rank']}" if cell["worst_rank"] != cell["best_rank"] else "")
        + " of 3 over 8 kbit/s"
    )
    assert not (folder / "badges" / "reference").exists()


def test_a_badge_holds_no_markup_of_a_text() -> None:
    text = badge("<script>", '" onload="alert(1)')
    svg = ElementTree.fromstring(text)
    assert set(svg.attrib) == {"width", "height", "role", "aria-label"}
    assert "<script>" not in text


def test_badges_of_rows_that_are_gone_go(board: list[Entry], tmp_path: Path) -> None:
    build(board, tmp_path)
    build([entry for entry in board if entry.tokenizer != "mulaw"], tmp_path)
    assert not (tmp_path / "badges" / "mulaw" / "speaker.svg").exists()


def test_without_scripts_there_is_a_table_of_the_tokenizers(folder: Path, board: list[Entry]) -> None:
    html = (folder / "index.html").read_text("utf-8")
    plain = html[html.index("<noscript>") : html.index("</noscript>")]
    for entry in board:
        if entry.kind == "tokenizer":
            assert f"<td>{entry.tokenizer}</td>" in plain
    assert "board.json" in plain


def test_a_badge_shows_the_value_and_says_where_it_is_ranked_at_a_bound(
    folder: Path, cells: list[dict[str, Any]]
) -> None:
    cell = next(c for c in cells if (c["tokenizer"], c["metric"]) == ("whisper-units:num_units=512", "dwer"))
    assert cell["ranked_at"] > cell["value"]
    text = (folder / "badges" / "whisper-units-num-units-512" / "intelligibility.svg").read_text("utf-8")
    assert f": {cell['value']:.3g} % (ranked at {cell['ranked_at']:.3g}), rank" in text


def test_a_rank_has_the_band_that_it_is_within_also_on_optional_data(cells: list[dict[str, Any]]) -> None:
    ranked = [cell for cell in cells if cell["best_rank"] is not None]
    assert {cell["data"] for cell in ranked} > {"mini", "small"}
    assert [cell["metric"] for cell in ranked if cell["band"] is None] == []
    of = {cell["tokenizer"]: cell["band"] for cell in cells if cell["metric"] == "dwer"}
    assert [cell["band"] for cell in ranked] == [of[cell["tokenizer"]] for cell in ranked]


def test_without_scripts_rows_without_a_borda_count_stand_last_in_their_band() -> None:
    entries = [
        {
            "id": name,
            "name": name,
            "kind": "tokenizer",
            "cells": {},
            "absent": {},
            "rates": {"mini/mini/speech": {"band": 0}},
        }
        for name in ("none", "low", "high")
    ]
    column = {"table": "mini/mini/speech", "metric": "estoi", "title": "ESTOI", "unit": "", "digits": 2}
    order = {"up to 1 kbit/s": {"who": [1, 2], "total": [0.2, 0.8], "behind": {}}}
    data = {"columns": [column], "headline": [], "bands": ["up to 1 kbit/s"], "entries": entries}
    rows = plain_table(data | {"order": {"mini/speech": order}})["rows"]
    assert [row[0] for row in rows] == ["high", "low", "none"]


def test_a_metric_that_is_undefined_has_failed_on_no_clip(board: list[Entry]) -> None:
    few = dict.fromkeys(("speech-00", "speech-01"), "12 codes, at least 20480 are needed")
    entry = next(entry for entry in board if entry.tokenizer == "mulaw")
    entropy = next(one for one in entry.results if (one.metric, one.domain) == ("entropy", "speech"))
    undefined = replace(entropy, estimate=None, scores=(), failures=few)
    (cell,) = records(page_data([replace(entry, results=(undefined,))], {}, {}))
    assert (cell["state"], cell["failed"]) == ("undefined", 0)


def test_without_scripts_a_small_value_is_not_written_as_zero() -> None:
    cells = {0: {"n": 5, "v": 0.000196}, 1: {"n": 5, "v": 0.0}}
    column = {"table": "mini/mini/speech", "title": "RTF", "unit": "", "digits": 3, "metric": "rtf_decode"}
    entry = {"id": "a", "name": "a", "kind": "tokenizer", "cells": cells, "absent": {}, "rates": {}}
    data = {"columns": [column, column], "headline": ["rtf_decode"], "bands": [], "entries": [entry], "order": {}}
    assert plain_table(data)["rows"][0][-2:] == ["0.0002", "0.000"]


def test_a_badge_of_a_time_names_the_machine(folder: Path, cells: list[dict[str, Any]]) -> None:
    assert {cell["machine"] for cell in cells if cell["metric"] == "rtf_encode"} == {"x86_64"}
    assert {cell["machine"] for cell in cells if cell["metric"] != "rtf_encode"} == {None}
    assert ", on x86_64" in (folder / "badges" / "mulaw" / "rate.svg").read_text("utf-8")
