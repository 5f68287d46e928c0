"""Scores the parts that a map from tokens to tokens has named, beside its ceiling and its floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audiotok import data
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import is_machine_trouble, reason
from audiotok.files.progress import progress_bar
from audiotok.metrics.analysis import DOMAIN_RATES, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.metrics.pairs import is_silent
from audiotok.metrics.probe import KINDS
from audiotok.results.verification import ratio_interval, resampled
from audiotok.tasks.language_model.speech_scoring import evaluate, signal, why_undefined
from audiotok.tasks.probes.mapping import Mixture

Part = tuple[Clip, Waveform]  # a clean part of a mixture, and its sound at its domain's rate


@dataclass(frozen=True)
class Heard:
    """Waveforms [T] that a codec makes of a mixture's parts, of each seed and part, or why there are none."""

    signals: list[list[Waveform]]
    failure: str = ""


def scored(
    metrics: Sequence[ClipMetric],
    codec: Codec,
    manifest: Manifest,
    mixtures: Sequence[Mixture],
    tokens: Mapping[str, Tokens],
    found: Mapping[str, list[list[Tokens]]],
    failed: Mapping[str, str],
    runs: Path,
) -> dict[tuple[str, str], ClipOutcomes]:
    """(metric, kind) -> a score of each mixture: summed over its parts that are not silent, the mean over seeds.

    A mixture is undefined where all of its parts are silent, and for a metric that has no value on a clean part.
    found: of each mixture the named tokens by seed and part; failed: why there are none. What evaluation models find in
    a signal is kept in `runs`.
    """
    outcomes = {(metric.name, kind): ClipOutcomes() for metric in metrics for kind in KINDS}
    for mixture in progress_bar(mixtures, desc=f"{codec.identifier}: score", unit="mixture", disable=None):
        clip = mixture.mixture.id
        clean = [(part, signal(data.read(part, manifest.root), DOMAIN_RATES[part.domain])) for part in mixture.parts]
        sounding = [n for n, (_, sound) in enumerate(clean) if not is_silent(sound)]
        parts = [clean[n] for n in sounding]
        undefined = {metric.name: _why_undefined(metric, parts, runs) for metric in metrics}
        for (name, _), one in outcomes.items():
            if undefined[name]:
                one.undefined[clip] = undefined[name]
            elif clip in failed:
                one.failures[clip] = failed[clip]
        defined = [metric for metric in metrics if not undefined[metric.name]]
        if clip in failed or not defined:
            continue
        of_kinds = (
            [[named[n] for n in sounding] for named in found[clip]],
            [[tokens[part.id] for part, _ in parts]],
            [[tokens[clip]] * len(parts)],
        )
        for kind, asked in zip(KINDS, of_kinds, strict=True):
            heard = _heard(codec, asked, parts)
            for metric in defined:
                _score(metric, clip, parts, heard, runs, outcomes[metric.name, kind])
    return outcomes


def over_speakers(metric: ClipMetric, mixtures: Sequence[Mixture], outcomes: ClipOutcomes) -> None:
    """Give the outcomes of mixtures of two voices an interval over the speakers; without one where they are too few."""
    scored = [one for one in mixtures if one.mixture.id in outcomes.scores]
    of = [outcomes.scores[one.mixture.id] for one in scored]
    totals, weights = (np.array([getattr(score, name) for score in of]) for name in ("total", "weight"))
    speakers = [(str(one.parts[0].speaker), str(one.parts[1].speaker)) for one in scored]
    if not weights.any() or not (ends := ratio_interval(totals, weights, speakers)):
        return
    low, high = (min(max(end, metric.range[0]), metric.range[1]) for end in ends)
    outcomes.value, outcomes.n, outcomes.interval = float(totals.sum() / weights.sum()), len(of), (low, high)
    outcomes.uncertainty = resampled(speakers)


def _why_undefined(metric: ClipMetric, parts: Sequence[Part], runs: Path) -> str:
    if not parts:
        return "all of its parts are silent"
    reasons = (why_undefined(metric, sound, part, runs, DOMAIN_RATES[part.domain]) for part, sound in parts)
    return next(filter(None, reasons), "")


def _heard(codec: Codec, asked: Sequence[Sequence[Tokens]], parts: Sequence[Part]) -> Heard:
    """Decoded, as long as the clean parts."""
    try:
        return Heard([[_fitted(codec, one, *part) for one, part in zip(of, parts, strict=True)] for of in asked])
    except Exception as error:  # a decoder may raise anything on codes that no encoder gave; recorded
        if is_machine_trouble(error):
            raise
        return Heard([], reason(error))


def _fitted(codec: Codec, tokens: Tokens, part: Clip, clean: Waveform) -> Waveform:
    sound = signal(codec.decode(tokens), DOMAIN_RATES[part.domain])[: len(clean)]
    return np.pad(sound, (0, len(clean) - len(sound)))


def _score(metric: ClipMetric, name: str, parts: Sequence[Part], heard: Heard, runs: Path, into: ClipOutcomes) -> None:
    """Add the score of the mixture `name`, or why it has none."""
    if heard.failure:
        into.failures[name] = heard.failure
        return
    scores = []
    for of_seed in heard.signals:
        for (part, reference), sound in zip(parts, of_seed, strict=True):
            one = ClipOutcomes()
            evaluate(metric, sound, part, runs, one, reference=reference, rate=DOMAIN_RATES[part.domain])
            if part.id in one.failures:
                into.failures[name] = one.failures[part.id]
                return
            scores.append(one.scores[part.id])
    seeds = len(heard.signals)
    into.scores[name] = ClipScore(sum(s.total for s in scores) / seeds, sum(s.weight for s in scores) / seeds)
