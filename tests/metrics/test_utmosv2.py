"""UTMOSv2 is the authors' package: what is tested is how it is called, and, where it is installed, that its answer is
passed on. Random weights stand in for the published ones."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, MetricUndefined, MissingDependency
from audiotok.metrics.utmosv2 import DRAWS, SEED, WEIGHTS, load, utmosv2

RATE = 16000


class Drawing:
    """Answers with the mean of what it draws, as the package draws its extracts."""

    def predict(self, *, data: np.ndarray, sr: int, num_repetitions: int, **options: Any) -> np.ndarray:
        assert (data.shape[0], data.dtype, sr) == (1, np.float32, RATE)
        assert options == {"device": "cpu", "remove_silent_section": False, "verbose": False}
        return np.array([np.random.rand(num_repetitions).mean()])


def test_a_clip_has_one_score_and_the_global_generator_stays(english: np.ndarray) -> None:
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    first, second = (utmosv2(english, RATE, Drawing()) for _ in range(2))
    assert first == second == pytest.approx(np.random.RandomState(SEED).rand(DRAWS).mean())
    assert np.array_equal(np.random.get_state()[1], before)


def test_silence_and_snippets_have_no_score(english: np.ndarray) -> None:
    for clip in (np.zeros(RATE, np.float32), english[: RATE // 2 - 1]):
        with pytest.raises(MetricUndefined):
            utmosv2(clip, RATE, Drawing())


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "utmosv2", None)
    with pytest.raises(MissingDependency, match=r"pip install .*git\+https://github\.com/sarulab-speech/UTMOSv2"):
        load()


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package's model with random weights, which lie where published ones would."""
    package = pytest.importorskip("utmosv2", reason="the package utmosv2 is on no index", exc_type=ImportError)
    timm, transformers = pytest.importorskip("timm"), pytest.importorskip("transformers")
    made = timm.create_model
    monkeypatch.setattr(timm, "create_model", lambda *names, **options: made(*names, **options | {"pretrained": False}))
    small = transformers.Wav2Vec2Config(layerdrop=0.0)
    extractor = transformers.Wav2Vec2FeatureExtractor()
    monkeypatch.setattr(transformers.AutoModel, "from_pretrained", lambda name: transformers.Wav2Vec2Model(small))
    monkeypatch.setattr(transformers.AutoFeatureExtractor, "from_pretrained", lambda name: extractor)
    torch.manual_seed(0)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    model = package.create_model(pretrained=False, device="cpu")
    torch.save(model.state_dict(), tmp_path / WEIGHTS.rpartition("/")[2])
    return model


def test_the_score_is_the_packages_own(upstream: Any, english: np.ndarray, capsys: pytest.CaptureFixture[str]) -> None:
    np.random.seed(SEED)
    options = {"device": "cpu", "num_repetitions": DRAWS, "remove_silent_section": False, "verbose": False}
    [expected] = upstream.predict(data=english[None], sr=RATE, **options)
    model = load()
    assert capsys.readouterr().out == ""
    assert utmosv2(english, RATE, model) == pytest.approx(float(expected), abs=1e-5)


def test_without_the_weights_the_error_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiotok.metrics.utmosv2.needs", lambda *_, **__: ModuleType("utmosv2"))  # as if it were here
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    monkeypatch.setenv("AUDIOTOK_ASSETS", "")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    monkeypatch.setattr("audiotok.files.download.failed", {})
    with pytest.raises(AssetUnavailable, match=r"fold0_s42_best_model\.pth"):
        load()
