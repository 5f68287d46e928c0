"""The last stage: what was scored clip by clip becomes one Result per metric and domain, with interval and failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidOption, MetricUndefined
from audiotok.files.provenance import hardware, versions
from audiotok.metrics import catalogue
from audiotok.metrics.base import (
    ClipMetric,
    ClipScore,
    RecipeMetric,
    SetMetric,
    TimeMetric,
    TokenMetric,
    TokenSetMetric,
)
from audiotok.metrics.catalogue import Metric, RunnerMetric
from audiotok.results.recipe import Recipe
from audiotok.results.record import Estimate, Result, ScoredClip
from audiotok.runs.analyse import analyse, signals
from audiotok.runs.folder import RunFolder
from audiotok.runs.result import ClipOutcomes, of_clips
from audiotok.runs.score import key, why

Reasons = Mapping[str, Mapping[str, str]]  # metric -> clip -> reason


def summarise(
    system: Tokenizer | Anchor,
    manifest: Manifest,
    folder: RunFolder,
    recipe: Recipe,
    names: Sequence[str],
    *,
    undefined: Reasons,
    unavailable: Mapping[str, str],
    runs: Path,
) -> list[Result]:
    """One Result per metric of `names` and domain that both the system and the data have.

    `undefined` lists the clips on which the reference itself has no score: they are left out for every system.
    `unavailable` says which metrics could not be opened; each of their clips then counts as failed. Raises
    InvalidOption on a metric that a recipe of its own makes.
    """
    results = []
    for name in names:
        metric = catalogue.get(name)
        if isinstance(metric, RecipeMetric):
            raise InvalidOption(f"{name} is not made by a run but by recipes/{recipe.name}.py")
        for domain in sorted({clip.domain for clip in manifest}):
            coded = isinstance(system, Tokenizer)
            if not catalogue.applies(metric, domain, tokens=coded, audio=isinstance(system, (Codec, Anchor))):
                continue
            ids = [clip.id for clip in manifest.domain(domain)]
            left_out = {clip: reason for clip, reason in undefined.get(name, {}).items() if clip in ids}
            clips = [clip for clip in manifest.domain(domain) if clip.id not in left_out]
            of_set = None
            if name in unavailable:
                outcomes = ClipOutcomes(failures=dict.fromkeys((clip.id for clip in clips), unavailable[name]))
            else:
                outcomes, of_set = _collect(metric, clips, manifest.root, folder, runs)
            outcomes.undefined |= left_out
            result = _result(metric, domain, clips, outcomes, manifest, folder, recipe, system)
            results.append(result if of_set is None else replace(result, estimate=of_set))
    return results


def _collect(
    metric: RunnerMetric, clips: Sequence[Clip], root: Path | None, folder: RunFolder, runs: Path
) -> tuple[ClipOutcomes, Estimate | None]:
    """What the metric made of each clip; of a set metric also its value, if it has one."""
    outcomes = ClipOutcomes()
    usable = []
    for clip in clips:
        if (failure := folder.failure(clip.id)) is not None:
            outcomes.failures[clip.id] = failure
        else:
            usable.append(clip)
    if isinstance(metric, (SetMetric, TokenSetMetric)):
        return outcomes, _collect_set(metric, usable, root, folder, runs, outcomes)
    for clip in usable:
        try:
            outcomes.scores[clip.id] = _clip_score(metric, clip, folder)
        except MetricUndefined as error:
            outcomes.failures[clip.id] = str(error)
    return outcomes, None


def _clip_score(metric: ClipMetric | TokenMetric | TimeMetric, clip: Clip, folder: RunFolder) -> ClipScore:
    """Raises MetricUndefined where the clip has no score."""
    if isinstance(metric, TokenMetric):
        return metric.score(Tokens.load(folder.tokens(clip.id)), clip.duration)
    if isinstance(metric, TimeMetric):
        return ClipScore(folder.read("timings", clip.id)[metric.stage], clip.duration)
    kept = folder.read_scores(clip.id)["scores"][key(metric)]
    if isinstance(kept, dict):
        raise MetricUndefined(why(kept))
    return ClipScore(*kept)


def _collect_set(
    metric: SetMetric | TokenSetMetric,
    clips: Sequence[Clip],
    root: Path | None,
    folder: RunFolder,
    runs: Path,
    outcomes: ClipOutcomes,
) -> Estimate | None:
    """The value of the whole set, over the clips that have what it needs."""
    try:
        if isinstance(metric, TokenSetMetric):
            value = metric.score([Tokens.load(folder.tokens(c.id)) for c in clips], [c.duration for c in clips])
            return Estimate(metric.scale * value, None, None, len(clips))
        references, estimates = [], []
        for clip in clips:
            kept = folder.read_scores(clip.id)["scores"][key(metric)]
            if isinstance(kept, dict):
                outcomes.failures[clip.id] = why(kept)
                continue
            reference, estimate, rate = signals(clip, folder.audio(clip.id), root)
            references.append(analyse(metric.analysis, reference, rate, clip, runs))
            estimates.append(analyse(metric.analysis, estimate, rate, clip, runs))
        return Estimate(metric.scale * metric.score(references, estimates), None, None, len(references))
    except MetricUndefined as error:
        # The set has no value at all, so none of its clips contributed one.
        outcomes.failures = {clip.id: str(error) for clip in clips} | outcomes.failures
        return None


def _result(
    metric: Metric,
    domain: str,
    clips: Sequence[Clip],
    outcomes: ClipOutcomes,
    manifest: Manifest,
    folder: RunFolder,
    recipe: Recipe,
    system: Tokenizer | Anchor,
) -> Result:
    analysis = metric.analysis if isinstance(metric, (ClipMetric, SetMetric)) else None
    extra = (
        {"machine": hardware()} if isinstance(metric, TimeMetric) else versions(analysis.packages if analysis else ())
    )
    return of_clips(
        metric,
        [
            ScoredClip(clip.id, score.total, score.weight, clip.speaker, clip.language)
            for clip in clips
            if (score := outcomes.scores.get(clip.id))
        ],
        tokenizer=folder.provenance["identifier"],
        domain=domain,
        signature=recipe.signature_of(metric, manifest),
        provenance=folder.provenance | extra,
        failures=outcomes.failures,
        undefined=outcomes.undefined,
        unranked=_why_unranked(metric, system),
    )


def _why_unranked(metric: Metric, system: Tokenizer | Anchor) -> str:
    return "an anchor" if isinstance(system, Anchor) else catalogue.why_unranked(metric, system.card.trained_with)
