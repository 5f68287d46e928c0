"""The script for whoever has a GPU runs, on a CPU and in small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import audiotok

BENCHMARKS = Path(audiotok.__file__).parents[1] / "benchmarks"


@pytest.mark.slow
def test_every_part_of_it_is_measured() -> None:
    command = [sys.executable, BENCHMARKS / "gpu.py", "--device", "cpu", "--tiny"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    assert "not measured" not in done.stdout
    (row,) = (line for line in done.stdout.splitlines() if line.startswith("| encodec |"))
    tokens_per_second, alone, padded, equal, *_ = (cell.strip() for cell in row.split("|")[2:])
    assert min(float(speed.replace(",", "")) for speed in (tokens_per_second, alone, padded)) > 0
    assert equal == "100.00%"
    assert "hours per hour" in done.stdout
    assert "tokens/s in bf16" in done.stdout
