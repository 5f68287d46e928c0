"""Agreement with hear21passt 0.0.26, whose spectrogram and network were run on the same signals and made-up weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidAudio, MetricUndefined
from audiotok.metrics import kld_passt as module
from audiotok.metrics.kld import divergences
from audiotok.metrics.kld_passt import METRICS, SAMPLE_RATE, PaSST, spectrogram


def shapes(width: int = 768, layers: int = 12, places: int = 99) -> dict[str, tuple[int, ...]]:
    """Of the published tensors, by their names."""
    inner = {
        "norm1": (width,),
        "attn.qkv": (3 * width, width),
        "attn.proj": (width, width),
        "norm2": (width,),
        "mlp.fc1": (4 * width, width),
        "mlp.fc2": (width, 4 * width),
    }
    found: dict[str, tuple[int, ...]] = {
        "cls_token": (1, 1, width),
        "dist_token": (1, 1, width),
        "new_pos_embed": (1, 2, width),
        "freq_new_pos_embed": (1, width, 12, 1),
        "time_new_pos_embed": (1, width, 1, places),
    }
    blocks = {f"blocks.{layer}.{name}": shape for layer in range(layers) for name, shape in inner.items()}
    heads = {"norm": (width,), "head.0": (width,), "head.1": (527, width), "head_dist": (527, width)}
    for name, shape in {"patch_embed.proj": (width, 1, 16, 16), **blocks, **heads}.items():
        found |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return found


def tune(seconds: float) -> np.ndarray:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.4 * np.sin(2 * np.pi * (200 * t + 300 * t * t)) * (1 + np.sin(6 * np.pi * t)) / 2).astype(np.float32)


Make = Callable[[dict[str, tuple[int, ...]]], dict[str, Any]]


@pytest.fixture(scope="module")
def model(make_tensors: Make) -> PaSST:
    return PaSST(make_tensors(shapes()), 10)


@pytest.fixture
def small(make_tensors: Make, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], PaSST]:
    """PaSST of so many seconds with one narrow layer."""
    for name, value in {"WIDTH": 16, "HEADS": 2, "LAYERS": 1}.items():
        monkeypatch.setattr(module, name, value)
    return lambda seconds: PaSST(make_tensors(shapes(16, 1, {10: 99, 20: 200}[seconds])), seconds)


def test_the_spectrogram_is_hear21passts() -> None:
    found = spectrogram(torch.from_numpy(tune(1.0)))
    assert found.shape == (128, 100)
    theirs = [[0.362730, -1.379636, -0.854398], [-1.237052, -1.402561, -1.245244], [-1.398831, -1.402585, -1.399845]]
    assert found[[3, 60, 120]][:, [0, 40, 99]].numpy() == pytest.approx(np.array(theirs), abs=1e-4)


def test_logits_are_hear21passts(model: PaSST, hiss: np.ndarray) -> None:
    found = np.concatenate([model.logits(clip) for clip in (tune(1.0), hiss[:SAMPLE_RATE], tune(0.1501))])
    theirs = [[-1.672302, 0.328824, 0.369155], [-0.627109, 1.581546, -0.638727], [-2.705943, 0.433617, 1.293049]]
    assert found[:, [0, 263, 526]] == pytest.approx(np.array(theirs), abs=1e-4)
    assert found.std(axis=1) == pytest.approx([1.207886, 1.176096, 1.259256], abs=1e-4)
    assert divergences(found[:1], found[1:2]) == pytest.approx([1.529023], abs=1e-4)


@pytest.mark.parametrize(("samples", "windows"), [(4801, 1), (320_000, 1), (324_800, 1), (324_801, 2), (960_000, 3)])
def test_windows_are_of_ten_seconds_and_a_rest_counts_from_150_ms_on(
    small: Callable[[int], PaSST], samples: int, windows: int
) -> None:
    assert small(10).logits(np.resize(tune(1.0), samples)).shape == (windows, 527)


def test_the_longer_network_hears_twenty_seconds_at_once(small: Callable[[int], PaSST]) -> None:
    clip = np.concatenate([tune(1.0), np.zeros(11 * SAMPLE_RATE, np.float32), tune(1.0)])
    assert small(20).logits(clip).shape == (1, 527)
    assert small(10).logits(clip).shape == (2, 527)


def test_silence_snippets_and_other_rates_have_no_score(small: Callable[[int], PaSST]) -> None:
    for metric in METRICS:
        run = partial(metric.analysis.run, clip=None, model=small(10))  # type: ignore[arg-type]
        with pytest.raises(MetricUndefined, match="silent"):
            run(0 * tune(1.0), SAMPLE_RATE)
        with pytest.raises(MetricUndefined, match=r"lasts 0\.150 s, more than 0\.15 s"):
            run(tune(0.15), SAMPLE_RATE)
        with pytest.raises(InvalidAudio, match="expected 32000 Hz"):
            run(tune(1.0), 44100)
        assert run(tune(1.0), SAMPLE_RATE)["logits"].shape == (1, 527)


def test_without_the_weights_the_error_names_the_file(without_source: Callable[[ModuleType, str], None]) -> None:
    without_source(module, "TEN")
    with pytest.raises(AssetUnavailable, match=r"passt-s-f128-p16-s10-ap\.476-swa\.pt"):
        module.ten_seconds()


def test_weights_of_twenty_seconds_are_taken_from_a_folder(
    make_tensors: Make, small: Callable[[int], PaSST], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    torch.save(make_tensors(shapes(16, 1, 200)), tmp_path / "passt-s-f128-20sec-p16-s10-ap.474-swa.pt")
    assert (module.twenty_seconds().logits(tune(1.0)) == small(20).logits(tune(1.0))).all()
