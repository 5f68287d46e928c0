"""Whatever stops a run, the same call afterwards gives the files of an undisturbed one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.data import Manifest

#: Shares of the run's file operations at which a fault strikes: stages of the reference and of the system.
BY_DAY = ("0.2/kill", "0.45/interrupt", "0.72/full", "0/twice")
BY_NIGHT = (*BY_DAY, "0.06/full", "0.32/denied", "0.6/memory", "0.85/kill")


@pytest.fixture(scope="module")
def points(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return BY_NIGHT if request.config.getoption("--slow") else BY_DAY


@pytest.fixture(scope="module")
def outcomes(
    points: tuple[str, ...], make_vowels: Callable[[Path], Manifest], tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("faults")
    make_vowels(folder)
    program = Path(__file__).with_name("fault_injection.py")
    environment = os.environ | {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, str(program), str(folder), *points]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)["points"]  # type: ignore[no-any-return]


def test_the_same_call_gives_the_undisturbed_bytes(outcomes: list[dict[str, object]], points: tuple[str, ...]) -> None:
    assert [(found["again"], found["differing"]) for found in outcomes] == [("ended well", [])] * len(points)


def test_trouble_of_the_machine_is_one_error_and_ctrl_c_ends_the_run(outcomes: list[dict[str, object]]) -> None:
    expected = {"kill": "killed", "interrupt": "interrupted", "twice": "ended well"}
    for found in outcomes:
        assert found["how"] == expected.get(str(found["fault"]), "one error"), found
