"""Columns may be added: a row is held against the version of the suite that it was made for."""

import shutil
from dataclasses import replace
from pathlib import Path

from audiotok import data
from audiotok.files.json import read_json, write_json
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.check_scores import Expected, check_results
from audiotok.leaderboard.submission.entry import read_entry
from audiotok.results import record
from audiotok.results.frame import RESULTS
from audiotok.tasks.suites import suite

ROWS = Path(__file__).parents[3] / "leaderboard" / "submissions"
ROW = ROWS / "codec2-mode-3200"


def test_a_column_that_the_suite_does_not_list_may_be_there_and_may_be_missing() -> None:
    newest, mini = suite("mini"), {"mini": data.load("mini")}
    first, *others = newest.required
    older = replace(
        newest, required=(replace(first, columns=tuple(c for c in first.columns if c != "pesq_wb")), *others)
    )
    results = record.read(ROW / RESULTS)
    without = [result for result in results if result.metric != "pesq_wb"]
    for found in (results, without):
        assert list(check_results(RESULTS, found, Expected(older, mini, True, True, older=True))) == []
    missing = list(check_results(RESULTS, without, Expected(newest, mini, True, True, older=True)))
    assert [problem.field for problem in missing] == ["pesq_wb/speech"]


def test_a_row_without_a_column_has_an_empty_cell_and_no_rank_there_and_keeps_its_others() -> None:
    rows = [read_entry(ROWS / name) for name in ("codec2-mode-3200", "lyra-num-codebooks-30")]
    older = replace(rows[0], results=tuple(r for r in rows[0].results if r.metric != "pesq_wb"))
    shown = page_data([older, rows[1]], {}, {})
    columns = {i: column["metric"] for i, column in enumerate(shown["columns"])}
    [pesq] = [i for i, metric in columns.items() if metric == "pesq_wb"]
    [estoi] = [i for i, metric in columns.items() if metric == "estoi"]
    first, second = (entry["cells"] for entry in shown["entries"])
    assert pesq not in first
    assert pesq in second
    assert estoi in first


def test_a_row_names_the_version_of_the_suite_that_it_was_made_for(tmp_path: Path) -> None:
    folder = tmp_path / ROW.name
    shutil.copytree(ROW, folder)
    environment = read_json(folder / "environment.json")
    write_json(folder / "environment.json", environment | {"suite": "mini.v1"})
    assert check(folder) == check(ROW)
    for wrong in ("mini.v9", "dates.v1"):
        write_json(folder / "environment.json", environment | {"suite": wrong})
        [problem] = check(folder)
        assert (problem.file, problem.field) == ("environment.json", "suite")
        assert wrong in problem.reason
