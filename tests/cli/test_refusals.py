"""Options that cannot have an effect are refused with the reason, before any work."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

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
        (("new", "network"), "the class Network would replace one"),
        (("new", "token-spec", "--kind", "scalable"), "the class TokenSpec would replace one"),
    ],
)
def test_an_option_without_effect_is_refused(audiotok, recordings, arguments: tuple[str, ...], complaint: str) -> None:
    status, _, err = audiotok(*arguments)
    assert status != 0
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
