"""UTMOS against tarepan/SpeechMOS, on weights that both can make, and SingMOS against transformers' wav2vec 2.0:
nothing is downloaded, nothing of theirs is kept.

GOLDEN is what `UTMOS22Strong` of tarepan/SpeechMOS at commit ed25eacbfa42b99156c36ebec67a733b5dbb9b79 answered with
`checkpoint()` loaded strictly, for the first samples of NOISE.
"""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from audiotok.errors import AssetUnavailable, MetricUndefined
from audiotok.metrics import mos
from audiotok.metrics.footing import heard_by
from audiotok.metrics.mos import METRICS, UTMOS, SingMOS, load, load_singmos

NOISE = np.random.default_rng(1).uniform(-0.5, 0.5, 12345).astype(np.float32)
NOISE_LONG = np.random.default_rng(3).uniform(-0.5, 0.5, 12800).astype(np.float32)
GOLDEN = {8000: 4.387876033782959, 12345: 4.324451923370361}


@pytest.fixture(scope="module")
def checkpoint() -> dict[str, Tensor]:
    """Small random numbers under the names and shapes of the published checkpoint."""
    shapes: dict[str, tuple[int, ...]] = {"domain_emb": (1, 128), "judge_emb": (1, 128), "wav2vec2.mask_emb": (768,)}
    convolutions = [(512, 1, 10), *[(512, 512, 3)] * 4, *[(512, 512, 2)] * 2]
    for i, shape in enumerate(convolutions):
        shapes[f"wav2vec2.feature_extractor.conv_layers.{i}.0.weight"] = shape
    linear = {"wav2vec2.post_extract_proj": (768, 512), "projection.0": (2048, 1024), "projection.2": (1, 2048)}
    norms = {
        "wav2vec2.feature_extractor.conv_layers.0.2": 512,
        "wav2vec2.layer_norm": 512,
        "wav2vec2.encoder.layer_norm": 768,
    }
    for i in range(12):
        layer = f"wav2vec2.encoder.layers.{i}"
        linear |= {f"{layer}.self_attn.{name}_proj": (768, 768) for name in ("q", "k", "v", "out")}
        linear |= {f"{layer}.fc1": (3072, 768), f"{layer}.fc2": (768, 3072)}
        norms |= {f"{layer}.self_attn_layer_norm": 768, f"{layer}.final_layer_norm": 768}
    for name, shape in linear.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    for name, size in norms.items():
        shapes |= {f"{name}.weight": (size,), f"{name}.bias": (size,)}
    position = "wav2vec2.encoder.pos_conv.0"
    shapes |= {f"{position}.bias": (768,), f"{position}.weight_g": (1, 1, 128), f"{position}.weight_v": (768, 48, 128)}
    for way in ("", "_reverse"):
        shapes |= {f"blstm.weight_{x}h_l0{way}": (2048, size) for x, size in (("i", 1024), ("h", 512))}
        shapes |= {f"blstm.bias_{x}h_l0{way}": (2048,) for x in "ih"}
    rng = np.random.default_rng(0)
    return {
        name: torch.from_numpy(0.05 * rng.standard_normal(shape, dtype=np.float32))
        + (1 if name.removesuffix(".weight") in norms and name.endswith("weight") else 0)
        for name, shape in sorted(shapes.items())
    }


@pytest.fixture(scope="module")
def model(checkpoint: dict[str, Tensor]) -> UTMOS:
    return UTMOS(checkpoint)


@pytest.mark.parametrize("samples", [8000, 12345])  # an even and an odd number of frames
def test_scores_are_those_of_the_code_that_published_the_weights(model: UTMOS, samples: int) -> None:
    assert model.score(NOISE[:samples]) == pytest.approx(GOLDEN[samples], abs=1e-4)


def test_a_checkpoint_of_another_model_is_refused() -> None:
    with pytest.raises(RuntimeError, match="Missing key"):
        UTMOS({"linear.weight": torch.zeros(1, 768)})


def test_without_the_weights_the_error_names_the_file(without_source: Callable[[ModuleType, str], None]) -> None:
    without_source(mos, "WEIGHTS")
    with pytest.raises(AssetUnavailable, match=r"utmos22_strong_step7459_v1\.pt"):
        load()


@pytest.mark.parametrize("waveform", [np.zeros(16000, np.float32), NOISE[:7999]])
def test_silence_and_snippets_have_no_score(model: UTMOS, waveform: np.ndarray) -> None:
    with pytest.raises(MetricUndefined):
        METRICS[0].analysis.run(waveform, 16000, None, model)  # type: ignore[arg-type]  # no clip is needed


