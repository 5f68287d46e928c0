"""SCOREQ against the authors' package on small ONNX files of the published names (tests/golden/make_scoreq.py)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidAudio, MetricUndefined
from audiotok.metrics import functional
from audiotok.metrics.scoreq import EMBEDDING, QUALITY, embed, load, scoreq

pytest.importorskip("onnxruntime")
GOLDEN = Path(__file__).parents[1] / "golden" / "scoreq.zip"
RATE = 16000


def signal(samples: int, seed: int) -> np.ndarray:
    generator = torch.Generator().manual_seed(seed)
    return (0.3 * torch.randn(1, samples, generator=generator).clamp(-3, 3))[0].numpy()


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What the package gives; its files lie where published ones would."""
    zipfile.ZipFile(GOLDEN).extractall(tmp_path)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    return json.loads((tmp_path / "golden.json").read_text())


@pytest.mark.parametrize("samples", [16000, 9000, 9280])
def test_scores_are_those_of_the_package(answers: dict[str, float], samples: int) -> None:
    estimate, reference = signal(samples, 1), signal(samples, 2)
    assert scoreq(estimate, RATE, load(QUALITY)) == pytest.approx(answers[f"scoreq.{samples}"], abs=1e-5)
    assert functional.scoreq_ref(reference, estimate, RATE) == pytest.approx(answers[f"scoreq_ref.{samples}"], abs=1e-5)


def test_a_signal_is_at_no_distance_from_itself(answers: dict[str, float], english: np.ndarray) -> None:
    assert functional.scoreq_ref(english, english, RATE) == 0
    assert np.linalg.norm(embed(english, RATE, load(EMBEDDING))) == pytest.approx(1, abs=1e-5)


def test_silence_and_snippets_have_no_score(answers: dict[str, float], english: np.ndarray) -> None:
    model = load(QUALITY)
    for clip in (np.zeros(RATE, np.float32), english[: RATE // 2 - 1]):
        with pytest.raises(MetricUndefined):
            scoreq(clip, RATE, model)
    with pytest.raises(InvalidAudio, match="expected 16000 Hz"):
        scoreq(english, 24000, model)


def test_without_the_weights_the_error_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    monkeypatch.setenv("AUDIOTOK_ASSETS", "")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    monkeypatch.setattr("audiotok.files.download.failed", {})
    with pytest.raises(AssetUnavailable, match=r"adapt_nr_telephone\.onnx could not be obtained from https://zenodo"):
        load(QUALITY)
