"""Evaluation models: what they ask of their input, and how they are opened in a worker of a pool."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import AssetUnavailable, InvalidAudio, MetricUndefined
from audiotok.metrics.analysis import Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.outcomes import ClipScore

SAMPLE_RATE = 16000  # Hz, of every evaluation model of speech here


def require_rate(sample_rate: int, expected: int = SAMPLE_RATE) -> None:
    """Raises InvalidAudio unless a signal has the rate (Hz) that its model takes."""
    if sample_rate != expected:
        raise InvalidAudio(f"expected {expected} Hz, got {sample_rate} Hz: resample first")


def require_finite(waveform: Waveform) -> None:
    """Raises InvalidAudio unless [T] and finite: for models that have an embedding of any sound, silence too."""
    if waveform.ndim != 1 or not waveform.size or not np.isfinite(waveform).all():
        raise InvalidAudio(f"expected a finite waveform [T], got {waveform.dtype} {list(waveform.shape)}")


def validate(waveform: Waveform, sample_rate: int, min_seconds: float = 0.0, *, expected: int = SAMPLE_RATE) -> None:
    """Raises InvalidAudio unless [T] at the `expected` rate (Hz), finite and within [-1, 1].

    Raises MetricUndefined where the signal is silent, or shorter than what the model can say something of.
    """
    if waveform.ndim != 1 or not waveform.size or not np.issubdtype(waveform.dtype, np.floating):
        raise InvalidAudio(f"expected a waveform [T] of floats, got {waveform.dtype} {list(waveform.shape)}")
    require_rate(sample_rate, expected)
    peak = float(np.abs(waveform).max())
    if not peak <= 1:  # NaN too
        raise InvalidAudio(f"expected samples within [-1, 1], got a peak of {peak}: clip first")
    if peak == 0:
        raise MetricUndefined("the signal is silent")
    if len(waveform) < min_seconds * sample_rate:
        raise MetricUndefined(
            f"the signal lasts {len(waveform) / sample_rate:.3f} s, at least {min_seconds} s are needed"
        )


def full_scale(waveform: Waveform) -> Waveform:
    """The signal with its peak at 1; silence stays silent."""
    peak = np.abs(waveform).max(initial=0)
    return np.asarray(waveform / peak) if peak > 0 else waveform


def quality(key: str, reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    """The score of metrics of the estimate alone: what their analysis found under `key`."""
    return ClipScore(float(estimate[key]))


#: The common part of the declarations of opinion scores that a network predicts. Their tolerance: noise 100 dB below
#: the output moved DNSMOS of 7 clips by up to 0.2 %, and so did decoding with two threads instead of one.
opinion = partial(ClipMetric, question="perceptual", unit="", direction="higher", tolerance=5e-3)


def hub_snapshot(repo: str, revision: str) -> Path:
    """The folder of a model on the Hugging Face hub at a pinned commit, from the hub's cache where it is there.

    Raises AssetUnavailable.
    """
    from huggingface_hub import snapshot_download

    try:
        # The same weights in other frameworks' formats are not fetched.
        return Path(snapshot_download(repo, revision=revision, ignore_patterns=["*.h5", "*.msgpack", "*.onnx"]))
    except OSError as error:  # every network, cache and HTTP error of huggingface_hub is one
        raise AssetUnavailable(
            f"{repo} at {revision} could not be obtained from the Hugging Face hub ({type(error).__name__}: {error}). "
            f"On a machine with network access run `hf download {repo} --revision {revision}` and copy its HF_HOME to "
            "this machine."
        ) from error
