"""The last stage: what was scored clip by clip becomes one Result per metric and domain, with interval and failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import MetricUndefined
from audiotok.files.provenance import hardware, versions
from audiotok.metrics import catalogue
from audiotok.metrics.analysis import Analysis, Features
from audiotok.metrics.base import SEVERAL_MACHINES, RunMetric
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.results.early import why_early
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.analyse import analyse, signals
from audiotok.runs.folder import RunFolder
from audiotok.runs.lag import kept_lags
from audiotok.runs.result import of_clips, of_set
from audiotok.runs.score import why

Reasons = Mapping[str, Mapping[str, str]]  # metric -> clip -> reason


@dataclass(frozen=True)
class KeptClip:
    """A `ClipFiles`: one clip in a run folder."""

    clip: Clip
    folder: RunFolder
    root: Path | None
    runs: Path

    def tokens(self) -> Tokens:
        return Tokens.load(self.folder.tokens(self.clip.id))

    def compute_seconds(self, stage: str) -> float:
        return float(self.folder.read("timings", self.clip.id)[stage])

    def score(self, key: str) -> list[float]:
        kept = self.folder.read_scores(self.clip.id)["scores"][key]
        if isinstance(kept, dict):
            raise MetricUndefined(why(kept))
        return list(kept)

    def features(self, analysis: Analysis) -> tuple[Features, Features]:
        reference, estimate, rate = signals(self.clip, self.folder, self.root)
        first, second = (analyse(analysis, signal, rate, self.clip, self.runs) for signal in (reference, estimate))
        return first, second


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
    lags = kept_lags(folder) if any(catalogue.get(name).early_is_noise for name in names) else {}
    for name in names:
        metric = catalogue.scored_by_run(name)
        for domain in sorted({clip.domain for clip in manifest}):
            coded = isinstance(system, Tokenizer)
            if not metric.applies(domain, tokens=coded, audio=isinstance(system, (Codec, Anchor))):
                continue
            ids = [clip.id for clip in manifest.domain(domain)]
            left_out = {clip: reason for clip, reason in undefined.get(name, {}).items() if clip in ids}
            clips = [clip for clip in manifest.domain(domain) if clip.id not in left_out]
            if name in unavailable:
                outcomes = ClipOutcomes(failures=dict.fromkeys((clip.id for clip in clips), unavailable[name]))
            else:
                outcomes = _collect(metric, clips, manifest.root, folder, runs)
            outcomes.undefined |= left_out
            unranked = _why_unranked(metric, system) or why_early(metric, lags.get(domain))
            results.append(_result(system, metric, domain, clips, outcomes, manifest, folder, recipe, unranked))
    return results


def _collect(
    metric: RunMetric, clips: Sequence[Clip], root: Path | None, folder: RunFolder, runs: Path
) -> ClipOutcomes:
    failures, usable = {}, []
    for clip in clips:
        if (failure := folder.failure(clip.id)) is not None:
            failures[clip.id] = failure
        else:
            usable.append(KeptClip(clip, folder, root, runs))
    outcomes = metric.collect(usable)
    outcomes.failures = failures | outcomes.failures
    return outcomes


def _result(
    system: Tokenizer | Anchor,
    metric: RunMetric,
    domain: str,
    clips: Sequence[Clip],
    outcomes: ClipOutcomes,
    manifest: Manifest,
    folder: RunFolder,
    recipe: Recipe,
    unranked: str,
) -> Result:
    if metric.timed:
        machines = _machines(folder, outcomes.scores, system)
        extra = {"machine": " / ".join(machines)}
        unranked = unranked or (SEVERAL_MACHINES if len(machines) > 1 else "")
    else:
        extra = versions(metric.analysis.packages if metric.analysis else ())
    result = of_clips(
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
        unranked=unranked,
    )
    return of_set(result, outcomes)


def _machines(folder: RunFolder, clips: Iterable[str], system: Tokenizer | Anchor) -> list[str]:
    """The machines that clips were timed on. Earlier versions did not keep them: those clips count as timed here."""
    here = hardware(system.device if isinstance(system, Tokenizer) else "cpu")
    return sorted({(folder.read("timings", clip) or {}).get("machine", here) for clip in clips}) or [here]


def _why_unranked(metric: RunMetric, system: Tokenizer | Anchor) -> str:
    return "an anchor" if isinstance(system, Anchor) else metric.why_unranked(system.card.trained_with)
