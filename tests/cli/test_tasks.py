"""A recipe's script runs its task on the systems that can be had."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audiotok.cli.tasks import run
from audiotok.errors import InvalidOption
from audiotok.tasks.reconstruction import TASK
from audiotok.tasks.task import Context, only_tokenizers


def test_a_system_that_cannot_be_had_is_left_out(
    no_weights_of_lyra: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[str] = []

    def measure(system: Any, loaded: str, context: Context) -> list[Any]:
        measured.append(f"{system.identifier} on {loaded}")
        return []

    task = replace(TASK, load=str, measure=measure)
    assert run(task, ["lyra", "mulaw"], "", Context(tmp_path)) == []
    assert measured == ["mulaw:sample_rate=16000 on mini"]
    assert "left out lyra" in capsys.readouterr().err


def test_nothing_is_loaded_or_measured_where_one_system_cannot_be_judged(tmp_path: Path) -> None:
    def load(name: str) -> None:
        raise AssertionError(name)

    with pytest.raises(InvalidOption, match="reference cannot be evaluated by reconstruction: it has no tokens"):
        run(replace(TASK, load=load, cannot_judge=only_tokenizers), ["mulaw", "reference"], "mini", Context(tmp_path))


def test_a_task_without_data_of_its_own_asks_for_them(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="reconstruction needs your own data: name it with --data"):
        run(replace(TASK, dataset=""), ["mulaw"], "", Context(tmp_path))
