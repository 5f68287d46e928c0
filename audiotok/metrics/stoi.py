"""Short-time objective intelligibility, plain and extended: do the envelopes of speech survive?

Conventions: waveforms [T], any rate (brought to 10 kHz inside, as the authors do); a correlation, 1 at best, 0 or a
little below where nothing is left; higher is better; undefined where a signal is silent or the reference has fewer
than 30 frames (0.4 s) within 40 dB of its loudest. A gain and a change of polarity cost nothing; a delay does.
Source: Taal et al., "An algorithm for intelligibility prediction of time-frequency weighted noisy speech", 2011; Jensen
and Taal, "An algorithm for predicting the intelligibility of speech masked by modulated noise maskers", 2016 (ESTOI);
computed by the package `pystoi`, whose ESTOI adds random numbers of 1e-16 before it divides: from one seed
here, so that equal signals have equal scores.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from audiotok.errors import MetricUndefined
from audiotok.metrics.analysis import WAVEFORM, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.pairs import require_sound, score_pair
from audiotok.metrics.pairs import validate as validate_pair

SHORTEST_S = (29 * 128 + 256) / 10000  # 30 frames of 256 samples at 10 kHz, half overlapping


def validate(reference: Waveform, estimate: Waveform, sample_rate: int) -> None:
    """Raises InvalidAudio, and MetricUndefined where a signal is silent or too short."""
    validate_pair(reference, estimate)
    require_sound(reference, estimate)
    if len(reference) < SHORTEST_S * sample_rate:
        raise MetricUndefined(f"{len(reference) / sample_rate:.3f} s are too short: STOI needs {SHORTEST_S} s")


def stoi(reference: Waveform, estimate: Waveform, sample_rate: int, *, extended: bool = False) -> float:
    """[T], [T] -> mean correlation. Raises MetricUndefined where too little speech is there."""
    pystoi = needs("pystoi")
    validate(reference, estimate, sample_rate)
    with warnings.catch_warnings():
        # pystoi warns and returns 1e-5, a number that would be averaged like any other.
        warnings.filterwarnings("error", message="Not enough STFT frames", category=RuntimeWarning)
        try:
            with _numpy_seeded():
                return float(pystoi.stoi(reference, estimate, sample_rate, extended=extended))
        except RuntimeWarning as error:
            raise MetricUndefined("fewer than 30 frames are left once STOI has removed the silent ones") from error


@contextmanager
def _numpy_seeded() -> Iterator[None]:
    """NumPy's global generator from one seed, and after it as it was: ESTOI's last bit depends on its numbers."""
    before = np.random.get_state()  # the one that pystoi draws from
    np.random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(before)


def _metric(name: str, title: str, explanation: str, *, extended: bool, **board: Any) -> ClipMetric:
    return ClipMetric(
        name=name,
        version=1,
        title=title,
        explanation=explanation,
        question="intelligibility",
        reference="estoi" if extended else "stoi",
        unit="",
        direction="higher",
        range=(-1.0, 1.0),
        domains=("speech",),
        analysis=WAVEFORM,
        score=partial(score_pair, partial(stoi, extended=extended)),
        full_reference=True,
        packages=("pystoi",),
        tolerance=1e-3,
        **board,
    )


METRICS: tuple[ClipMetric, ...] = (
    _metric(
        "stoi",
        "STOI",
        "Short-time objective intelligibility: the correlation of band envelopes between output and reference, which "
        "predicts the share of words that listeners understand; 1 is best.",
        extended=False,
    ),
    _metric(
        "estoi",
        "ESTOI",
        "Extended STOI: it does not assume independent frequency bands and is stricter on modulated distortion; 1 is "
        "best.",
        extended=True,
        headline=40,
        picks_worst=("speech",),
    ),
)
