"""UTMOSv2: the opinion score that listeners would give to synthetic speech, by a network that also sees spectrograms.

Conventions: 16 kHz speech; mean opinion score, nominally 1 to 5; higher is better. The model hears random extracts of
the clip (3 s of the waveform, spectrograms of 1.4 s); five draws are averaged, always the same ones, so that a clip has
one score. As in the paper, the whole clip is heard; the package's later default, which cuts out what stays below 0.1
for 0.3 s, would leave nothing of quiet speech. Undefined: silence, and less than half a second.
Source: Baba et al., "The T05 System for the VoiceMOS Challenge 2024: Transfer Learning from Deep Image Classifier to
Naturalness MOS Prediction of High-Quality Synthetic Speech", SLT 2024; the authors' package and weights (MIT), fold 0.
The package is on no index, its weights on the hub; it opens wav2vec 2.0 and EfficientNetV2 from there too.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import AssetUnavailable
from audiotok.files.first_use import fetch_address
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, opinion, quality, validate

MIN_SECONDS = 0.5
DRAWS, SEED = 5, 0
INSTALL = 'pip install "utmosv2 @ git+https://github.com/sarulab-speech/UTMOSv2" torchvision'
WEIGHTS = "https://huggingface.co/sarulab-speech/UTMOSv2/resolve/main/fold0_s42_best_model.pth"


def load() -> Any:
    """The package's model, to be passed to `utmosv2`. Raises AssetUnavailable, MissingDependency."""
    package = needs("utmosv2", command=INSTALL)
    path = fetch_address(WEIGHTS)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints where its weights lie
            return package.create_model(checkpoint_path=path, device="cpu")
    except OSError as error:  # every network, cache and HTTP error of the hub is one
        raise AssetUnavailable(
            f"UTMOSv2 could not load wav2vec 2.0 or EfficientNetV2 from the Hugging Face hub ({type(error).__name__}: "
            f"{error}). Load it once on a machine with network access and copy its HF_HOME to this machine"
        ) from error


def utmosv2(waveform: Waveform, sample_rate: int, model: Any) -> float:
    """[T] -> mean opinion score. Raises MetricUndefined on silence and below half a second."""
    validate(waveform, sample_rate, MIN_SECONDS)
    signal = np.asarray(waveform, dtype=np.float32)[None]
    with _same_draws(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its autocast and pinned memory, on a CPU
        found = model.predict(
            data=signal,
            sr=sample_rate,
            device="cpu",
            num_repetitions=DRAWS,
            remove_silent_section=False,
            verbose=False,
        )
    return float(found[0])


@contextlib.contextmanager
def _same_draws() -> Iterator[None]:
    """The package draws from NumPy's global generator, which is then as it was."""
    before = np.random.get_state()
    np.random.seed(SEED)
    try:
        yield
    finally:
        np.random.set_state(before)


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {"utmosv2": np.array(utmosv2(waveform, sample_rate, model))}


METRICS: tuple[ClipMetric, ...] = (
    opinion(
        name="utmosv2",
        version=1,
        title="UTMOSv2",
        explanation="Mean opinion score of the naturalness of high-quality synthetic speech, predicted by a network "
        "without a reference; nominally 1 to 5.",
        range=(0.0, 6.0),
        domains=("speech",),
        analysis=Analysis(
            "utmosv2-fold0",
            version=1,
            run=_analyse,
            load=load,
            sample_rate=SAMPLE_RATE,
            signature=f"draws:{DRAWS}|seed:{SEED}",
            packages=("utmosv2", "timm", "transformers", "librosa", "torch"),
        ),
        score=partial(quality, "utmosv2"),
        evaluation_models=("utmosv2", "facebook/wav2vec2-base"),
        reference="utmosv2",
        licence="MIT",
    ),
)
