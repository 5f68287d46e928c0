"""Speech BERTScore against DiscreteSpeechMetrics' `bert_score` at commit 350e190, on features that both can make, and
against `transformers`' WavLM with small random weights."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import speech_bert_score as module
from audiotok.metrics.speech_bert_score import METRICS, open_wavlm, precision

RATE = 16000
#: bert_score(torch.from_numpy(estimate), torch.from_numpy(reference))[0].
UPSTREAM = {64: 0.2821158468723297, 8: 0.7172414660453796}


def features(seed: int, frames: int, size: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((frames, size)).astype(np.float32)


@pytest.mark.parametrize("size", UPSTREAM)
def test_the_precision_is_upstreams(size: int) -> None:
    reference, estimate = features(0, 50, size), features(1, 37, size)
    assert precision(reference, estimate) == pytest.approx(UPSTREAM[size], abs=1e-6)


def test_the_example_gives_what_it_shows() -> None:
    assert doctest.testmod(module, extraglobs={"np": np}).failed == 0


def test_order_and_what_is_left_out_do_not_count_but_what_is_added_does() -> None:
    reference = features(0, 20, 16)
    assert precision(reference, reference[::-1][:5]) == pytest.approx(1, abs=1e-6)
    assert precision(reference[:5], reference) < 0.9


@pytest.fixture(scope="module")
def wavlm(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small WavLM, shaped like the large one, and the folder that it is saved in."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.WavLMConfig(
        hidden_size=32,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=64,
        conv_dim=(16,) * 7,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    model = transformers.WavLMModel(config).eval()
    folder = tmp_path_factory.mktemp("wavlm")
    model.save_pretrained(folder)
    return model, folder


@torch.no_grad()
@pytest.mark.parametrize("layer", [0, 2, 4])  # before the first, in the middle, the last, which is normalised
def test_frames_are_those_of_the_whole_model(wavlm: tuple[Any, Path], layer: int, english: np.ndarray) -> None:
    model, folder = wavlm
    expected = model(torch.from_numpy(english)[None], output_hidden_states=True).hidden_states[layer][0]
    np.testing.assert_allclose(open_wavlm(folder, layer)(english), expected.numpy(), atol=1e-5)


def test_it_is_one_for_the_same_speech_and_less_for_other_speech(
    wavlm: tuple[Any, Path], english: np.ndarray, italian: np.ndarray
) -> None:
    [metric] = METRICS
    hear = open_wavlm(wavlm[1], 2)
    first, second = (metric.analysis.run(clip, RATE, None, hear) for clip in (english, italian))  # type: ignore[arg-type]
    assert metric.score(first, first, None).value == pytest.approx(1, abs=1e-6)  # type: ignore[arg-type]
    assert metric.score(first, second, None).value < 0.999  # type: ignore[arg-type]


def test_silence_and_snippets_have_none(english: np.ndarray) -> None:
    [metric] = METRICS
    for clip in (np.zeros(RATE, np.float32), english[:1000]):
        with pytest.raises(MetricUndefined):
            metric.analysis.run(clip, RATE, None, None)  # type: ignore[arg-type]
    with pytest.raises(InvalidAudio, match="expected 16000 Hz"):
        metric.analysis.run(english, 24000, None, None)  # type: ignore[arg-type]
