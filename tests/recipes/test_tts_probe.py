"""The recipe from audio with texts to a table and files to listen to, on tones."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.results import record
from audiotok.units.bpe import UnitBPE
from audiotok.units.flatten import flatten

RECIPE = Path(__file__).parents[2] / "recipes" / "tts_probe.py"


@pytest.fixture
def manifest(hum: Callable[..., Path]) -> Path:
    texts = ("one", "one two", "two one", "three", "", "two two")
    return hum(
        [
            ({"text": text, "language": "en", "speaker": "ann", "split": "train" if i < 3 else "test"}, 8000)
            for i, text in enumerate(texts)
        ]
    )


def run(manifest: Path, runs: Path, tokenizer: str, *more: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(RECIPE), "--tokenizer", tokenizer, "--data", str(manifest), "--runs", str(runs)]
    line += ["--hours", "0.001", "--context-seconds", "1", *more]
    return subprocess.run(line, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_it_reads_out_texts_that_were_not_heard_and_repeats_itself(manifest: Path, tmp_path: Path) -> None:
    outputs = []
    for _ in range(2):
        done = run(manifest, tmp_path / "runs", "codec2:mode=700", "--top-k", "5")
        assert done.returncode == 0, done.stderr
        (path,) = (tmp_path / "runs").rglob("results.jsonl")
        outputs.append(path.read_bytes())
    assert outputs[0] == outputs[1]
    assert "left out 1 test clips: the manifest has no text for it" in done.stderr
    assert "the real recordings through the same codec" in done.stdout
    found = {result.metric: result for result in record.read(path)}
    assert {score.clip for score in found["tts_unended"].scores} == {"tone3", "tone5"}
    # Where the recogniser's weights are not here, that is a failure and no number.
    for metric in ("tts_wer", "tts_cer", "tts_wer_real", "tts_cer_real"):
        scored = {score.clip for score in found[metric].scores}
        assert scored | set(found[metric].failures) == {"tone3", "tone5"}
        assert all("Whisper" in why or "base" in why for why in found[metric].failures.values())
    assert {wav.name for wav in path.parent.glob("*-real.wav")} == {"tone3-real.wav", "tone5-real.wav"}
    assert "sample_top_k:5" in found["tts_wer"].signature


@pytest.mark.slow
def test_what_cannot_be_heard_is_refused_before_anything_is_trained(manifest: Path, tmp_path: Path) -> None:
    inner = registry.load("codec2:mode=700")
    alphabet = sum(inner.spec.codebook_sizes)
    spoken = flatten(inner.encode(manifest.parent / "tone0.wav"))
    UnitBPE.train(spoken, alphabet, alphabet + 8).save(tmp_path / "merges.json")
    done = run(manifest, tmp_path / "runs", f"bpe(codec2:mode=700):model={tmp_path / 'merges.json'}")
    assert done.returncode == 1
    assert "cannot produce speech: the sequences do not say how long their tokens last" in done.stderr
    assert not list((tmp_path / "runs").rglob("checkpoint.pt"))
