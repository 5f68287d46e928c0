"""One metric of one pair of signals, or of a batch of them, without a run: `audiotok.metrics.score`."""

from __future__ import annotations

from functools import cache
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, InvalidOption, MetricUndefined
from audiotok.metrics import catalogue
from audiotok.metrics.analysis import WAVEFORM, Analysis, Features, Waveform, waveform_features
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.footing import ONE_RATE, heard_by


@overload
def score(
    name: str,
    reference: ArrayLike,
    decoded: ArrayLike,
    sample_rate: int,
    *,
    domain: str | None = None,
    text: str | None = None,
    language: str | None = None,
) -> float: ...
@overload
def score(
    name: str,
    reference: Audio,
    decoded: Audio,
    *,
    domain: str | None = None,
    text: str | None = None,
    language: str | None = None,
) -> list[float]: ...
def score(
    name: str,
    reference: ArrayLike | Audio,
    decoded: ArrayLike | Audio,
    sample_rate: int | None = None,
    *,
    domain: str | None = None,
    text: str | None = None,
    language: str | None = None,
) -> float | list[float]:
    """The value of a metric for one decoded signal, in the metric's unit, computed as a run computes it; of `Audio`, a
    list with the value of each clip.

    Both signals are [T] or [C, T], NumPy arrays or tensors, at `sample_rate`, or both are `Audio` of as many clips,
    each at its own rate. They are averaged to mono and brought to the rate of `domain` ("speech": 16 kHz; "music" and
    "audio": 44.1 kHz; by default the first that the metric was made for); `decoded` is cut or padded to the reference's
    length, and clipped to [-1, 1]. `text` is what is said, which WER and CER need, or the caption, which `clap` needs;
    `language` is the ISO 639-1 code of what is said, which WER, CER and dWER need; both hold for every clip.

    Raises UnknownName with near names; InvalidAudio for an array of several clips; InvalidOption for a metric that one
    pair of signals does not have (FAD, rates, delay-aligned scores) and for a domain that the metric was not made for;
    MetricUndefined with the reason, as on silence; MissingDependency with the command that installs what is missing.

    >>> time = np.arange(16000) / 16000
    >>> clean = 0.5 * np.sin(2 * np.pi * 440 * time)
    >>> noisy = clean + 0.05 * np.cos(2 * np.pi * 440 * time)
    >>> round(score("si_sdr", clean, noisy, 16000), 2)  # a tenth of the amplitude: 20 dB
    20.0
    >>> score("clipped", clean, 4 * clean, 16000)  # %
    66.5
    """
    metric = pair_metric(name)
    domain = domain or metric.domains[0]
    if domain not in metric.domains:
        raise InvalidOption(f"{name} is defined for {', '.join(metric.domains)}, got the domain {domain!r}")
    if not (isinstance(reference, Audio) and isinstance(decoded, Audio)):
        if isinstance(reference, Audio) or isinstance(decoded, Audio) or sample_rate is None:
            raise InvalidOption(f"{name} takes two arrays and their sample_rate, or two Audio")
        first, second = (_of_array(signal, sample_rate) for signal in (reference, decoded))
        return _of_pair(metric, first, second, domain, text, language)
    if sample_rate is not None:
        raise InvalidOption(f"{name}: Audio has its own sample rate, leave out the {sample_rate}")
    if len(reference) != len(decoded):
        raise InvalidAudio(f"expected as many decoded clips as references, got {len(decoded)} and {len(reference)}")
    values = []
    for i in range(len(reference)):
        try:
            values.append(_of_pair(metric, reference[i], decoded[i], domain, text, language))
        except MetricUndefined as error:
            raise MetricUndefined(f"clip {i}: {error}") from error
    return values


def _of_array(signal: ArrayLike, sample_rate: int) -> Audio:
    """The clip of an array. Raises InvalidAudio for a batch of several, which has no single value."""
    audio = Audio.from_array(np.asarray(signal), sample_rate)
    if len(audio) > 1:
        raise InvalidAudio(
            f"expected an array of one clip, [T] or [C, T], got {len(audio)} clips {list(audio.waveform.shape)}; "
            "for a value of each clip, pass both signals as Audio.from_array(array, sample_rate)"
        )
    return audio


def pair_metric(name: str) -> ClipMetric:
    """The metric, if one pair of signals has it. Raises UnknownName, InvalidOption."""
    metric = catalogue.get(name)
    if not isinstance(metric, ClipMetric) or metric.aligned:
        raise InvalidOption(
            f"{name} does not score a single pair of signals; use a metric of clips, such as si_sdr, pesq_wb or wer"
        )
    return metric


def _of_pair(
    metric: ClipMetric, reference: Audio, decoded: Audio, domain: str, text: str | None, language: str | None
) -> float:
    """The value for a batch of one clip."""
    # Not `decoded.mono()`, which refuses opposite phase: the footing averages what a system made, as in a run.
    first, second, rate = ONE_RATE.pair(reference.mono(), decoded, domain)
    seconds = len(first) / rate
    clip = Clip("clip", "", "", "", 0.0, seconds, reference.sample_rate, domain, text=text, language=language)
    of_reference, of_decoded = (_features(metric.analysis, signal, rate, clip) for signal in (first, second))
    total, weight = metric.score_signals(of_reference, of_decoded, clip)
    if not weight:
        raise MetricUndefined(f"{metric.name} finds nothing to count in this pair")
    return metric.scale * total / weight


def _features(analysis: Analysis, signal: Waveform, rate: int, clip: Clip) -> Features:
    if analysis is WAVEFORM:
        return waveform_features(signal, rate, clip)
    return analysis.features(*heard_by(analysis, signal, rate), clip, _model(analysis))


@cache
def _model(analysis: Analysis) -> Any:
    """The analysis' model, opened once per process."""
    return analysis.load() if analysis.load else None
