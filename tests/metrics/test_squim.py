"""SQUIM is torchaudio's model, opened from a file of its weights as published ones are; here they are random."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, MetricUndefined
from audiotok.metrics import catalogue, functional
from audiotok.metrics.squim import WEIGHTS, load, squim

RATE = 16000


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """torchaudio's model, whose weights lie where published ones would."""
    from torchaudio.models import squim_objective_base

    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    torch.manual_seed(0)
    model = squim_objective_base().eval()
    torch.save(model.state_dict(), tmp_path / WEIGHTS.rpartition("/")[2])
    return model


def test_scores_are_those_of_torchaudios_model(upstream: Any, english: np.ndarray) -> None:
    english = english[:RATE]
    with torch.no_grad():
        expected = [float(score) for score in upstream(torch.from_numpy(english)[None])]
    assert squim(english, RATE, load()) == tuple(expected)
    shown = [functional.squim_stoi(english, RATE), functional.squim_pesq(english, RATE)]
    assert shown == pytest.approx(expected[:2], abs=1e-6)
    for name, score in zip(("squim_stoi", "squim_pesq", "squim_si_sdr"), expected, strict=True):
        low, high = catalogue.get(name).range
        assert low <= score <= high


def test_silence_and_snippets_have_no_score(upstream: Any, english: np.ndarray) -> None:
    for clip in (np.zeros(2 * RATE, np.float32), english[: RATE - 1]):
        with pytest.raises(MetricUndefined):
            squim(clip, RATE, upstream)


def test_missing_weights_say_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise OSError("no network in tests")

    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    monkeypatch.delenv("AUDIOTOK_ASSETS", raising=False)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(
        AssetUnavailable, match=r"squim_objective_dns2020\.pth could not be obtained from https://download"
    ):
        load()
