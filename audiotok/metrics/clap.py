"""CLAP score: does the decoded music or sound still fit the words that describe it?

Conventions: 48 kHz; the clip's text is an English caption; the cosine of CLAP's embeddings of audio and text, -1 to 1,
higher is better. No fixed value is good: read it beside that of the recordings themselves. CLAP hears 10 s: a shorter
clip is repeated as its feature extractor does; a longer one is heard in as many windows as cover it, evenly spaced, and
the mean of their embeddings counts. (Upstream draws one window by chance.) Of a text the first 77 tokens are read, as
in training. Undefined: no text, silence, less than 0.1 s.

It is the checkpoint of all sounds. That of music, laion/larger_clap_music, gives every text the same embedding in
`transformers` (embeddings-benchmark/mteb, issue 5069), so that no cosine with it says anything.

Source: Wu et al., "Large-scale Contrastive Language-Audio Pretraining with Feature Fusion and Keyword-to-Caption
Augmentation", ICASSP 2023; laion/clap-htsat-unfused, from the hub, in `transformers`' ClapModel, whose own embeddings
have the same cosine (tests).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import hub_snapshot, quality, require_rate

CLAP = ("laion/clap-htsat-unfused", "8fa0f1c6d0433df6e97c127f64b2a1d6c0dcda8a")
SAMPLE_RATE = 48000
WINDOW = 10 * SAMPLE_RATE  # samples
TOKENS = 77
MIN_SECONDS = 0.1


def windows(waveform: Waveform) -> list[Waveform]:
    """[T] -> the signal itself where it has up to 10 s, or windows of 10 s that cover it.

    >>> [len(window) / SAMPLE_RATE for window in windows(np.zeros(25 * SAMPLE_RATE, np.float32))]
    [10.0, 10.0, 10.0]
    """
    number = max(1, -(-len(waveform) // WINDOW))
    starts = np.linspace(0, max(0, len(waveform) - WINDOW), number).round().astype(int)
    return [waveform[start : start + WINDOW] for start in starts]


def open_clap(folder: Path) -> Any:
    """([T] at 48 kHz, text) -> cosine; `folder` as `transformers` saves model and processor."""
    import torch

    transformers = needs("transformers")
    model = transformers.ClapModel.from_pretrained(folder).eval()
    processor = transformers.ClapProcessor.from_pretrained(folder)

    def cosine(waveform: Waveform, text: str) -> float:
        heard = processor.feature_extractor(windows(waveform), sampling_rate=SAMPLE_RATE, return_tensors="pt")
        said = processor.tokenizer([text], truncation=True, max_length=TOKENS, return_tensors="pt")
        with torch.no_grad():
            found = model(**said, **heard)
        return float(torch.cosine_similarity(found.audio_embeds.mean(dim=0), found.text_embeds[0], dim=0))

    return cosine


def _load() -> Any:
    return open_clap(hub_snapshot(*CLAP))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    require_rate(sample_rate, SAMPLE_RATE)
    if not (clip.text or "").strip():
        raise MetricUndefined("the manifest has no text for this clip")
    if not waveform.any():
        raise MetricUndefined("the signal is silent")
    if len(waveform) < MIN_SECONDS * sample_rate:
        raise MetricUndefined(
            f"the signal lasts {len(waveform) / sample_rate:.3f} s, at least {MIN_SECONDS} s are needed"
        )
    return {"clap": np.array(model(np.asarray(waveform, np.float32), clip.text))}


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="clap",
        version=1,
        title="CLAP score",
        explanation="Cosine similarity between the CLAP embeddings of the output and of the clip's caption. Compare "
        "it with the score of the original recordings: there is no fixed target value.",
        question="perceptual",
        unit="",
        direction="higher",
        range=(-1.0, 1.0),
        domains=("music", "audio"),
        analysis=Analysis(
            *("clap-htsat-unfused", 1, _analyse, _load),
            sample_rate=SAMPLE_RATE,
            packages=("transformers", "torch"),
            reads_text=True,
        ),
        score=partial(quality, "clap"),
        tolerance=1e-3,
        evaluation_models=("clap", "laion/clap-htsat-unfused"),
        reference="clap",
        licence="Apache-2.0",
    ),
)
