"""Layers in the middle of Whisper's encoder: the last of them leads to the output that CTranslate2 gives."""

import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.whisper import whisper_base_folder
from audiotok.units.encoders import open_encoder
from audiotok.units.layers import WhisperLayer, open_layer
from audiotok.units.whisper import hidden_layers, whisper_encoder

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def folder():
    try:
        return whisper_base_folder()
    except AssetUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def fourth(folder) -> WhisperLayer:
    return WhisperLayer(folder, 4)


def noise(samples: int) -> torch.Tensor:
    return torch.randn(samples, generator=torch.Generator().manual_seed(0)) / 50


@pytest.mark.parametrize("samples", [16001, pytest.param(30 * 16000, marks=pytest.mark.slow)])
def test_the_last_layer_normed_is_the_output_that_ctranslate2_gives(folder, samples) -> None:
    norm = whisper_encoder(folder).layer_norm
    ours = WhisperLayer(folder, 6)(noise(samples)) * norm.weight + norm.bias
    theirs = open_encoder("whisper-base")(noise(samples))
    assert ours.shape == theirs.shape
    assert torch.allclose(ours, theirs, atol=0.02)  # sums of 2048 terms in another order, values up to 20


def test_a_layer_is_the_one_of_the_whole_encoder(folder, fourth) -> None:
    mel = torch.from_numpy(fourth._mel(torch.cat([noise(3200), torch.zeros(16000)]).numpy(), padding=0))[None].float()
    whole = list(hidden_layers(whisper_encoder(folder), mel))
    assert len(whole) == 7
    expected = torch.nn.functional.layer_norm(whole[4][0, :10], (512,))
    assert torch.allclose(fourth(noise(3200)), expected, atol=1e-4)


@pytest.mark.parametrize("samples", [1, 320, 321, 28 * 16000 + 1])
def test_there_is_a_frame_per_started_20_ms_of_mean_0_and_variance_1(fourth, samples) -> None:
    frames = fourth(noise(samples))
    assert frames.shape == (-(-samples // 320), 512)
    assert torch.allclose(frames.mean(1), torch.zeros(len(frames)), atol=1e-4)
    assert torch.allclose(frames.var(1, correction=0), torch.ones(len(frames)), atol=1e-2)


def test_layers_behind_the_one_asked_for_are_not_kept(folder, fourth) -> None:
    whole = WhisperLayer(folder, 6).num_parameters
    assert whole == 20_590_592
    assert fourth.num_parameters == whole - 2 * 3_151_872  # 4 d² + 4 d for attention, 8 d² + 5 d, two norms; d = 512


def test_a_layer_that_does_not_exist_is_refused(folder) -> None:
    with pytest.raises(InvalidOption, match="layers 0 to 6 here"):
        open_layer("whisper-base", 7)


def test_the_output_is_still_ctranslate2_s(folder) -> None:
    assert torch.equal(open_layer("whisper-base")(noise(999)), open_encoder("whisper-base")(noise(999)))