@pytest.fixture(scope="module")
def singmos_checkpoint(checkpoint: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same numbers under the names of SingMOS's checkpoint, with what s3prl keeps of the pre-training."""
    prefix = "ssl_model.ssl_model.upstream.model."
    state = {prefix + k.removeprefix("wav2vec2."): v for k, v in checkpoint.items() if k.startswith("wav2vec2.")}
    state |= {f"{prefix}quantizer.vars": torch.zeros(1, 640, 128), f"{prefix}final_proj.bias": torch.zeros(256)}
    weight = torch.from_numpy(np.random.default_rng(2).standard_normal((1, 768)).astype(np.float32) / 768**0.5)
    return state | {"linear.weight": weight, "linear.bias": torch.tensor([3.0])}


@pytest.fixture(scope="module")
def singmos(singmos_checkpoint: dict[str, Tensor]) -> SingMOS:
    return SingMOS(singmos_checkpoint)


@pytest.fixture(scope="module")
def wav2vec2(singmos_checkpoint: dict[str, Tensor]) -> Any:
    """transformers' model of the same numbers: samples [1, T] -> frames [1, F, 768] in `last_hidden_state`."""
    transformers = pytest.importorskip("transformers")
    upstream = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config(layerdrop=0.0)).eval()
    theirs = {}
    for name, value in singmos_checkpoint.items():
        name = name.removeprefix("ssl_model.ssl_model.upstream.model.")
        if name.startswith(("linear.", "quantizer.", "final_proj.")):
            continue
        name = re.sub(r"conv_layers\.(\d+)\.0\.", r"conv_layers.\1.conv.", name)
        name = re.sub(r"conv_layers\.(\d+)\.2\.", r"conv_layers.\1.layer_norm.", name)
        name = re.sub(r"^post_extract_proj", "feature_projection.projection", name)
        name = re.sub(r"^layer_norm", "feature_projection.layer_norm", name)
        name = name.replace("pos_conv.0.weight_g", "pos_conv_embed.conv.parametrizations.weight.original0")
        name = name.replace("pos_conv.0.weight_v", "pos_conv_embed.conv.parametrizations.weight.original1")
        name = name.replace("pos_conv.0.", "pos_conv_embed.conv.").replace("self_attn_layer_norm", "LN")
        name = name.replace("self_attn", "attention").replace("fc1", "feed_forward.intermediate_dense")
        name = name.replace("fc2", "feed_forward.output_dense").replace("LN", "layer_norm")
        theirs["masked_spec_embed" if name == "mask_emb" else name] = value
    upstream.load_state_dict(theirs)
    return upstream


@torch.no_grad()
@pytest.mark.parametrize("samples", [8000, 12345, 12400, 12800])  # 24 of 25 and 38 of 39, 38 of 39, 39 of 40 frames
def test_singmos_is_the_mean_of_a_frame_for_every_320_samples(
    singmos: SingMOS, singmos_checkpoint: dict[str, Tensor], wav2vec2: Any, samples: int
) -> None:
    frames = wav2vec2(torch.from_numpy(NOISE_LONG[:samples])[None]).last_hidden_state[0]
    wanted = -(-samples // 320)
    frames = torch.cat([frames, frames[-1:].expand(wanted - len(frames), -1)])
    expected = float((frames @ singmos_checkpoint["linear.weight"][0] + 3.0).mean())
    assert singmos.score(NOISE_LONG[:samples]) == pytest.approx(expected, abs=1e-4)


def test_singmos_hears_music_at_16_khz(singmos: SingMOS) -> None:
    (metric,) = [metric for metric in METRICS if metric.name == "singmos"]
    at_44, at_16 = (
        (0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32) for rate in (44100, 16000)
    )
    scores = [
        float(metric.analysis.run(*heard_by(metric.analysis, wave, rate), None, singmos)["singmos"])  # type: ignore[arg-type]
        for wave, rate in ((at_44, 44100), (at_16, 16000))
    ]
    assert scores[0] == pytest.approx(scores[1], abs=0.02)


def test_without_singmos_weights_the_error_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    monkeypatch.setenv("AUDIOTOK_ASSETS", "")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    monkeypatch.setattr("audiotok.files.download.failed", {})
    with pytest.raises(AssetUnavailable, match=r"ft_wav2vec2_base_960_23steps\.pt"):
        load_singmos()
