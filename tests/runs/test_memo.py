from pathlib import Path

import pytest

from audiotok.results.record import Result
from audiotok.runs.memo import digest, memoised


def result(metric: str) -> Result:
    return Result(
        tokenizer="mulaw",
        metric=metric,
        domain="speech",
        signature=f"memo.v1|metric:{metric}.v1",
        estimate=None,
        uncertainty="",
        groups={},
        scores=(),
        failures={},
        undefined={},
        provenance={},
        title=metric,
        question="none",
        unit="",
        direction="none",
        scale=1.0,
    )


def refuse() -> list[Result]:
    pytest.fail("made again")


def test_results_of_the_same_inputs_are_read_and_not_made(tmp_path: Path) -> None:
    made = memoised(tmp_path / "runs" / "found.jsonl", "a", lambda: [result("b"), result("a")])
    assert [found.metric for found in made] == ["a", "b"]
    assert memoised(tmp_path / "runs" / "found.jsonl", "a", refuse) == made


def test_results_of_other_inputs_are_made_again(tmp_path: Path) -> None:
    memoised(tmp_path / "found.jsonl", "a", lambda: [result("a")])
    assert memoised(tmp_path / "found.jsonl", "b", lambda: [result("b")]) == [result("b")]
    assert memoised(tmp_path / "found.jsonl", "b", refuse) == [result("b")]


@pytest.mark.parametrize("name", ["found.jsonl", "found.inputs"])
@pytest.mark.parametrize("harm", [lambda b: b[:-20], lambda b: b.replace(b"mulaw", b"codec"), lambda b: b"", None])
def test_altered_results_are_made_again_and_said(tmp_path: Path, name: str, harm) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "found.jsonl"
    memoised(path, "a", lambda: [result("a")])
    before = path.read_bytes(), (tmp_path / "found.inputs").read_bytes()
    if harm is None:
        memoised(tmp_path / "other.jsonl", "a", lambda: [result("other")])
        (tmp_path / name).write_bytes((tmp_path / name.replace("found", "other")).read_bytes())
    else:
        harmed = harm((tmp_path / name).read_bytes())
        if harmed == (tmp_path / name).read_bytes():
            pytest.skip("the inputs do not name the tokenizer")
        (tmp_path / name).write_bytes(harmed)
    with pytest.warns(UserWarning, match="made again"):
        assert memoised(path, "a", lambda: [result("a")]) == [result("a")]
    assert (path.read_bytes(), (tmp_path / "found.inputs").read_bytes()) == before


def test_no_results_are_memoised_without_a_file(tmp_path: Path) -> None:
    assert memoised(tmp_path / "found.jsonl", "a", list) == []
    assert memoised(tmp_path / "found.jsonl", "a", refuse) == []
    assert not (tmp_path / "found.jsonl").exists()


def test_a_digest_tells_values_apart_by_place() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
