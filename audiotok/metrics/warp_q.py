"""WARP-Q: how well short extracts of the decoded speech are found again in the reference, made for low bitrates.

Conventions: 16 kHz speech; a cost without a unit, up to about 3.5; lower is better. Identical speech costs about 0.6,
not 0, for no step of the alignment goes one frame on in both signals. Pauses are cut out of both (WebRTC's detector,
its mildest mode, 30 ms). Each becomes 13 liftered mel cepstra up to 5 kHz (frames of 32 ms every 4 ms), normalised in
mean and variance over the 0.8 s around each frame. Extracts of 0.37 s, every 0.17 s, of the estimate are aligned with
any part of the reference by subsequence dynamic time warping; the median of their costs is the score. Timing and level
count little, so that codecs which generate speech do not suffer for them.
Undefined: silence, and where less than 0.4 s of speech is found.

Source: Jassim et al., "WARP-Q: Quality prediction for generative neural speech codecs", ICASSP 2021, and "Speech
quality assessment with WARP-Q: From similarity to subsequence dynamic time warp cost", IET Signal Processing, 2022. The
raw score of the package `warpq` 1.5.2 (Apache-2.0) at its defaults, equal to the three decimals that it gives; the
package does not run on NumPy 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, validate
from audiotok.metrics.outcomes import ClipScore

MIN_SECONDS = 0.4  # of speech
VAD_WINDOW = 480  # samples
FRAME, HOP, FFT = 512, 64, 1024  # samples
CEPSTRA, LIFTER, TOP_HZ = 13, 3, 5000
NORMALISED = 201  # frames around the one that is normalised
EXTRACT, STEP = 92, 42  # frames of an extract, and from one to the next
SKIPPED = 3  # frames of the reference that a step may pass over

Cepstra = NDArray[np.float64]  # [frames, 13]


def warp_q(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T'] -> cost. Raises MetricUndefined on silence and where less than 0.4 s of speech is found."""
    return median_cost(cepstra(reference, sample_rate), cepstra(estimate, sample_rate))


def cepstra(waveform: Waveform, sample_rate: int) -> Cepstra:
    """[T] -> those of the parts with speech, normalised. Raises MetricUndefined."""
    validate(waveform, sample_rate)
    speech = waveform[_speech(waveform)]
    if len(speech) < MIN_SECONDS * SAMPLE_RATE:
        raise MetricUndefined(
            f"{len(speech) / SAMPLE_RATE:.2f} s of speech were found, at least {MIN_SECONDS} s are needed"
        )
    frames = {"n_fft": FFT, "win_length": FRAME, "hop_length": HOP}
    mfcc = needs("librosa").feature.mfcc
    return normalised(mfcc(y=speech, sr=SAMPLE_RATE, n_mfcc=CEPSTRA, lifter=LIFTER, fmax=TOP_HZ, **frames).T)


def _speech(waveform: Waveform) -> NDArray[np.bool_]:
    """[T] -> [T], whether each sample is in a window of speech or beside one."""
    detector = needs("webrtcvad").Vad(0)
    whole = np.pad((waveform * 2.0**15).astype("<i2"), (0, VAD_WINDOW - len(waveform) % VAD_WINDOW))
    windows = whole.reshape(-1, VAD_WINDOW)
    speech = np.array([detector.is_speech(window.tobytes(), SAMPLE_RATE) for window in windows], dtype=float)
    return np.repeat(np.convolve(speech, np.ones(3), mode="same") > 0, VAD_WINDOW)[: len(waveform)]


def normalised(features: NDArray[np.floating]) -> Cepstra:
    """[frames, D] -> less the mean over the frames around each one, then divided by their deviation there."""

    def around(values: Cepstra) -> Cepstra:
        return sliding_window_view(np.pad(values, ((half, half), (0, 0)), "symmetric"), NORMALISED, axis=0)

    half = NORMALISED // 2
    values = np.asarray(features, dtype=np.float64)
    centred = values - around(values).mean(axis=-1)
    return np.asarray(centred / (around(centred).std(axis=-1) + 2.0**-30))


def median_cost(reference: Cepstra, estimate: Cepstra) -> float:
    """[n, 13], [m, 13] with m of at least an extract -> the median of the extracts' costs."""
    starts = np.arange(0, len(estimate) - EXTRACT + 1, STEP)
    return float(np.median(alignment_costs([estimate[starts + i] for i in range(EXTRACT)], reference)))


def alignment_costs(extracts: Sequence[Cepstra], reference: Cepstra) -> NDArray[np.float64]:
    """The frames of E extracts, k times [E, D], and [n, D] -> [E], the cost of the cheapest path of each, over k.

    A path goes through all of its extract and any part of the reference. A step goes one frame on in the extract, three
    on in the reference, or both; each pair of frames that a path stands on costs its distance.

    >>> frames = np.eye(3)
    >>> alignment_costs([frames[:1]], frames)  # found as it is
    array([0.])
    """
    costs = cdist(extracts[0], reference)
    for frames in extracts[1:]:
        distances = cdist(frames, reference)
        costs[:, SKIPPED:] = np.minimum(costs[:, SKIPPED:], costs[:, :-SKIPPED])
        costs += distances
        for start in range(SKIPPED):  # steps in the reference alone: cost[j] = min(cost[j], cost[j - 3] + distance[j])
            passed = distances[:, start::SKIPPED].cumsum(axis=1)
            costs[:, start::SKIPPED] = np.minimum.accumulate(costs[:, start::SKIPPED] - passed, axis=1) + passed
    return np.asarray(costs.min(axis=1) / len(extracts))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: None) -> Features:
    return {"cepstra": cepstra(waveform, sample_rate)}


def _score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return ClipScore(median_cost(reference["cepstra"], estimate["cepstra"]))


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="warp_q",
        version=1,
        title="WARP-Q",
        explanation="Cost of aligning short extracts of the output with the reference by dynamic time warping, "
        "designed for generative speech codecs. Identical speech has a cost of about 0.6.",
        question="perceptual",
        reference="warp_q",
        unit="",
        direction="lower",
        range=(0.0, float("inf")),
        domains=("speech",),
        analysis=Analysis(
            *("warp-q-cepstra", 1, _analyse), sample_rate=SAMPLE_RATE, packages=("librosa", "webrtcvad-wheels")
        ),
        score=_score,
        full_reference=True,
        tolerance=0.01,  # a window near the detector's threshold may fall on its other side
    ),
)
