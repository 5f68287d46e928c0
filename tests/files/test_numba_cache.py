"""Compiled code is made once, by one process, and a complete folder never changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

KERNELS = """
import numba

@numba.njit(cache=True)
def double(x):
    return x + x

def call():
    double(1)
"""
PROGRAM = """
import sys
from audiotok.files.numba_cache import Kernels, compiled
with compiled(Kernels("tiny", ("tiny_kernels",), "tiny_kernels:call")):
    import tiny_kernels
print([tiny_kernels.double(eval(text)) for text in sys.argv[1:]], sum(tiny_kernels.double.stats.cache_hits.values()))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "tiny_kernels.py").write_text(KERNELS)
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def start(program: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "AUDIOTOK_CACHE": str(program.parent / "cache"), "PYTHONPATH": str(program.parent)}
    return subprocess.Popen(
        [sys.executable, str(program), *arguments],
        env=environment | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_of_processes_that_start_at_once_one_compiles_and_says_so(program: Path) -> None:
    outputs = [process.communicate() for process in [start(program, "1") for _ in range(3)]]
    assert [printed for printed, _ in outputs] == ["[2] 1\n"] * 3  # each found its code in the cache
    assert sum("compiling tiny's kernels, once" in said for _, said in outputs) == 1


@pytest.mark.slow
def test_what_nobody_foresaw_is_compiled_in_memory_and_written_nowhere(program: Path) -> None:
    start(program, "1").communicate()
    before = contents(program.parent / "cache")
    assert any(name.endswith(".nbc") for name in before)
    assert start(program, "1.5", "1").communicate()[0] == "[3.0, 2] 1\n"
    assert contents(program.parent / "cache") == before
    assert not list(program.parent.rglob("__pycache__/*.nb?"))


@pytest.mark.slow
def test_what_a_killed_process_left_is_not_read_and_a_changed_source_is_compiled_anew(program: Path) -> None:
    half = program.parent / "cache" / "numba" / ".tiny.1" / "of_a_dead_process"
    half.mkdir(parents=True)
    assert start(program, "1").communicate()[0] == "[2] 1\n"
    assert not half.exists()
    (program.parent / "tiny_kernels.py").write_text(KERNELS.replace("x + x", "x + x + 0 * x"))
    printed, said = start(program, "2").communicate()
    assert (printed, "compiling" in said) == ("[4] 1\n", True)


@pytest.mark.slow
def test_a_call_that_fails_is_a_warning_and_the_code_is_compiled_in_memory(program: Path) -> None:
    with (program.parent / "tiny_kernels.py").open("a") as file:
        file.write("    raise RuntimeError('not today')\n")
    printed, said = start(program, "1").communicate()
    assert printed == "[2] 0\n"
    assert "not today" in said


@pytest.mark.slow
def test_a_discarded_cache_is_filled_again(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from audiotok.files import numba_cache

    start(program, "1").communicate()
    monkeypatch.setenv("AUDIOTOK_CACHE", str(program.parent / "cache"))
    being_filled = program.parent / "cache" / "numba" / ".others.1"
    being_filled.mkdir()
    numba_cache.discard()
    assert list((program.parent / "cache" / "numba").iterdir()) == [being_filled]
    printed, said = start(program, "1").communicate()
    assert (printed, "compiling" in said) == ("[2] 1\n", True)
