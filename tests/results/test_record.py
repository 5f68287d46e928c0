import json
from dataclasses import replace

import pytest

from audiotok.errors import InvalidResult
from audiotok.results import record
from audiotok.results.record import Result


def test_what_is_written_is_read_back(tmp_path, make_wer):
    results = [make_wer("b", 0.1), make_wer("a", 0.2, failed=2)]
    record.write(tmp_path / "results.jsonl", results)
    assert record.read(tmp_path / "results.jsonl") == results[::-1]


def test_equal_results_are_equal_bytes_in_any_order(tmp_path, make_wer):
    results = [make_wer("b", 0.1), make_wer("a", 0.2)]
    record.write(tmp_path / "one", results)
    record.write(tmp_path / "two", results[::-1])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_line_separator_in_a_text_does_not_end_the_line(tmp_path, make_wer):
    result = make_wer("a", 0.1, provenance={"note": "one\u2028two"})
    record.write(tmp_path / "results.jsonl", [result])
    assert record.read(tmp_path / "results.jsonl") == [result]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("format", "audiotok.result.v0", "expected a record of format"),
        ("colour", "red", "unknown field colour"),
        ("tokenizer", 3, "tokenizer must be text"),
        ("failures", {"clip": None}, "failures must be text"),
        ("direction", "up", "direction must be one of"),
        ("scale", True, "finite numbers"),
        ("estimate", {"value": "2", "low": None, "high": None, "n": 1}, "finite numbers"),
        ("estimate", {"value": 2, "low": 3, "high": 1, "n": 1}, "low <= high"),
        ("estimate", {"value": 2, "low": 3, "high": None, "n": 1}, "low <= high"),
        ("estimate", {"value": 2}, "low"),
        ("estimate", 7, "mapping"),
        ("scores", [{"clip": "a", "total": 1, "weight": -1}], "weights are at least 0"),
        ("scores", [{"clip": "a", "total": 1, "weight": 0}], "not all of them 0"),
        ("scores", [{"clip": "a", "total": 1, "weight": 1, "speaker": 5}], "scores.speaker must be text"),
    ],
)
def test_a_wrong_field_is_refused_by_name(make_wer, field, value, complaint):
    values = json.loads(make_wer("a", 0.1).to_json()) | {field: value}
    with pytest.raises(InvalidResult, match=complaint):
        Result.from_dict(values)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"format": "audiotok.result.v1", "scale": NaN}', "NaN is not a number"),
        ('{"a": 1, "a": 2}', "duplicate key 'a'"),
        ("[1]", "expected an object"),
        ("{", "1: "),
        ("", "1: "),
    ],
)
def test_a_file_that_is_no_results_file_is_refused_with_its_line(tmp_path, text, complaint):
    (tmp_path / "results.jsonl").write_text(text)
    with pytest.raises(InvalidResult, match=complaint):
        record.read(tmp_path / "results.jsonl")


def test_coverage_is_the_share_that_was_scored(make_wer):
    assert make_wer("a", 0.1, failed=4).coverage == 0.9
    assert replace(make_wer("a", 0.1), estimate=None).coverage == 0
