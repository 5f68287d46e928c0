"""Encoders give one frame per hop of each clip, whatever its length."""

import json

import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.units.encoders import TransformersEncoder, WhisperEncoder, open_encoder


@pytest.fixture(scope="module")
def hubert(tmp_path_factory) -> str:
    """A folder with a tiny HuBERT of random weights; hop 20, receptive field 25."""
    from transformers import HubertConfig, HubertModel, Wav2Vec2FeatureExtractor

    folder = tmp_path_factory.mktemp("hubert")
    torch.manual_seed(0)
    config = HubertConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=[8, 8],
        conv_stride=[5, 4],
        conv_kernel=[10, 4],
        num_conv_pos_embeddings=8,
        num_conv_pos_embedding_groups=2,
    )
    HubertModel(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (19, 1), (20, 1), (21, 2), (400, 20), (401, 21)])
def test_a_hubert_gives_a_frame_per_started_hop(hubert, samples, frames) -> None:
    assert TransformersEncoder(hubert, 1)(torch.randn(samples)).shape == (frames, 16)


def test_a_layer_is_the_one_that_transformers_calls_so(hubert) -> None:
    from transformers import AutoFeatureExtractor, AutoModel

    wave = torch.randn(400, generator=torch.Generator().manual_seed(0))
    values = AutoFeatureExtractor.from_pretrained(hubert)(wave.numpy(), sampling_rate=16000, return_tensors="pt")
    whole = torch.nn.functional.pad(values.input_values, (0, 5))  # what the last frame sees beyond the clip
    with torch.no_grad():
        states = AutoModel.from_pretrained(hubert).eval()(whole, output_hidden_states=True).hidden_states
    torch.testing.assert_close(TransformersEncoder(hubert, 1)(wave), states[1][0], rtol=1e-4, atol=1e-4)


def test_a_layer_that_does_not_exist_is_refused(hubert) -> None:
    with pytest.raises(InvalidOption, match="layers 0 to 2"):
        open_encoder(hubert, 3)


def test_a_model_that_is_not_over_waveforms_is_refused(tmp_path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises((InvalidOption, AssetUnavailable), match=r"bert|could not be opened"):
        open_encoder(str(tmp_path))


def test_a_folder_without_a_model_is_named(tmp_path) -> None:
    with pytest.raises(AssetUnavailable, match=str(tmp_path)):
        open_encoder(str(tmp_path))


@pytest.fixture(scope="module")
def whisper() -> WhisperEncoder:
    try:
        return open_encoder("whisper-base")
    except AssetUnavailable as error:
        pytest.skip(str(error))


@pytest.mark.weights
@pytest.mark.parametrize(
    "samples", [1, 320, 321, 28 * 16000, 28 * 16000 + 1, pytest.param(57 * 16000, marks=pytest.mark.slow)]
)
def test_whisper_gives_a_frame_per_started_20_ms(whisper, samples) -> None:
    wave = torch.randn(samples, generator=torch.Generator().manual_seed(0)) / 50
    assert whisper(wave).shape == (-(-samples // 320), 512)


@pytest.mark.weights
def test_whispers_parameters_are_those_of_its_encoder(whisper) -> None:
    # transformers counts 20,590,592; CTranslate2 also stores a bias of zeros for the keys of each layer.
    assert whisper.num_parameters == 20_590_592 + 6 * 512


@pytest.mark.slow
@pytest.mark.weights
def test_whispers_frames_hardly_depend_on_where_a_window_ends(whisper) -> None:
    wave = torch.randn(29 * 16000, generator=torch.Generator().manual_seed(1)) / 50
    whole, longer = whisper(wave[: 28 * 16000]), whisper(wave)
    assert torch.nn.functional.cosine_similarity(whole[:1300], longer[:1300]).mean() > 0.95


@pytest.mark.weights
def test_only_whispers_output_can_be_had(whisper) -> None:
    with pytest.raises(InvalidOption, match="layer must be -1"):
        open_encoder("whisper-base", 3)
