"""Scores generated speech with evaluation models, clip by clip, and turns the scores into Results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import (
    AssetUnavailable,
    InvalidOption,
    MetricUndefined,
    MissingDependency,
    is_machine_trouble,
    reason,
)
from audiotok.files.provenance import versions
from audiotok.lm.patterns.base import Pattern
from audiotok.metrics.analysis import DOMAIN_RATES, Features, Waveform
from audiotok.metrics.base import ClipMetric, Declaration
from audiotok.metrics.language_model import REAL
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.analyse import analyse
from audiotok.runs.identity import describe
from audiotok.runs.result import of_clips

SILENT = "the tokenizer has no decoder, so nothing can be heard"
UNTIMED = "the sequences do not say how long their tokens last; train with durations to hear them"
RATE = DOMAIN_RATES["speech"]


def why_silent(tokenizer: Tokenizer, pattern: Pattern) -> str:
    """Why nothing that is written in this pattern can be heard; "" where it can."""
    if not isinstance(tokenizer, Codec):
        return SILENT
    return UNTIMED if tokenizer.spec.variable_rate and not pattern.vocabulary.max_duration else ""


def require_audible(tokenizer: Tokenizer, pattern: Pattern) -> Codec:
    """The tokenizer, which has a decoder. Raises InvalidOption where nothing that is written could be heard."""
    silent = why_silent(tokenizer, pattern)
    if silent or not isinstance(tokenizer, Codec):
        raise InvalidOption(f"{tokenizer.identifier} cannot produce speech: {silent}")
    return tokenizer


def signal(audio: Audio, rate: int = RATE) -> Waveform:
    """[T] of one clip; at RATE as evaluation models of speech take it."""
    return audio.mono().resample(rate).numpy()[0]


def why_undefined(metric: ClipMetric, reference: Waveform, clip: Clip, runs: Path, rate: int = RATE) -> str:
    """Why the metric has no value of a reference at `rate` against itself, so that no system has one; "" otherwise."""
    try:
        itself = analyse(metric.analysis, reference, rate, clip, runs)
        metric.score(itself, itself, clip)
    except MetricUndefined as error:
        return f"of the reference: {error}"
    except Exception as error:  # `evaluate` meets the same, and records it
        if is_machine_trouble(error) and not isinstance(error, (MissingDependency, AssetUnavailable)):
            raise
    return ""


def evaluate(
    metric: ClipMetric,
    waveform: Waveform,
    clip: Clip,
    runs: Path,
    found: ClipOutcomes,
    *,
    reference: Waveform | None = None,
    rate: int = RATE,
) -> None:
    """Score a waveform at `rate`, or record why not. `reference`: of a metric that takes one, which is defined on it
    (`why_undefined`).
    """
    try:
        against: Features = {}
        if metric.full_reference and reference is not None:
            against = analyse(metric.analysis, reference, rate, clip, runs)
        found.scores[clip.id] = metric.score(against, analyse(metric.analysis, waveform, rate, clip, runs), clip)
    except (MetricUndefined, MissingDependency, AssetUnavailable) as error:
        found.failures[clip.id] = str(error)
    except Exception as error:  # third-party scorers raise anything; recorded, counted, shown
        if is_machine_trouble(error):
            raise
        found.failures[clip.id] = reason(error)


def result(
    metric: Declaration,
    found: ClipOutcomes,
    tokenizer: Tokenizer,
    chosen: Manifest,
    recipe: Recipe,
    *,
    anchor: tuple[str, str] | None = None,
) -> Result:
    """A metric's Result; `anchor` is the title and the reason of what is never ranked."""
    title, unranked = anchor or (metric.title, metric.why_unranked(tokenizer.card.trained_with))
    named = replace(metric, name=metric.name + (REAL if anchor else ""), title=title)
    return of_clips(
        named,
        [
            ScoredClip(clip.id, score.total, score.weight, clip.speaker, clip.language)
            for clip in chosen
            if (score := found.scores.get(clip.id))
        ],
        tokenizer=tokenizer.identifier,
        domain="speech",
        signature=recipe.signature_of(named, chosen),
        provenance=describe(tokenizer)
        | versions(("transformers", *(metric.analysis.packages if metric.analysis else ()))),
        failures=found.failures,
        undefined=found.undefined,
        unranked=unranked,
    )
