"""GE2E's speaker encoder with the weights and the preparation of the package Resemblyzer, whose embeddings these are.

The package itself is not needed: it depends on a webrtcvad that is built from source, while `webrtcvad-wheels` has the
same detector. Its wheel is only where the weights are published.

Source: Wan et al., "Generalized end-to-end loss for speaker verification", ICASSP 2018; Resemblyzer 0.1.4, Apache-2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import MetricUndefined
from audiotok.files.assets import Asset, PyPI, fetch
from audiotok.metrics.analysis import Waveform
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE
from audiotok.metrics.mel_power import mel_power

if TYPE_CHECKING:
    from torch import nn

MIN_SECONDS = 0.5  # of voice
WEIGHTS = Asset(
    "resemblyzer-pretrained.pt",
    "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
    (PyPI((("Resemblyzer==0.1.4", "resemblyzer/pretrained.pt"),)),),
)
LEVEL = -30  # dBFS, to which quiet clips are raised
VAD_WINDOW = 480  # samples
SMOOTHED, KEPT = 8, 6  # windows of the moving average; windows of silence that stay
HOP, WINDOW, MELS = 160, 400, 40
PART, STEP = 160, 77  # frames of a part, and from one to the next: 1.3 parts a second
COVERED = 0.75  # of the last part, or it is left out


def voiced(waveform: Waveform) -> Waveform:
    """[T] at 16 kHz -> [T'], raised to -30 dBFS if quieter, without long pauses."""
    from scipy.ndimage import binary_dilation, uniform_filter1d

    level = 20 * np.log10(np.sqrt(np.mean(waveform.astype(np.float64) ** 2)))
    raised = np.asarray(waveform * 10 ** (max(0.0, LEVEL - level) / 20))
    raised = raised[: len(raised) - len(raised) % VAD_WINDOW]
    detector = needs("webrtcvad").Vad(3)
    windows = np.round(raised * 32767).astype("<i2").reshape(-1, VAD_WINDOW)
    speech = np.array([detector.is_speech(window.tobytes(), SAMPLE_RATE) for window in windows], dtype=np.float64)
    if not speech.size:
        return raised
    share = uniform_filter1d(speech, SMOOTHED, mode="constant", origin=-1)
    heard = binary_dilation(np.round(share).astype(bool), np.ones(KEPT + 1))
    return np.asarray(raised[np.repeat(heard, VAD_WINDOW)])


class GE2E:
    """Three LSTM layers over a mel spectrogram; the mean of the embeddings of parts of 1.6 s."""

    def __init__(self) -> None:
        import torch

        self._lstm, self._linear = torch.nn.LSTM(MELS, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
        state = torch.load(fetch(WEIGHTS), map_location="cpu", weights_only=True)["model_state"]
        for name, part in (("lstm.", self._lstm), ("linear.", self._linear)):
            _load(part, {key.removeprefix(name): value for key, value in state.items() if key.startswith(name)})

    def embed(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 16 kHz -> [256] of norm 1. Raises MetricUndefined where less than half a second of voice is found."""
        voice = voiced(waveform)
        if len(voice) < MIN_SECONDS * SAMPLE_RATE:
            raise MetricUndefined(
                f"{len(voice) / SAMPLE_RATE:.2f} s of voice were found, at least {MIN_SECONDS} s are needed"
            )
        return self._embed(voice)

    def _embed(self, waveform: Waveform) -> NDArray[np.float32]:
        import torch

        frames = -(-(len(waveform) + 1) // HOP)
        starts = list(range(0, max(1, frames - PART + STEP + 1), STEP))
        if len(starts) > 1 and (len(waveform) - starts[-1] * HOP) / (PART * HOP) < COVERED:
            starts.pop()
        missing = (starts[-1] + PART) * HOP - len(waveform)
        mel = mel_power(np.pad(waveform, (0, max(0, missing))), SAMPLE_RATE, WINDOW, HOP, MELS).T
        with torch.no_grad():
            _, (hidden, _) = self._lstm(torch.from_numpy(np.stack([mel[start : start + PART] for start in starts])))
            parts = self._linear(hidden[-1]).relu()
            parts = (parts / parts.norm(dim=1, keepdim=True)).numpy()
        mean = parts.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean, 2))


def _load(module: nn.Module, state: dict[str, object]) -> None:
    module.load_state_dict(state)
    module.eval().requires_grad_(False)
