"""DNSMOS: the opinion scores that listeners of noisy, suppressed speech would give, without a reference.

Conventions: 16 kHz speech; mean opinion scores, nominally 1 to 5; higher is better. P.808 is one overall score, P.835
has three: the speech signal (sig), the background (bak), overall (ovrl). Windows of 9.01 s a second apart are scored
and averaged; as the package does it, a shorter clip is doubled until it fills one, and what is left after the last
whole second of a longer one is not heard. The polynomials that map P.835's raw scores stay below 5.
The metrics that end in `_peak` hear the clip at full scale, as VERSA has it; only the suite `dates` asks them.
Undefined: silence, which the model gives 1.8 to 3.5, and less than half a second, whose repetition is a buzz.
Source: Reddy et al., "DNSMOS", ICASSP 2021, and "DNSMOS P.835", ICASSP 2022; models and code of the package
`speechmos` (Microsoft), on one thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.files import onnx as onnx_file
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, full_scale, opinion, quality, validate
from audiotok.metrics.mel_power import mel_power

MIN_SECONDS = 0.5
SECONDS = 9.01  # of a window
WINDOW = int(SECONDS * SAMPLE_RATE)  # samples
HOP, FRAMES, BINS = 160, 900, 161  # of P.835's spectra
MEL_WINDOW, MELS = 321, 120  # of P.808's spectra
QUIETEST, RANGE = 1e-10, 80  # power, and dB below the loudest band of a window
REACH = 4  # frames that its first four convolutions see on either side
AT_ONCE = 256  # frames, which take some 40 MB on their way
TOGETHER = 16  # windows that share: 25 s, and another 40 MB
#: Tensors of P.835's network: [1, 1, frames, 161] log power, and [1, 32, frames, 161] before the first pooling.
_SPECTRA, _CONVOLVED = "adjusted_input6", "mos_estimator_logpow/conv2d_3/Relu:0"

Spectra = NDArray[np.float32]  # [frames, 161]


class DNSMOS:
    """The package's two networks, to the same bits and in less time.

    Windows a second apart overlap by eight: P.835's convolutions of single frames, nearly all that it costs, are done
    once for the windows of a clip. Only the frames at a window's ends, which see the zeros around it, are its own.
    """

    def __init__(self) -> None:
        package = needs("speechmos.dnsmos")
        models = Path(package.__file__).parent / "dnsmos_models"
        p835, p808 = models / "sig_bak_ovr.onnx", models / "model_v8.onnx"
        self._package = package.DNSMOS(str(p835), str(p808))
        # The constructor takes no session options, and its own sessions start a thread per core.
        self._package.onnx_sess = self._package.p808_onnx_sess = None
        self._p808 = onnx_file.session(p808)
        self._spectra = onnx_file.part(p835, ["input_1"], [_SPECTRA])
        self._convolutions = onnx_file.part(p835, [_SPECTRA], [_CONVOLVED])
        self._rest = onnx_file.part(p835, [_CONVOLVED], ["Identity:0"])

    def score(self, waveform: Waveform) -> dict[str, float]:
        """[T] at 16 kHz -> {"p808", "sig", "bak", "ovrl"}."""
        clip, starts = cut(waveform)
        raw = [
            scores
            for first in range(0, len(starts), TOGETHER)
            for scores in self._p835(clip, starts[first : first + TOGETHER])
        ]
        sig, bak, ovrl = np.mean([self._package.get_polyfit_val(*scores, False) for scores in raw], axis=0)
        p808 = np.mean([self._overall(clip[start : start + WINDOW]) for start in starts])
        return {"p808": float(p808), "sig": float(sig), "bak": float(bak), "ovrl": float(ovrl)}

    def _p835(self, clip: Waveform, starts: Sequence[int]) -> Iterator[NDArray[np.float32]]:
        """The raw scores [3] of each window."""
        places = [(start - starts[0]) // HOP for start in starts]
        spectra = np.empty((places[-1] + FRAMES, BINS), np.float32)
        for start, place in zip(starts, places, strict=True):
            window = clip[start : start + WINDOW]
            spectra[place : place + FRAMES] = self._spectra.run(None, {"input_1": window[None]})[0][0, 0]
        inner = self._inner(spectra)
        for place in places:
            window = spectra[place : place + FRAMES]
            first, last = self._convolve(window[: 2 * REACH]), self._convolve(window[-2 * REACH :])
            own = inner[:, place : place + FRAMES - 2 * REACH]
            convolved = np.concatenate([first[:, :REACH], own, last[:, -REACH:]], axis=1)
            yield self._rest.run(None, {_CONVOLVED: convolved[None]})[0][0]

    def _inner(self, spectra: Spectra) -> NDArray[np.float32]:
        """[frames, 161] -> [32, frames - 8, 161]: the convolutions of the frames that have four on either side."""
        steps = range(0, len(spectra) - 2 * REACH, AT_ONCE)
        parts = [self._convolve(spectra[step : step + AT_ONCE + 2 * REACH]) for step in steps]
        return np.concatenate([part[:, REACH:-REACH] for part in parts], axis=1)

    def _convolve(self, spectra: Spectra) -> NDArray[np.float32]:
        """[frames, 161] -> [32, frames, 161], with zeros around the frames."""
        return np.asarray(self._convolutions.run(None, {_SPECTRA: spectra[None, None]})[0][0])

    def _overall(self, window: Waveform) -> np.float32:
        power = mel_power(window[:-HOP], SAMPLE_RATE, MEL_WINDOW, HOP, MELS)
        decibels = 10 * np.log10(np.maximum(power, QUIETEST))
        decibels -= 10 * np.log10(np.maximum(power.max(), QUIETEST))
        mel = (np.maximum(decibels, decibels.max() - RANGE) + 40) / 40
        overall: np.float32 = self._p808.run(None, {"input_1": mel.T[None]})[0][0, 0]
        return overall


def cut(waveform: Waveform) -> tuple[Waveform, list[int]]:
    """[T] -> the clip, doubled until it fills a window, and where in it the windows begin that the package scores."""
    clip = waveform.astype(np.float32)
    while len(clip) < WINDOW:
        clip = np.append(clip, clip)
    seconds = range(int(len(clip) // SAMPLE_RATE - SECONDS) + 1)
    # The package's own arithmetic: where it rounds down, a window lacks a sample and is not scored.
    lengths = [min(int((second + SECONDS) * SAMPLE_RATE), len(clip)) - second * SAMPLE_RATE for second in seconds]
    return clip, [s * SAMPLE_RATE for s, length in zip(seconds, lengths, strict=True) if length >= WINDOW]


def load() -> DNSMOS:
    """The networks, to be passed to `dnsmos`."""
    return DNSMOS()


def dnsmos(waveform: Waveform, sample_rate: int, model: DNSMOS) -> dict[str, float]:
    """[T] -> {"p808", "sig", "bak", "ovrl"}. Raises MetricUndefined on silence and below half a second."""
    validate(waveform, sample_rate, MIN_SECONDS)
    return model.score(waveform)


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: DNSMOS) -> Features:
    return {name: np.array(score) for name, score in dnsmos(waveform, sample_rate, model).items()}


def _analyse_full_scale(waveform: Waveform, sample_rate: int, clip: Clip, model: DNSMOS) -> Features:
    return _analyse(full_scale(waveform), sample_rate, clip, model)


ANALYSIS = Analysis(
    "dnsmos",
    version=1,
    run=_analyse,
    load=load,
    sample_rate=SAMPLE_RATE,
    packages=("speechmos", "onnxruntime", "librosa"),
)

FULL_SCALE = replace(ANALYSIS, name="dnsmos-full-scale", run=_analyse_full_scale)

_metric = partial(
    opinion,
    version=1,
    range=(0.0, 5.0),
    domains=("speech",),
    analysis=ANALYSIS,
    evaluation_models=("dnsmos",),
    reference="dnsmos",
    licence="MIT",
)
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="dnsmos_p808",
        title="DNSMOS P.808",
        explanation="Mean opinion score of the overall quality (P.808), predicted by a network without a reference; "
        "nominally 1 to 5.",
        score=partial(quality, "p808"),
    ),
    _metric(
        name="dnsmos_sig",
        title="DNSMOS P.835 signal",
        explanation="Mean opinion score of the speech signal (P.835), predicted by a network without a reference; "
        "nominally 1 to 5.",
        score=partial(quality, "sig"),
    ),
    _metric(
        name="dnsmos_bak",
        title="DNSMOS P.835 background",
        explanation="Mean opinion score of the background (P.835), predicted by a network without a reference; "
        "nominally 1 to 5.",
        score=partial(quality, "bak"),
    ),
    _metric(
        name="dnsmos_ovrl",
        title="DNSMOS P.835 overall",
        short="DNSMOS",
        explanation="Mean opinion score of the overall quality (P.835), predicted by a network without a reference; "
        "nominally 1 to 5.",
        score=partial(quality, "ovrl"),
        headline=50,
    ),
    _metric(
        name="dnsmos_p808_peak",
        title="DNSMOS P.808, full scale",
        explanation="DNSMOS P.808 of the clip scaled to a full-scale peak, as in VERSA.",
        analysis=FULL_SCALE,
        score=partial(quality, "p808"),
    ),
    _metric(
        name="dnsmos_ovrl_peak",
        title="DNSMOS P.835 overall, full scale",
        explanation="Overall DNSMOS P.835 of the clip scaled to a full-scale peak, as in VERSA.",
        analysis=FULL_SCALE,
        score=partial(quality, "ovrl"),
    ),
)
