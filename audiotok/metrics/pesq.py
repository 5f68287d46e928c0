"""PESQ: what listeners would say of the speech, as telephone engineers model it.

Conventions: waveforms [T]; MOS-LQO, higher is better; undefined where a signal is silent, where the reference holds no
utterance, and below a quarter of a second. A gain and a change of polarity cost nothing (levels are aligned), a
constant delay little (so is time). Made for speech over networks: on music it means nothing.

- Wide band (`pesq_wb`): 16 kHz; from 1.0 to 4.644.
- By rate (`pesq_by_rate`), as VERSA has it; only the suite `dates` asks it: wide band from 16 kHz on, below that narrow
  band at 8 kHz, whose best score is 4.549. The two are different scales: what is missing above 4 kHz, narrow band does
  not hear.

Source: ITU-T P.862.2 (wide band) and P.862.1 (narrow band) as the package `pesq` computes them, which is ITU's own C
code.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import soxr

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.analysis import WAVEFORM, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.pairs import require_sound, score_pair
from audiotok.metrics.pairs import validate as validate_pair

SAMPLE_RATE = 16000
NARROW_RATE = 8000


def validate(reference: Waveform, estimate: Waveform, sample_rate: int) -> None:
    """Raises InvalidAudio, and MetricUndefined where a signal is silent."""
    validate_pair(reference, estimate)
    if sample_rate != SAMPLE_RATE:
        raise InvalidAudio(f"wide-band PESQ is defined at {SAMPLE_RATE} Hz, got {sample_rate} Hz: resample first")
    require_sound(reference, estimate)


def pesq_wb(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T] at 16 kHz -> MOS-LQO. Raises MetricUndefined with PESQ's own reason."""
    validate(reference, estimate, sample_rate)
    return _measure(reference, estimate, sample_rate, "wb")


def pesq_by_rate(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T] -> MOS-LQO in the band that the rate allows. Raises MetricUndefined with PESQ's own reason."""
    validate_pair(reference, estimate)
    require_sound(reference, estimate)
    rate, band = (SAMPLE_RATE, "wb") if sample_rate >= SAMPLE_RATE else (NARROW_RATE, "nb")
    if rate != sample_rate:
        reference, estimate = (soxr.resample(x, sample_rate, rate, quality="HQ") for x in (reference, estimate))
    return _measure(reference, estimate, rate, band)


def _measure(reference: Waveform, estimate: Waveform, sample_rate: int, band: str) -> float:
    pesq = needs("pesq")
    try:
        score = float(pesq.pesq(sample_rate, reference, estimate, band))
    except (pesq.NoUtterancesError, pesq.BufferTooShortError) as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise MetricUndefined(f"PESQ: {reason}") from error
    if not np.isfinite(score):
        raise MetricUndefined(f"PESQ gave {score}")
    return score


_WIDE = ClipMetric(
    name="pesq_wb",
    version=1,
    title="PESQ (wide band)",
    short="PESQ-WB",
    explanation="Mean opinion score predicted from output and reference (ITU-T P.862.2), from 1.0 to 4.64. It was "
    "designed for telephone codecs and is valid for speech only.",
    question="perceptual",
    reference="pesq",
    unit="",
    direction="higher",
    range=(1.0, 4.65),
    domains=("speech",),
    analysis=WAVEFORM,
    score=partial(score_pair, pesq_wb),
    full_reference=True,
    headline=20,
    packages=("pesq",),
    tolerance=0.01,  # its alignment may jump: noise 100 dB below the output moved a clip in sixty by up to 0.3 %
)
METRICS: tuple[ClipMetric, ...] = (
    _WIDE,
    replace(
        _WIDE,
        name="pesq_by_rate",
        title="PESQ (band by rate)",
        short="PESQ",
        explanation="PESQ as in VERSA: wide band, or narrow band if the sample rate of reference or output is below "
        "16 kHz. The two bands have different scales.",
        score=partial(score_pair, pesq_by_rate),
        headline=None,
        unranked="narrow band, below 16 kHz, is another scale than wide band",
    ),
)
