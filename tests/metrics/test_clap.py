"""The CLAP score against `transformers`' ClapModel with small random weights, and what has none."""

from __future__ import annotations

import doctest
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import clap as module
from audiotok.metrics.clap import METRICS, SAMPLE_RATE, open_clap, windows
from audiotok.runs.analyse import analyse

CLIP = Clip("a", "", "", "", 0.0, 1.0, SAMPLE_RATE, "music", text="a low bell")


def bell(seconds: float, pitch: float = 220.0) -> np.ndarray:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.4 * np.sin(2 * np.pi * pitch * t) * np.exp(-3 * (t % 1))).astype(np.float32)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    """A small CLAP with tokens for letters, and the folder that it is saved in."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    vocabulary = {token: number for number, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", "Ġ"])}
    vocabulary |= {letter: len(vocabulary) + place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
    config = transformers.ClapConfig(
        text_config={
            "vocab_size": len(vocabulary),
            "hidden_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "intermediate_size": 32,
            "max_position_embeddings": 90,
        },
        audio_config={
            "patch_embeds_hidden_size": 8,
            "depths": [1, 1],
            "num_attention_heads": [2, 2],
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "enable_fusion": False,
        },
        projection_dim=16,
    )
    model = transformers.ClapModel(config).eval()
    hear = transformers.ClapFeatureExtractor(truncation="rand_trunc")
    processor = transformers.ClapProcessor(hear, transformers.RobertaTokenizer(vocab=vocabulary, merges=[]))
    folder = tmp_path_factory.mktemp("clap")
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return model, processor, folder


@torch.no_grad()
@pytest.mark.parametrize("seconds", [0.7, 10.0])
def test_it_is_the_cosine_of_the_models_own_embeddings(small: tuple[Any, Any, Path], seconds: float) -> None:
    model, processor, folder = small
    waveform = bell(seconds)
    audio = processor.feature_extractor(waveform, sampling_rate=SAMPLE_RATE, return_tensors="pt")
    text = processor.tokenizer(["a low bell"], return_tensors="pt")
    one, other = model.get_audio_features(**audio).pooler_output, model.get_text_features(**text).pooler_output
    assert open_clap(folder)(waveform, "a low bell") == pytest.approx(float((one * other).sum()), abs=1e-5)


def test_a_long_clip_is_heard_whole_and_without_chance(small: tuple[Any, Any, Path]) -> None:
    cosine = open_clap(small[2])
    long = np.concatenate([bell(10.0), bell(10.0, 3000.0)])
    first, second = (cosine(half, "bell") for half in (long[: len(long) // 2], long[len(long) // 2 :]))
    whole = cosine(long, "bell")
    assert whole == cosine(long, "bell")
    assert min(first, second) - 1e-2 < whole < max(first, second) + 1e-2
    assert [window[0] for window in windows(np.arange(21 * SAMPLE_RATE, dtype=np.float32))] == [0, 264000, 528000]


def test_texts_longer_than_clap_reads_are_cut(small: tuple[Any, Any, Path]) -> None:
    cosine = open_clap(small[2])
    assert cosine(bell(1.0), 75 * "a") == cosine(bell(1.0), 200 * "a") != cosine(bell(1.0), 20 * "a")


def test_another_text_is_another_analysis(small: tuple[Any, Any, Path], tmp_path: Path) -> None:
    [metric] = METRICS
    analysis = replace(metric.analysis, load=lambda: open_clap(small[2]))  # type: ignore[type-var]
    found = [
        float(analyse(analysis, bell(1.0), SAMPLE_RATE, replace(CLIP, text=text), tmp_path)["clap"])
        for text in ("a low bell", "rain", "a low bell")
    ]
    assert found[0] == found[2] != found[1]


def test_the_example_gives_what_it_shows() -> None:
    assert doctest.testmod(module, extraglobs={"np": np}).failed == 0


def test_no_text_silence_and_snippets_have_none() -> None:
    [metric] = METRICS
    for waveform, text in ((bell(1.0), None), (bell(1.0), " "), (0 * bell(1.0), "a bell"), (bell(0.05), "a bell")):
        with pytest.raises(MetricUndefined):
            metric.analysis.run(waveform, SAMPLE_RATE, replace(CLIP, text=text), None)
    with pytest.raises(InvalidAudio, match="expected 48000 Hz"):
        metric.analysis.run(bell(1.0), 44100, CLIP, None)
