"""Agreement with torchvggish 0.2, whose spectrogram and network were run on the same signal and made-up weights."""

from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import MetricUndefined
from audiotok.metrics import vggish as module
from audiotok.metrics.vggish import METRICS, VGGish, segments

PATTERN = (np.arange(2003) * 1009 % 2003 / 2003 - 0.5).astype(np.float32)


def tune(seconds: float) -> np.ndarray:
    t = np.arange(int(seconds * 16000)) / 16000
    return (0.4 * np.sin(2 * np.pi * (200 * t + 300 * t * t)) * (1 + np.sin(6 * np.pi * t)) / 2).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> VGGish:
    """72 million weights that follow from their places, each layer's about as loud as what enters it."""
    state: dict[str, Any] = {}
    for number, (name, like) in enumerate(module._network().state_dict().items()):
        values = np.resize(np.roll(PATTERN, 97 * number), like.numel())
        scale = 3.5 / like[0].numel() ** 0.5 if like.ndim > 1 else 0.1
        state[name] = torch.from_numpy(values).reshape(like.shape) * scale
    return VGGish(state)


def test_the_spectrogram_is_torchvggishs() -> None:
    found = segments(tune(2.5))
    assert found.shape == (2, 96, 64)
    theirs = [[3.511850, -4.461652, -4.603642], [-3.929394, -4.409441, -4.604626]]
    assert found[0, [3, 50]][:, [2, 20, 60]] == pytest.approx(np.array(theirs), abs=1e-5)
    theirs = [[-4.385776, -2.807717, -4.604239], [-4.495238, 3.098637, -4.603536]]
    assert found[1, [3, 50]][:, [2, 20, 60]] == pytest.approx(np.array(theirs), abs=1e-5)


def test_the_embedding_is_torchvggishs_before_its_last_rectification(model: VGGish) -> None:
    found = model.embed(tune(2.5))
    assert found.shape == (2, 128)
    theirs = [[0.4086212, -0.3964594, 0.4990768], [0.4047227, -0.3987112, 0.4954034]]
    assert found[:, [0, 63, 127]] == pytest.approx(np.array(theirs), abs=1e-5)
    assert np.linalg.norm(found, axis=1) == pytest.approx([3.7787764, 3.7962756], abs=1e-5)


@pytest.mark.parametrize(("samples", "number"), [(0, 0), (399, 0), (15599, 0), (15600, 1), (30959, 1), (30960, 2)])
def test_a_segment_is_96_frames(samples: int, number: int) -> None:
    assert len(segments(np.zeros(samples, np.float32))) == number


def test_clips_without_a_segment_are_undefined_and_few_segments_too(model: VGGish) -> None:
    [metric] = METRICS
    for clip in (tune(0.9), np.zeros(16000, np.float32)):
        with pytest.raises(MetricUndefined):
            metric.analysis.run(clip, 16000, None, model)  # type: ignore[arg-type]
    few = [metric.analysis.run(tune(1.0), 16000, None, model)]  # type: ignore[arg-type]
    with pytest.raises(MetricUndefined, match="at least 129"):
        metric.score(few, few)
    many = [{"embeddings": np.random.default_rng(0).normal(size=(150, 128))}]
    assert metric.score(many, many) == pytest.approx(0, abs=1e-6)
    assert metric.score(many, [{"embeddings": many[0]["embeddings"] + 0.5}]) == pytest.approx(128 / 4, abs=1e-6)
