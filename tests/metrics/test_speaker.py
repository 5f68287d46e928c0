"""Each encoder agrees with the package it comes from; ECAPA and WavLM with random weights, opened as published ones."""

from pathlib import Path

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, MetricUndefined
from audiotok.metrics.ge2e import GE2E, voiced
from audiotok.metrics.speaker import METRICS, Ecapa, WavLMSpeaker, similarity

NOISE = np.random.default_rng(0).uniform(-0.3, 0.3, 2 * 16000).astype(np.float32)

ECAPA_YAML = """
compute_features: !new:speechbrain.lobes.features.Fbank
    n_mels: 80
mean_var_norm: !new:speechbrain.processing.features.InputNormalization
    norm_type: sentence
    std_norm: False
embedding_model: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN
    input_size: 80
    channels: [1024, 1024, 1024, 1024, 3072]
    kernel_sizes: [5, 3, 3, 3, 1]
    dilations: [1, 2, 3, 4, 1]
    attention_channels: 128
    lin_neurons: 192
modules:
    compute_features: !ref <compute_features>
    mean_var_norm: !ref <mean_var_norm>
    embedding_model: !ref <embedding_model>
    classifier: !new:torch.nn.Identity
label_encoder: null
pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
    loadables:
        embedding_model: !ref <embedding_model>
"""


@pytest.fixture(scope="module")
def ge2e() -> GE2E:
    try:
        return GE2E()
    except AssetUnavailable as error:
        pytest.skip(f"GE2E's weights are not here: {error}")


@pytest.mark.parametrize(("a", "b", "cosine"), [([1, 2], [2, 4], 1.0), ([1, 0], [0, 3], 0.0), ([1, 1], [-2, -2], -1.0)])
def test_similarity_is_the_cosine(a: list[float], b: list[float], cosine: float) -> None:
    assert similarity(np.array(a, np.float32), np.array(b, np.float32)) == pytest.approx(cosine)


def test_a_voice_is_nearer_to_itself_than_to_another(ge2e: GE2E, english: np.ndarray, italian: np.ndarray) -> None:
    one, other = english, italian
    half = len(one) // 2
    same = similarity(ge2e.embed(one[:half]), ge2e.embed(one[half:]))
    assert same > 0.65 > similarity(ge2e.embed(one), ge2e.embed(other))


def test_identity_scores_one(ge2e: GE2E, english: np.ndarray) -> None:
    assert similarity(ge2e.embed(english), ge2e.embed(english)) == pytest.approx(1, abs=1e-6)


def test_half_the_level_is_still_the_same_voice(ge2e: GE2E, english: np.ndarray) -> None:
    # Not exactly: the voice-activity detector that cuts the pauses hears a little less.
    assert similarity(ge2e.embed(english), ge2e.embed(english / 2)) > 0.95


def test_ge2e_is_resemblyzers(ge2e: GE2E, english: np.ndarray, italian: np.ndarray) -> None:
    """Its four largest dimensions, as Resemblyzer 0.1.4 gave them with webrtcvad 2.0.10; the bound is float32's."""
    for clip, where, values in (
        (english, [102, 210, 243, 177], [0.2647817, 0.21687396, 0.1921021, 0.1915452]),
        (english / 100, [102, 20, 148, 89], [0.3048246, 0.27968103, 0.18885665, 0.1831009]),
        (italian, [243, 89, 209, 177], [0.24858153, 0.21897277, 0.20756221, 0.2020731]),
    ):
        embedding = ge2e.embed(clip)
        assert np.argsort(-embedding)[:4].tolist() == where
        np.testing.assert_allclose(embedding[where], values, atol=1e-5)


def test_ge2e_is_resemblyzers_where_that_is_installed(ge2e: GE2E, english: np.ndarray) -> None:
    resemblyzer = pytest.importorskip("resemblyzer")
    theirs = resemblyzer.VoiceEncoder("cpu", verbose=False)
    for clip in (english, english[8000:32000], np.concatenate([english, 0 * english, english])):
        prepared = resemblyzer.preprocess_wav(clip, 16000)
        np.testing.assert_allclose(voiced(clip), prepared, atol=1e-6)
        np.testing.assert_allclose(ge2e.embed(clip), theirs.embed_utterance(prepared), atol=1e-6)


def test_long_pauses_are_cut_and_short_ones_stay(english: np.ndarray) -> None:
    pause = np.zeros(48000, np.float32)
    assert len(english) < len(voiced(np.concatenate([english, pause, english]))) < 2 * len(english) + 16000


def test_ecapa_is_speechbrains(tmp_path: Path) -> None:
    from speechbrain.inference.classifiers import EncoderClassifier
    from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

    torch.manual_seed(0)
    weights = ECAPA_TDNN(80, lin_neurons=192, channels=[1024, 1024, 1024, 1024, 3072]).state_dict()
    torch.save(weights, tmp_path / "embedding_model.ckpt")
    (tmp_path / "hyperparams.yaml").write_text(ECAPA_YAML)
    theirs = EncoderClassifier.from_hparams(source=str(tmp_path), savedir=str(tmp_path))
    expected = theirs.encode_batch(torch.from_numpy(NOISE))[0, 0].numpy()
    np.testing.assert_allclose(Ecapa(tmp_path / "embedding_model.ckpt").embed(NOISE), expected, atol=1e-5)


def test_wavlm_is_transformers(tmp_path: Path) -> None:
    from transformers import Wav2Vec2FeatureExtractor, WavLMConfig, WavLMForXVector

    torch.manual_seed(0)
    config = WavLMConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
        tdnn_dim=(16, 16, 16, 16, 24),
        xvector_output_dim=12,
    )
    model = WavLMForXVector(config).eval()
    model.save_pretrained(tmp_path)
    Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(tmp_path)
    normalised = (NOISE - NOISE.mean()) / np.sqrt(NOISE.var() + 1e-7)
    with torch.no_grad():
        expected = model(torch.from_numpy(normalised)[None]).embeddings[0].numpy()
    np.testing.assert_allclose(WavLMSpeaker(tmp_path).embed(NOISE), expected, atol=1e-5)


@pytest.mark.parametrize("waveform", [np.zeros(32000, np.float32), NOISE[:7999]])
def test_silence_and_snippets_have_no_voice(ge2e: GE2E, waveform: np.ndarray) -> None:
    with pytest.raises(MetricUndefined):
        METRICS[0].analysis.run(waveform, 16000, None, ge2e)  # type: ignore[arg-type]  # no clip is needed


def test_a_tone_without_voice_is_undefined_and_no_number(ge2e: GE2E) -> None:
    tone = (0.3 * np.sin(np.arange(32000) * 0.1)).astype(np.float32)
    with pytest.raises(MetricUndefined, match="of voice"):
        ge2e.embed(tone)
