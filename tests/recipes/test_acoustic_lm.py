"""The recipe from audio to a table, on tones that two speakers hum."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.results import record

RECIPE = Path(__file__).parents[2] / "recipes" / "acoustic_lm.py"


@pytest.fixture
def manifest(hum: Callable[..., Path]) -> Path:
    sayings = [("ann", "train")] * 6 + [("bob", "test")] * 4 + [("ann", "test")] * 2
    return hum([({"speaker": speaker, "split": split}, 4000) for speaker, split in sayings])


@pytest.mark.slow
def test_it_scores_only_speakers_that_were_not_heard_and_repeats_itself(manifest: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(RECIPE), "--tokenizer", "codec2:mode=700", "--data", str(manifest)]
    command += ["--hours", "0.002", "--context-seconds", "0.5", "--rows", "2", "--seed", "0", "--seed", "1"]
    command += ["--runs", str(tmp_path / "runs")]
    outputs, written = [], []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (path,) = (tmp_path / "runs").rglob("acoustic_lm.jsonl")
        outputs.append(path.read_bytes())
        written.append({one: one.stat().st_mtime_ns for one in (tmp_path / "runs").rglob("scores.jsonl")})
    assert outputs[0] == outputs[1]
    assert written[0] == written[1]  # scored once
    found = {result.metric: result for result in record.read(path)}
    assert {score.clip for score in found["lm_bits"].scores} == {f"tone{i}" for i in range(6, 10)}
    assert found["lm_bits"].estimate.value > 0
    assert "lm_seed:0+1|" in found["lm_bits"].signature
    by_seed = [record.read(one) for one in (tmp_path / "runs").rglob("scores.jsonl")]
    values = [result.estimate.value for results in by_seed for result in results if result.metric == "lm_bits"]
    assert found["lm_bits"].estimate.value == pytest.approx(sum(values) / 2)
    assert "bit/s" in done.stdout
