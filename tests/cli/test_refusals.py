"""Options without an effect, and files that cannot be written, are refused with the reason before any work."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from audiotok import conformance
from audiotok.cli.table import why_missing


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("run", "-t", "mulaw", "--suite", "nope", "--recipe", "wer"), "no suite is called 'nope'"),
        (("run", "-t", "mulaw", "--metric", ","), "expected names, separated by commas, got ','"),
        (("run", "-t", "mulaw", "--metric", ""), "expected names, separated by commas, got ''"),
        (("score", "rec", "--text", "one", "--texts", "t.txt", "--language", "en"), "give one of the two"),
        (("score", "rec", "--domain", "sprech"), "no domain is called 'sprech'; did you mean speech"),
        (("metrics", "--domain", "sprech"), "no domain is called 'sprech'"),
        (("list", "--domain", "sprech"), "no domain is called 'sprech'"),
        (("leaderboard", "export", "--domain", "sprech"), "no domain is called 'sprech'"),
        (("list", "--recipes", "--commercial"), "--recipes lists recipes, for which there are no filters"),
        (("export", "store", "-o", "out", "--pattern", "delay"), "--pattern is for --to training, got --to parquet"),
        (("check", "mulaw", "-o", "nodir/report.json"), "nodir does not exist; create it, or choose another file"),
        (("check", "mulaw", "-o", "rec"), "rec: expected the name of a file, got a folder"),
        (("check", "mulaw", "--weights", "--write", "golden", "-o", "r.json"), "leave out --output"),
        (("leaderboard", "export", "-o", "nodir/x.csv"), "nodir does not exist; create it, or choose another file"),
        (("new", "network"), "the class Network would replace one"),
        (("new", "token-spec", "--kind", "scalable"), "the class TokenSpec would replace one"),
    ],
)
def test_what_cannot_be_done_is_refused_before_the_work(
    audiotok, recordings, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.setattr(conformance, "check", lambda tokenizer: pytest.fail("it was checked"))
    status, _, err = audiotok(*arguments)
    assert status == 1
    assert complaint in err


def test_a_comparison_by_metrics_that_one_of_the_two_has_not_names_it(audiotok, recordings) -> None:
    status, _, err = audiotok(
        *("compare", "mulaw", "reference", "--data", "speech:rec", "--recipe", "reconstruction", "--limit", 1),
        *("--metric", "bitrate", "--runs", "runs"),
    )
    assert status == 1
    assert "none of the metrics applies to reference" in err


def test_a_metric_that_is_undefined_on_every_clip_is_said_with_its_reason() -> None:
    result = SimpleNamespace(
        estimate=None, failures={}, undefined={"a": "bars gave nan / 1.0"}, title="Bars", metric="bars"
    )
    assert why_missing(cast(Any, [result])) == ["no Bars: bars gave nan / 1.0"]
