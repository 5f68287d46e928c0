"""The recipe from an item file to a table, on tones whose pitch is the phone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.results import record

RECIPE = Path(__file__).parents[2] / "recipes" / "abx.py"
PITCHES = {"low": 150, "high": 400}


@pytest.mark.slow
def test_it_gives_every_distance_that_a_tokenizer_has_and_repeats_itself(tmp_path: Path) -> None:
    lines = ["#file onset offset #phone prev-phone next-phone speaker"]
    for speaker, loudness in (("ann", 0.2), ("bob", 0.4)):
        phones = ["low", "high"] * 3
        tones = [np.sin(2 * np.pi * PITCHES[phone] * np.arange(3200) / 16000) for phone in phones]
        soundfile.write(tmp_path / f"{speaker}.wav", loudness * np.concatenate(tones), 16000)
        lines += [
            f"{speaker} {0.2 * i:.1f} {0.2 * (i + 1):.1f} {phone} k t {speaker}" for i, phone in enumerate(phones)
        ]
    (tmp_path / "tones.item").write_text("\n".join(lines) + "\n")
    command = [sys.executable, str(RECIPE), "--tokenizer", "codec2:mode=700", "--tokenizer", "audiotok-rvq"]
    command += ["--item", str(tmp_path / "tones.item"), "--audio", str(tmp_path), "--runs", str(tmp_path / "runs")]
    outputs = []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        paths = sorted((tmp_path / "runs").rglob("results-10-5.jsonl"))
        outputs.append([path.read_bytes() for path in paths])
    assert outputs[0] == outputs[1]
    rvq, codec2 = ({result.metric: result for result in record.read(path)} for path in paths)
    assert set(codec2) == {"abx_within_edit", "abx_across_edit"}
    assert set(rvq) == {*codec2, "abx_within_dtw", "abx_across_dtw"}
    for result in rvq.values():
        assert result.estimate.n == 4
        assert 0 <= result.estimate.value < 50
    assert "ABX within" in done.stdout
