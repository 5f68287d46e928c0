"""NISQA is torchmetrics', opened from a file of weights as the published one is; here they are random.

With the published weights, upstream's own code (gabrielmittag/NISQA at fe84f0f) gives UPSTREAM for the recording; the
test of it runs where those weights are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidAudio, MetricUndefined
from audiotok.files.assets import fetch
from audiotok.metrics import catalogue, functional
from audiotok.metrics import nisqa as module
from audiotok.metrics.nisqa import SCORES, WEIGHTS, load, nisqa

RATE = 16000
UPSTREAM = {
    "nisqa": 4.726991653442383,
    "nisqa_noisiness": 4.269843578338623,
    "nisqa_discontinuity": 4.772727012634277,
    "nisqa_coloration": 4.344374656677246,
    "nisqa_loudness": 4.535348415374756,
}
#: The published network's shape, by the names of its checkpoint.
SHAPE: dict[str, Any] = {
    "ms_fmax": 20000,
    "ms_n_fft": 4096,
    "ms_hop_length": 0.01,
    "ms_win_length": 0.02,
    "ms_n_mels": 48,
    "ms_seg_length": 15,
    "ms_seg_hop_length": 4,
    "ms_max_segments": 1300,
    "cnn_c_out_1": 16,
    "cnn_c_out_2": 32,
    "cnn_c_out_3": 64,
    "cnn_kernel_size": (3, 3),
    "cnn_dropout": 0.2,
    "cnn_pool_1": [24, 7],
    "cnn_pool_2": [12, 5],
    "cnn_pool_3": [6, 3],
    "cnn_fc_out_h": None,
    "td_sa_d_model": 64,
    "td_sa_nhead": 1,
    "td_sa_num_layers": 2,
    "td_sa_h": 64,
    "td_sa_dropout": 0.1,
    "pool_att_h": 128,
    "pool_att_dropout": 0,
}


@pytest.fixture(scope="module")
def package(librosa: Any) -> Any:
    """torchmetrics' module, which is imported where it is needed: it takes seconds."""
    pytest.importorskip("requests")
    return pytest.importorskip("torchmetrics.functional.audio.nisqa")


@pytest.fixture(autouse=True)
def not_yet_open(package: Any) -> Iterator[None]:
    package._load_nisqa_model.cache_clear()
    yield
    package._load_nisqa_model.cache_clear()


@pytest.fixture
def upstream(package: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """torchmetrics' network with random weights, which lie where published ones would."""
    torch.manual_seed(0)
    network = package._NISQADIM(SHAPE).eval()
    path = tmp_path / "nisqa.tar"
    torch.save({"args": SHAPE, "model_state_dict": network.state_dict()}, path)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    weights = replace(WEIGHTS, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), sources=())
    monkeypatch.setattr("audiotok.metrics.nisqa.WEIGHTS", weights)
    return network


@torch.no_grad()
def test_scores_are_those_of_torchmetrics_network(package: Any, upstream: Any, english: np.ndarray) -> None:
    spectrogram = torch.from_numpy(package._get_librosa_melspec(english[None], RATE, SHAPE))
    segments, count = package._segment_specs(spectrogram, SHAPE)
    expected = dict(zip(SCORES, upstream(segments, count.expand(1))[0].tolist(), strict=True))
    assert nisqa(english, RATE, load()) == pytest.approx(expected, abs=1e-6)
    assert functional.nisqa_coloration(english, RATE) == pytest.approx(expected["nisqa_coloration"], abs=1e-6)
    assert Path(package.NISQA_DIR).name == "NISQA"  # where it looks by itself is as it was


def test_upstreams_code_gives_the_same_on_published_weights(english: np.ndarray) -> None:
    try:
        fetch(WEIGHTS)
    except AssetUnavailable:
        pytest.skip("the published weights are not here")
    assert nisqa(english, RATE, load()) == pytest.approx(UPSTREAM, abs=1e-4)


def test_silence_snippets_and_what_is_too_long_have_no_score(upstream: Any, english: np.ndarray) -> None:
    model = load()
    for clip in (np.zeros(RATE, np.float32), english[: RATE // 2 - 1], np.tile(english, 15)):
        with pytest.raises(MetricUndefined):
            nisqa(clip, RATE, model)
    assert all(np.isfinite(list(nisqa(np.tile(english, 15)[: 52 * RATE], RATE, model).values())))
    with pytest.raises(InvalidAudio, match="expected 16000 Hz"):
        nisqa(english, 24000, model)


def test_without_the_weights_the_error_names_the_file(without_source: Callable[[ModuleType, str], None]) -> None:
    without_source(module, "WEIGHTS")
    with pytest.raises(AssetUnavailable, match=r"nisqa\.tar"):
        load()


def test_the_licence_of_the_weights_is_said() -> None:
    assert {catalogue.get(name).licence for name in SCORES} == {"CC-BY-NC-SA-4.0"}
