"""Signal-to-distortion ratios: how much of the reconstruction's energy is the reference, up to a gain or a filter.

Conventions: waveforms [T] at any one rate; dB; higher is better; limited to [-100, 100], so that identical signals
give 100 and not infinity (a residual at -100 dB is below float32's rounding); undefined where a signal is silent.

- SI-SDR: up to a gain. Mean-free signals, as DAC's evaluation has it; so a gain, a change of
  polarity and an offset cost nothing.
- SI-SNR: SI-SDR of signals that keep their means, as VERSA has it; an offset costs. Only the suite `dates` asks it.
- SDR: up to a causal filter of 512 taps (BSS-eval version 3), so a gain, a change of polarity, mild equalisation and a
  delay of up to 511 samples cost nothing. An offset does cost, and so does an advance, however short: the same clip 8
  samples early has 1 dB where 8 samples late it has 50. The packages that others report all define it so.
- CI-SDR ("convolutive transfer function invariant") is that same ratio where there is one source, as here. DATES's
  tables list both under their names, from two packages of different precision, and so do we, from one function. In the
  order of the board and in corrections for the number of tests it counts once, as SDR.
- SDR, delay-aligned: what to compare tokenizers by. The tokenizer's own lag is taken out, and the filter reaches 256
  samples ahead and 255 back, so that an early codec pays no more than a late one.
- SI-SDR, delay-aligned, is the same number as SI-SDR for a tokenizer without a delay. In the order of the board, one of
  a metric and its aligned form counts: the aligned one, if it ranks all tokenizers that the other one ranks.

Source: Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019, eq. 5; Vincent et al., "Performance measurement
in blind audio source separation", 2006; Boeddeker et al., "Convolutive transfer function invariant SDR training
criteria", ICASSP 2021. Agrees with torchmetrics, mir_eval, fast_bss_eval and ci_sdr to 1e-4 dB below the limit.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import MetricUndefined
from audiotok.metrics.alignment import aligned
from audiotok.metrics.analysis import WAVEFORM, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.pairs import require_sound, score_pair, validate

LIMIT = 100.0  # dB
ROUNDING = 1e-5  # share of the amplitude that outputs of two machines differ by, unless more is known of a tokenizer
FILTERED = 5e-5  # the same where the filter of an almost singular matrix differs as well: a choir's SDR, by 4e-5
FILTER_TAPS = 512
AHEAD = FILTER_TAPS // 2  # taps of the centred filter that reach ahead of the reference


def si_sdr(reference: Waveform, estimate: Waveform, sample_rate: int = 0) -> float:
    """[T], [T] -> dB; the rate does not matter. Raises MetricUndefined where a signal is silent or constant."""
    validate(reference, estimate)
    require_sound(reference, estimate)
    target = reference.astype(np.float64) - reference.mean(dtype=np.float64)
    output = estimate.astype(np.float64) - estimate.mean(dtype=np.float64)
    for name, signal, centred in (("reference", reference, target), ("estimate", estimate, output)):
        if np.abs(centred).max() <= 1e-6 * np.abs(signal).max():
            raise MetricUndefined(f"the {name} is a constant: nothing is left without its mean")
    return _up_to_a_gain(target, output)


def si_snr(reference: Waveform, estimate: Waveform, sample_rate: int = 0) -> float:
    """[T], [T] -> dB; the rate does not matter. Raises MetricUndefined where a signal is silent."""
    validate(reference, estimate)
    require_sound(reference, estimate)
    return _up_to_a_gain(reference.astype(np.float64), estimate.astype(np.float64))


def _up_to_a_gain(target: NDArray[np.float64], output: NDArray[np.float64]) -> float:
    target = (target @ output) / (target @ target) * target
    return _ratio(target, output - target)


def sdr(reference: Waveform, estimate: Waveform, sample_rate: int = 0, ahead: int = 0) -> float:
    """[T], [T] -> dB; the rate does not matter. Raises MetricUndefined where a signal is silent.

    `ahead`: how many of the filter's taps reach ahead; an estimate up to as many samples early pays nothing for it.
    The residual is formed sample by sample, not as one minus a coherence, which would be lost in rounding near 150 dB
    and make NaN of identical signals.
    """
    from scipy.fft import irfft, next_fast_len, rfft
    from scipy.signal import fftconvolve

    validate(reference, estimate)
    require_sound(reference, estimate)
    target = reference / np.linalg.norm(reference.astype(np.float64))
    # A filter that reaches ahead is a causal one to an estimate that comes later.
    output = np.pad(estimate / np.linalg.norm(estimate.astype(np.float64)), (ahead, FILTER_TAPS - 1))
    target = np.pad(target, (0, ahead))
    size = next_fast_len(len(output), real=True)
    spectrum = rfft(target, size)
    autocorrelation = irfft(np.abs(spectrum) ** 2, size)[:FILTER_TAPS]
    correlation = irfft(spectrum.conj() * rfft(output, size), size)[:FILTER_TAPS]
    filtered = fftconvolve(target, _solve_toeplitz(autocorrelation, correlation))
    return _ratio(filtered, output - filtered)


def _solve_toeplitz(column: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The filter of least squared error. A reference of few sinusoids leaves it open: then the smallest such filter."""
    from scipy.linalg import LinAlgError, lstsq, solve_toeplitz, toeplitz

    try:
        filter_ = solve_toeplitz(column, right)
    except LinAlgError:
        filter_ = np.full_like(right, np.inf)
    # Levinson's recursion breaks down without notice where the matrix is singular to rounding.
    if np.isfinite(filter_).all() and np.abs(toeplitz(column) @ filter_ - right).max() < 1e-9 * column[0]:
        return filter_
    return lstsq(toeplitz(column), right)[0]


