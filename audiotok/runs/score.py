"""The score stage: every clip of a system through its metrics, in a pool of single-threaded processes."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audiotok.data.manifest import Clip
from audiotok.errors import (
    AlteredFile,
    AssetUnavailable,
    MetricUndefined,
    MissingDependency,
    is_machine_trouble,
    reason,
)
from audiotok.files.progress import progress_bar
from audiotok.metrics import alignment, catalogue
from audiotok.metrics.alignment import Lag
from audiotok.metrics.analysis import Waveform
from audiotok.metrics.base import ClipMetric, SignalMetric
from audiotok.metrics.dependencies import begin_to_compile
from audiotok.runs import engines
from audiotok.runs.analyse import analyse, signals
from audiotok.runs.folder import RunFolder
from audiotok.runs.lag import CodedClip, measure_lag
from audiotok.runs.pool import Say
from audiotok.runs.processes import begin
from audiotok.runs.stage import PooledStage


@dataclass(frozen=True)
class Job:
    """One clip of one system, and the metrics it still lacks."""

    clip: Clip
    folder: RunFolder
    metrics: tuple[str, ...]
    kept: dict[str, Any]  # what the clip's scores file holds already
    lag: Lag | None  # of the tokenizer on this domain; None where none is measurable
    root: Path | None  # of a manifest whose clips lie in a folder
    runs: Path


def why(outcome: Mapping[str, str]) -> str:
    """Why there is no score: the metric is undefined on the clip, or failed on it."""
    (reason,) = outcome.values()
    return reason


def make_ready(names: Sequence[str], engine: str = "local") -> None:
    """Begin what takes seconds until the first clip can be scored: kernels are compiled, and processes import torch."""
    begin_to_compile(
        package for metric in catalogue.of_signals(names) for package in (*metric.analysis.packages, *metric.packages)
    )
    if engine == "local":
        begin()


def score(
    clips: Sequence[Clip],
    root: Path | None,
    folder: RunFolder,
    names: Sequence[str],
    *,
    runs: Path,
    workers: int,
    label: str,
    lags: Mapping[str, Lag | None] = MappingProxyType({}),
    engine: str = "local",
) -> dict[str, str]:
    """Write scores/<clip>.json for every clip that has audio; a metric that fails on a clip is written as its reason.

    A set metric's analyses are made here too, so that `summarise` finds them. `lags`: the system's delay by domain,
    where it is known; else it is measured over `clips`. Returns the metrics that could not be opened at all (a package
    or weights are missing), with the reason. Raises what the machine is to blame for, of which nothing is recorded.
    """
    metrics = catalogue.of_signals(names)
    root, folder = root and root.absolute(), folder.absolute()
    with_audio = [clip for clip in clips if "audio" in folder.hashes(clip.id)]
    lags = dict(lags)
    of_lag = [metric for metric in metrics if metric.aligned or metric.early_is_noise]
    for domain in sorted({domain for metric in of_lag for domain in metric.domains} - set(lags)):
        if of_domain := [CodedClip(clip, folder, root) for clip in with_audio if clip.domain == domain]:
            lags[domain] = measure_lag(of_domain, domain, label, engine, workers)
    jobs = _jobs(with_audio, root, folder, metrics, runs.absolute(), lags)
    unavailable: dict[str, str] = {}
    if not jobs:
        return unavailable
    make_ready(names, engine)
    with progress_bar(total=len(jobs), desc=f"{label}: score", unit="clip", dynamic_ncols=True) as bar:
        for outcome in engines.get(engine)(ScoreClips(label), jobs, workers):
            unavailable |= outcome
            bar.update()
    return unavailable


@dataclass(frozen=True)
class ScoreClips(PooledStage[Job, dict[str, str]]):
    """Clips through the metrics that they lack, into the run's folder; gives the metrics that cannot be had."""

    label: str  # the system's, for messages

    def name(self, job: Job) -> str:
        return f"{self.label}'s clip {job.clip.id}"

    @staticmethod
    def do(job: Job, say: Say) -> dict[str, str]:
        """Add the job's metrics to the clip's scores file; returns the metrics that cannot be had, and why."""
        unavailable = {}
        say("reading")
        reference, estimate, rate = signals(job.clip, job.folder, job.root)
        scores, lags = dict(job.kept["scores"]), dict(job.kept["lags"])
        made: dict[Hashable, list[float]] = {}
        for metric in catalogue.of_signals(job.metrics):
            say(metric.name)
            try:
                if (same := computation(metric)) not in made:
                    made[same] = _score_metric(metric, reference, estimate, rate, job)
                scores[metric.key] = made[same]
            except (MissingDependency, AssetUnavailable) as error:
                unavailable[metric.name] = str(error)  # no clip's fault, and mended by installing it: nothing to keep
                continue
            except MetricUndefined as error:
                scores[metric.key] = {"undefined": str(error)}
            except Exception as error:  # third-party scorers raise anything; recorded, counted, shown
                if is_machine_trouble(error):
                    raise
                scores[metric.key] = {"failed": reason(error)}
            if metric.aligned:
                lags[metric.key] = job.lag and list(job.lag)
        job.folder.write_scores(job.clip.id, {"scores": scores, "lags": lags})
        return unavailable


def _jobs(
    clips: Sequence[Clip],
    root: Path | None,
    folder: RunFolder,
    metrics: Sequence[SignalMetric],
    runs: Path,
    lags: Mapping[str, Lag | None],
) -> list[Job]:
    """The shortest clip, whose scores are soon seen; then longest first, so that no worker starts a long one last."""
    jobs = []
    for clip in sorted(clips, key=lambda clip: (-clip.duration, clip.id)):
        try:
            kept = folder.read_scores(clip.id)
        except AlteredFile as error:
            warnings.warn(f"{error}; made again", stacklevel=3)
            kept = {"scores": {}, "lags": {}}
        lag = lags.get(clip.domain)
        kept_lag = lag and list(lag)
        missing = [
            metric
            for metric in metrics
            if clip.domain in metric.domains
            and (metric.key not in kept["scores"] or (metric.aligned and kept["lags"].get(metric.key) != kept_lag))
        ]
        if missing:
            names = tuple(metric.name for metric in missing)
            jobs.append(Job(clip, folder, names, kept, lag, root, runs))
    return jobs[-1:] + jobs[:-1]


def computation(metric: SignalMetric) -> Hashable:
    """Equal for metrics whose scores are one number under two names, as SDR and CI-SDR are."""
    same = metric.score if isinstance(metric, ClipMetric) else metric
    return id(same), id(metric.analysis), metric.aligned  # objects of the catalogue, which nobody discards


def _score_metric(metric: SignalMetric, reference: Waveform, estimate: Waveform, rate: int, job: Job) -> list[float]:
    """The value of `metric.score_signals` for the clip; the analyses are kept beside it."""
    if metric.aligned and job.lag:
        reference, estimate = alignment.apply_lag(reference, estimate, job.lag.at(rate))
    features = [analyse(metric.analysis, signal, rate, job.clip, job.runs) for signal in (reference, estimate)]
    return metric.score_signals(features[0], features[1], job.clip)
