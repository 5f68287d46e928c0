"""The last stage: what was scored clip by clip becomes one Result per metric and domain, with interval and failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidOption, MetricUndefined
from audiotok.files.json import read_json
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
from audiotok.runs.result import of_clips
from audiotok.runs.score import key

Reasons = Mapping[str, Mapping[str, str]]  # metric -> clip -> reason


@dataclass
class Scored:
    """What one metric made of the clips of one domain."""

    scores: dict[str, ClipScore] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    value: float | None = None  # of a set metric
    n: int = 0  # clips behind it


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
            if name in unavailable:
                scored = Scored(failures=dict.fromkeys((clip.id for clip in clips), unavailable[name]))
            else:
                scored = _collect(metric, clips, manifest.root, folder, runs)
            results.append(_result(metric, domain, clips, scored, left_out, manifest, folder, recipe, system))
    return results


def _collect(metric: RunnerMetric, clips: Sequence[Clip], root: Path | None, folder: RunFolder, runs: Path) -> Scored:
    scored = Scored()
    usable = []
    for clip in clips:
        if folder.failure(clip.id).exists():
            scored.failures[clip.id] = read_json(folder.failure(clip.id))["reason"]
        else:
            usable.append(clip)
    if isinstance(metric, (SetMetric, TokenSetMetric)):
        _collect_set(metric, usable, root, folder, runs, scored)
        return scored
    for clip in usable:
        try:
            scored.scores[clip.id] = _clip_score(metric, clip, folder)
        except MetricUndefined as error:
            scored.failures[clip.id] = str(error)
    return scored


def _clip_score(metric: ClipMetric | TokenMetric | TimeMetric, clip: Clip, folder: RunFolder) -> ClipScore:
    if isinstance(metric, TokenMetric):
        return metric.score(Tokens.load(folder.tokens(clip.id)), clip.duration)
    if isinstance(metric, TimeMetric):
        return ClipScore(read_json(folder.timing(clip.id))[metric.stage], clip.duration)
    kept = read_json(folder.scores(clip.id))[key(metric)]
    if isinstance(kept, dict):
        raise MetricUndefined(kept["failed"])
    return ClipScore(*kept)


def _collect_set(
    metric: SetMetric | TokenSetMetric,
    clips: Sequence[Clip],
    root: Path | None,
    folder: RunFolder,
    runs: Path,
    scored: Scored,
) -> None:
    """A value of the whole set, over the clips that have what it needs."""
    try:
        if isinstance(metric, TokenSetMetric):
            scored.n = len(clips)
            scored.value = metric.score([Tokens.load(folder.tokens(c.id)) for c in clips], [c.duration for c in clips])
            return
        references, estimates = [], []
        for clip in clips:
            kept = read_json(folder.scores(clip.id))[key(metric)]
            if isinstance(kept, dict):
                scored.failures[clip.id] = kept["failed"]
                continue
            reference, estimate, rate = signals(clip, folder.audio(clip.id), root)
            references.append(analyse(metric.analysis, reference, rate, clip, runs))
            estimates.append(analyse(metric.analysis, estimate, rate, clip, runs))
        scored.n = len(references)
        scored.value = metric.score(references, estimates)
    except MetricUndefined as error:
        # The set has no value at all, so none of its clips contributed one.
        scored.value, scored.failures = None, {clip.id: str(error) for clip in clips} | scored.failures


def _result(
    metric: Metric,
    domain: str,
    clips: Sequence[Clip],
    scored: Scored,
    left_out: dict[str, str],
    manifest: Manifest,
    folder: RunFolder,
    recipe: Recipe,
    system: Tokenizer | Anchor,
) -> Result:
    analysis = metric.analysis if isinstance(metric, (ClipMetric, SetMetric)) else None
    extra = (
        {"machine": hardware()} if isinstance(metric, TimeMetric) else versions(analysis.packages if analysis else ())
    )
    made = of_clips(
        metric,
        [
            ScoredClip(clip.id, score.total, score.weight, clip.speaker, clip.language)
            for clip in clips
            if (score := scored.scores.get(clip.id))
        ],
        tokenizer=folder.provenance["identifier"],
        domain=domain,
        signature=recipe.signature_of(metric, manifest),
        provenance=folder.provenance | extra,
        failures=scored.failures,
        undefined=left_out,
        unranked=_why_unranked(metric, system),
    )
    if scored.value is None:
        return made
    return replace(made, estimate=Estimate(metric.scale * scored.value, None, None, scored.n))


def _why_unranked(metric: Metric, system: Tokenizer | Anchor) -> str:
    return "an anchor" if isinstance(system, Anchor) else catalogue.why_unranked(metric, system.card.trained_with)
