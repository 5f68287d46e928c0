"""Agreement with audioldm_eval at commit 8dc07ee, whose Cnn14 was run on the same signals and made-up weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidAudio, MetricUndefined
from audiotok.metrics import kld_panns as module
from audiotok.metrics.evaluation_models import SAMPLE_RATE
from audiotok.metrics.kld import divergences
from audiotok.metrics.kld_panns import CHANNELS, METRICS, Cnn14, published, spectrogram

Make = Callable[[dict[str, tuple[int, ...]]], dict[str, Any]]


def shapes() -> dict[str, tuple[int, ...]]:
    """Of the published tensors, by their names, but for those of the spectrogram and the counts of batches."""
    found: dict[str, tuple[int, ...]] = {}
    norms = {"bn0": 64}
    for number, (inside, outside) in enumerate(pairwise(CHANNELS), start=1):
        found[f"conv_block{number}.conv1.weight"] = (outside, inside, 3, 3)
        found[f"conv_block{number}.conv2.weight"] = (outside, outside, 3, 3)
        norms |= {f"conv_block{number}.bn1": outside, f"conv_block{number}.bn2": outside}
    for name, size in norms.items():
        found |= {f"{name}.{what}": (size,) for what in ("weight", "bias", "running_mean", "running_var")}
    for name, size in {"fc1": 2048, "fc_audioset": 527}.items():
        found |= {f"{name}.weight": (size, 2048), f"{name}.bias": (size,)}
    return found


def tune(seconds: float) -> np.ndarray:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.4 * np.sin(2 * np.pi * (200 * t + 300 * t * t)) * (1 + np.sin(6 * np.pi * t)) / 2).astype(np.float32)


@pytest.fixture(scope="module")
def model(make_tensors: Make) -> Cnn14:
    variances = [name for name in shapes() if name.endswith("running_var")]
    counts = {name.replace("running_var", "num_batches_tracked"): torch.tensor(0) for name in variances}
    ignored = {"spectrogram_extractor.stft.conv_real.weight": torch.zeros(257, 1, 512)}
    return Cnn14(make_tensors(shapes()) | counts | ignored)


def test_the_spectrogram_is_audioldm_evals(hiss: np.ndarray) -> None:
    found = spectrogram(torch.from_numpy(hiss[:40000]))
    assert found.shape == (251, 64)
    theirs = [[-8.245216, -18.757938, -12.295946], [-14.561169, -15.223393, -9.937632]]
    assert found[[3, 150]][:, [2, 30, 60]].numpy() == pytest.approx(np.array(theirs), abs=1e-3)


def test_logits_are_audioldm_evals(model: Cnn14, hiss: np.ndarray) -> None:
    found = np.concatenate([model.logits(clip) for clip in (tune(2.5) + 0.05, hiss[: 2 * SAMPLE_RATE], tune(0.5))])
    theirs = [[8.334231, 8.130661, 0.425923], [1.231019, 1.488524, 0.198383], [9.029832, 8.994726, 0.722135]]
    assert found[:, [0, 263, 526]] == pytest.approx(np.array(theirs), abs=1e-4)
    assert found.std(axis=1) == pytest.approx([5.880884, 0.990317, 6.649448], abs=1e-4)
    assert divergences(found[:1], found[1:2]) == pytest.approx([2.248241], abs=1e-4)


def test_silence_constants_snippets_and_other_rates_have_no_score() -> None:
    [metric] = METRICS
    run = partial(metric.analysis.run, clip=None, model=None)  # type: ignore[arg-type]
    for clip, why in ((0 * tune(1.0), "silent"), (0 * tune(1.0) + 0.5, "constant"), (tune(0.09), "at least 0.1 s")):
        with pytest.raises(MetricUndefined, match=why):
            run(clip, SAMPLE_RATE)
    with pytest.raises(InvalidAudio, match="expected 16000 Hz"):
        run(tune(1.0), 32000)


def test_a_checkpoint_is_read_with_the_arrays_of_numpy_1_that_lie_beside_its_tensors(tmp_path: Path) -> None:
    saved = {"iteration": 5, "model": {"fc1.bias": torch.arange(3.0)}, "sampler": {"indexes": np.arange(7)}}
    path = tmp_path / "saved.pth"
    torch.save(saved, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes().replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    assert published(path)["fc1.bias"].tolist() == [0, 1, 2]


def test_without_the_weights_the_error_names_the_file(without_source: Callable[[ModuleType, str], None]) -> None:
    without_source(module, "WEIGHTS")
    with pytest.raises(AssetUnavailable, match=r"Cnn14_16k_mAP=0\.438\.pth"):
        module._load()