def decibels_apart(value: float, rounding: float, *, least: float = ROUNDING) -> float:
    """dB that a ratio may differ by between two machines, whose outputs differ by `rounding`, or by `least`.

    An error of a share ε of the output's amplitude may be all target or all distortion. With ρ the amplitude of target
    over distortion, it changes log ρ by at most ε √(1 + ρ²) (1 + 1/ρ), to first order, without bound at either end.
    """
    rho = 10 ** (value / 20)
    return float(20 * np.log10(np.e) * max(rounding, least) * np.hypot(1, rho) * (1 + 1 / rho))


def _ratio(target: NDArray[np.float64], distortion: NDArray[np.float64]) -> float:
    """dB, limited. The distortion of a silent target is the estimate, which sounds: no 0 / 0."""
    with np.errstate(divide="ignore"):
        decibel = 10 * np.log10(np.float64(target @ target) / np.float64(distortion @ distortion))
    return float(np.clip(decibel, -LIMIT, LIMIT))


_SI_SDR = ClipMetric(
    name="si_sdr",
    version=1,
    title="SI-SDR",
    explanation="Ratio of the energy of the reference, scaled to fit the output, to the energy of the residual. "
    "Generative decoders score low even if they sound good.",
    question="signal",
    reference="si_sdr",
    unit="dB",
    direction="higher",
    range=(-LIMIT, LIMIT),
    domains=("speech", "music", "audio"),
    analysis=WAVEFORM,
    score=partial(score_pair, si_sdr),
    full_reference=True,
    tolerance=1e-4,
    apart=decibels_apart,
)
_SDR = replace(
    _SI_SDR,
    name="sdr",
    title="SDR (BSS-eval 3)",
    explanation="Ratio of reference energy to distortion energy. A short filter and a delay of up to 511 samples are "
    "not penalised. An early output is, and is then not ranked: use the delay-aligned SDR.",
    score=partial(score_pair, sdr),
    reference="bss_eval",
    early_is_noise=True,
    apart=partial(decibels_apart, least=FILTERED),
)
METRICS: tuple[ClipMetric, ...] = (
    _SI_SDR,
    replace(
        _SI_SDR,
        name="si_snr",
        title="SI-SNR, means kept",
        explanation="SI-SDR without subtracting the means, as in VERSA: an offset between output and reference counts "
        "as distortion.",
        score=partial(score_pair, si_snr),
    ),
    _SDR,
    replace(
        _SDR,
        name="ci_sdr",
        title="CI-SDR",
        explanation="The same number as SDR, since there is one source, under the name that others report. In the "
        "order of the board, it counts once, as SDR.",
        borda=False,
        reference="ci_sdr",
    ),
    aligned(_SI_SDR),
    replace(
        aligned(_SDR),
        version=3,
        early_is_noise=False,
        explanation="SDR after one constant delay per tokenizer is removed. The filter extends as far ahead as back, "
        "so that an early output does not count as distortion.",
        score=partial(score_pair, partial(sdr, ahead=AHEAD)),
    ),
)
