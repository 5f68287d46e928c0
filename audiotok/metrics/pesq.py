"""PESQ, wide band: what listeners would say of the speech, as telephone engineers model it.

Conventions: waveforms [T] at 16 kHz; MOS-LQO from 1.0 to 4.644; higher is better; undefined where a signal is silent,
where the reference holds no utterance, and below a quarter of a second. A gain and a change of polarity cost nothing
(levels are aligned), a constant delay little (so is time). Made for speech over networks: on music it means nothing.
Source: ITU-T P.862.2 as the package `pesq` computes it, which is ITU's own C code.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.base import WAVEFORM, ClipMetric, Waveform
from audiotok.metrics.dependencies import needs
from audiotok.metrics.pairs import require_sound, score_pair
from audiotok.metrics.pairs import validate as validate_pair

SAMPLE_RATE = 16000


def validate(reference: Waveform, estimate: Waveform, sample_rate: int) -> None:
    """Raises InvalidAudio, and MetricUndefined where a signal is silent."""
    validate_pair(reference, estimate)
    if sample_rate != SAMPLE_RATE:
        raise InvalidAudio(f"wide-band PESQ is defined at {SAMPLE_RATE} Hz, got {sample_rate} Hz: resample first")
    require_sound(reference, estimate)


def pesq_wb(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T] -> MOS-LQO. Raises MetricUndefined with PESQ's own reason."""
    pesq = needs("pesq")
    validate(reference, estimate, sample_rate)
    try:
        score = float(pesq.pesq(sample_rate, reference, estimate, "wb"))
    except (pesq.NoUtterancesError, pesq.BufferTooShortError) as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise MetricUndefined(f"PESQ: {reason}") from error
    if not np.isfinite(score):
        raise MetricUndefined(f"PESQ gave {score}")
    return score


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="pesq_wb",
        version=1,
        title="PESQ (wide band)",
        short="PESQ-WB",
        explanation="Predicted opinion score (ITU-T P.862.2) from 1.0 to 4.64. Made for telephone codecs and speech "
        "only.",
        question="perceptual",
        unit="",
        direction="higher",
        range=(1.0, 4.65),
        domains=("speech",),
        analysis=WAVEFORM,
        score=partial(score_pair, pesq_wb),
        full_reference=True,
        headline=20,
        packages=("pesq",),
        tolerance=1e-3,
    ),
)
