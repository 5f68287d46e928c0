import subprocess
import sys

import pytest

from audiotok import results
from audiotok.errors import InvalidResult
from audiotok.results import record
from audiotok.results.frame import read_all
from audiotok.results.statistics import estimate_by_language


@pytest.fixture
def folder(tmp_path, make_wer):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        record.write(tmp_path / name / "results.jsonl", [make_wer(name, 0.1, failed=2)])
    return tmp_path


def test_a_folder_gives_the_rows_of_every_file_in_it(folder):
    frame = results.load(folder)
    assert list(frame.tokenizer) == ["a", "b"]
    assert [source.rsplit("/", 2)[1] for source in frame.source] == ["a", "b"]
    assert [result.tokenizer for result in read_all(folder)] == ["a", "b"]


def test_a_row_says_what_the_result_says(folder):
    row = results.load(folder / "a" / "results.jsonl").iloc[0]
    assert (row.metric, row.domain, row.unit, row.direction) == ("wer", "speech", "%", "lower")
    assert (row.n, row.n_failed, row.coverage) == (38, 2, 0.95)
    assert row.low < row.value < row.high


def test_groups_have_rows_of_their_own(tmp_path, make_wer):
    whole = make_wer("a", 0.1)
    record.write(tmp_path / "results.jsonl", [make_wer("a", 0.1, groups=estimate_by_language(whole.scores, 100))])
    frame = results.load(tmp_path).set_index("group")
    assert list(frame.index) == ["", "en", "fr"]
    assert frame.n["en"] + frame.n["fr"] == frame.n[""]


def test_a_value_that_does_not_exist_is_missing_not_a_number(tmp_path, make_wer):
    record.write(tmp_path / "results.jsonl", [make_wer("a", 0.1, estimate=None, scores=())])
    row = results.load(tmp_path).iloc[0]
    assert row[["value", "low", "high"]].isna().all()
    assert row.coverage == 0


def test_a_path_without_results_is_an_error(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.jsonl"):
        with pytest.raises(InvalidResult, match=r"results\.jsonl"):
            results.load(path)


def test_a_submission_is_read_with_what_its_environment_says_of_early_outputs(folder, make_wer):
    record.write(folder / "a" / "results.jsonl", [make_wer("a", 0.1, metric="sdr"), make_wer("a", 0.1)])
    (folder / "a" / "environment.json").write_text('{"lags": {"speech": -8}}')
    said = {(result.tokenizer, result.metric): result.unranked for result in read_all(folder)}
    reason = "its output comes 8 samples early, which this ratio reads as noise"
    assert said == {("a", "sdr"): reason, ("a", "wer"): "", ("b", "wer"): ""}
    assert list(results.load(folder).unranked) == [reason, "", ""]
    (folder / "a" / "environment.json").write_text("{")
    with pytest.raises(InvalidResult, match=r"environment\.json: expected JSON"):
        read_all(folder)


def test_importing_results_loads_neither_pandas_nor_matplotlib():
    code = "import sys, audiotok.results.export, audiotok.results.compare, audiotok.results.plot as p; " + (
        "print({'pandas', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
