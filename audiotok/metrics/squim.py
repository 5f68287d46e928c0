"""SQUIM: STOI, PESQ and SI-SDR as a network estimates them from the decoded speech alone.

Conventions: 16 kHz speech; the estimates of wide-band PESQ (1 to 4.64), STOI (0 to 1) and SI-SDR (dB); higher is
better; no reference is heard. They say what the measures would be against a clean recording that nobody has, so that
they are no substitute for the measures where the reference is there. Undefined: silence, and less than a second.
Source: Kumar et al., "TorchAudio-Squim: Reference-less speech quality and intelligibility measures in TorchAudio",
ICASSP 2023; torchaudio's model with the weights of its pipeline SQUIM_OBJECTIVE, by their address: torchaudio publishes
no hash.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.files import torch_hub
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.evaluation_models import SAMPLE_RATE, opinion, quality, validate

MIN_SECONDS = 1.0
WEIGHTS = "https://download.pytorch.org/torchaudio/models/squim_objective_dns2020.pth"


def load() -> Any:
    """The model, to be passed to `squim`. Raises AssetUnavailable with where the weights can be had."""
    from torchaudio.models import squim_objective_base

    model = squim_objective_base()
    model.load_state_dict(torch_hub.state_dict(WEIGHTS, check_hash=False))
    return model.eval()


def squim(waveform: Waveform, sample_rate: int, model: Any) -> tuple[float, float, float]:
    """[T] -> STOI, PESQ, SI-SDR. Raises MetricUndefined on silence and below a second."""
    import torch

    validate(waveform, sample_rate, MIN_SECONDS)
    with torch.no_grad():
        stoi, pesq, si_sdr = model(torch.from_numpy(np.asarray(waveform, dtype=np.float32))[None])
    return float(stoi), float(pesq), float(si_sdr)


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return dict(zip(("stoi", "pesq", "si_sdr"), map(np.array, squim(waveform, sample_rate, model)), strict=True))


_ANALYSIS = Analysis(*("squim-objective", 1, _analyse, load), sample_rate=SAMPLE_RATE, packages=("torchaudio", "torch"))
_metric = partial(
    opinion,
    version=1,
    domains=("speech",),
    analysis=_ANALYSIS,
    evaluation_models=("squim",),
    licence="CC-BY-4.0",
    reference="squim",
)

METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="squim_pesq",
        title="SQUIM, PESQ",
        explanation="Wide-band PESQ, estimated by a network without a reference; 1 to 4.64.",
        range=(1.0, 4.65),
        score=partial(quality, "pesq"),
    ),
    _metric(
        name="squim_stoi",
        title="SQUIM, STOI",
        explanation="STOI, estimated by a network without a reference; 1 is best.",
        range=(0.0, 1.0),
        score=partial(quality, "stoi"),
    ),
    _metric(
        name="squim_si_sdr",
        title="SQUIM, SI-SDR",
        explanation="SI-SDR, estimated by a network without a reference.",
        unit="dB",
        range=(-100.0, 100.0),
        score=partial(quality, "si_sdr"),
    ),
)
