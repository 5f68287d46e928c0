"""Processes that train together have one codec among them, stop together, and go on exactly where they were."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

SCRIPT = Path(__file__).with_name("two_processes.py")


@pytest.mark.slow
@pytest.mark.parametrize("quantizer", ["rvq", "simvq"])
def test_two_processes_end_with_the_same_weights_interrupted_or_not(tmp_path: Path, quantizer: str) -> None:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "1"}
    done = subprocess.run(
        [*launch, SCRIPT, tmp_path, quantizer], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    first, second = (torch.load(tmp_path / f"{process}.pt", weights_only=True) for process in (0, 1))
    for name, value in first["whole"].items():
        assert torch.equal(value, first["parts"][name]), name
        assert torch.equal(value, second["whole"][name]), name
        assert torch.equal(value, second["parts"][name]), name
    curves = (tmp_path / "parts" / "curves.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in curves] == list(range(1, 9))
