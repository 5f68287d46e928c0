"""The score stage: every clip of a system through its metrics, in a pool of single-threaded processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from tqdm import tqdm

from audiotok.data.manifest import Clip
from audiotok.errors import AssetUnavailable, AudiotokError, MetricUndefined, MissingDependency, reason
from audiotok.files.json import read_json, write_json
from audiotok.metrics import alignment, catalogue
from audiotok.metrics.base import ClipMetric, SetMetric, Waveform
from audiotok.runs.analyse import analyse, signals
from audiotok.runs.folder import RunFolder

SignalMetric = ClipMetric | SetMetric


@dataclass(frozen=True)
class Job:
    """One clip of one system, and the metrics it still lacks."""

    clip: Clip
    decoded: Path
    scores: Path  # the file to add to
    metrics: tuple[str, ...]
    lag: int | None  # of the tokenizer on this domain, samples at the domain's rate
    root: Path | None  # of a manifest whose clips lie in a folder
    runs: Path


def key(metric: SignalMetric) -> str:
    """What a kept score belongs to: it is void when the metric's or its analysis' numbers change."""
    analysis = metric.analysis
    return f"{metric.name}.v{metric.version}|{analysis.name}.v{analysis.version}|{analysis.signature}"


def signal_metrics(names: Sequence[str]) -> list[SignalMetric]:
    """Those of the named metrics that compare signals."""
    return [metric for name in names if isinstance(metric := catalogue.get(name), (ClipMetric, SetMetric))]


def score(
    clips: Sequence[Clip],
    root: Path | None,
    folder: RunFolder,
    names: Sequence[str],
    *,
    runs: Path,
    workers: int,
    label: str,
) -> dict[str, str]:
    """Write scores/<clip>.json for every clip that has audio; a metric that fails on a clip is written as its reason.

    A set metric's analyses are made here too, so that `summarise` finds them. Returns the metrics that could not be
    opened at all (a package or weights are missing), with the reason.
    """
    jobs = _jobs(clips, root, folder, signal_metrics(names), runs)
    unavailable: dict[str, str] = {}
    if not jobs:
        return unavailable
    try:
        done = as_completed(_submit(jobs, workers))
        for future in tqdm(done, total=len(jobs), desc=f"{label}: score", unit="clip", dynamic_ncols=True):
            unavailable |= future.result()
    except BrokenProcessPool as error:
        _POOLS.pop(workers)
        raise AudiotokError(
            f"a process that scored {label} died, perhaps for lack of memory; run it again with fewer workers than "
            f"{workers}: it goes on where it stopped"
        ) from error
    return unavailable


def _jobs(
    clips: Sequence[Clip], root: Path | None, folder: RunFolder, metrics: Sequence[SignalMetric], runs: Path
) -> list[Job]:
    """Longest first, so that no worker starts a long clip when the others have finished."""
    lags: dict[str, int | None] = {}
    jobs = []
    for clip in sorted(clips, key=lambda clip: (-clip.duration, clip.id)):
        if not folder.audio(clip.id).exists():
            continue
        kept = read_json(folder.scores(clip.id)) if folder.scores(clip.id).exists() else {}
        missing = [metric for metric in metrics if clip.domain in metric.domains and key(metric) not in kept]
        if not missing:
            continue
        aligned = any(isinstance(metric, ClipMetric) and metric.aligned for metric in missing)
        if aligned and clip.domain not in lags:
            lags[clip.domain] = _lag([other for other in clips if other.domain == clip.domain], root, folder)
        names = tuple(metric.name for metric in missing)
        jobs.append(Job(clip, folder.audio(clip.id), folder.scores(clip.id), names, lags.get(clip.domain), root, runs))
    return jobs


def _lag(clips: Sequence[Clip], root: Path | None, folder: RunFolder) -> int | None:
    """The tokenizer's delay in samples at the domain's rate: the median over the clips, kept in a file."""
    path = folder.path / f"lag-{clips[0].domain}.json"
    if not path.exists():
        lags = []
        for clip in clips:
            if folder.audio(clip.id).exists():
                try:
                    lags.append(alignment.estimate_lag(*signals(clip, folder.audio(clip.id), root)))
                except MetricUndefined:
                    continue  # a silent signal has no delay to vote with
        write_json(path, {"lag": int(np.median(lags)) if lags else None, "clips": len(lags)})
    lag = read_json(path)["lag"]
    return None if lag is None else int(lag)


def _score_clip(job: Job) -> dict[str, str]:
    """In a worker. Adds the job's metrics to the clip's scores file; returns those that cannot be had, and why."""
    unavailable = {}
    reference, estimate, rate = signals(job.clip, job.decoded, job.root)
    kept: dict[str, Any] = read_json(job.scores) if job.scores.exists() else {}
    for metric in signal_metrics(job.metrics):
        try:
            kept[key(metric)] = _score_metric(metric, reference, estimate, rate, job)
        except (MissingDependency, AssetUnavailable) as error:
            unavailable[metric.name] = str(error)  # no clip's fault, and mended by installing it: nothing to keep
        except Exception as error:  # noqa: BLE001  # third-party scorers raise anything; recorded, counted, shown
            why = str(error) if isinstance(error, MetricUndefined) else reason(error)
            kept[key(metric)] = {"failed": why}
    write_json(job.scores, kept)
    return unavailable


def _score_metric(metric: SignalMetric, reference: Waveform, estimate: Waveform, rate: int, job: Job) -> list[float]:
    """[total, weight]; empty for a set metric, of which only the analyses are wanted here."""
    if isinstance(metric, ClipMetric) and metric.aligned and job.lag:
        reference, estimate = alignment.apply_lag(reference, estimate, job.lag)
    features = [analyse(metric.analysis, signal, rate, job.clip, job.runs) for signal in (reference, estimate)]
    if isinstance(metric, SetMetric):
        return []
    result = metric.score(features[0], features[1], job.clip)
    total, weight = float(result.total), float(result.weight)
    if not np.isfinite([total, weight]).all() or weight < 0:
        raise MetricUndefined(f"{metric.name} gave {total} / {weight}, which is no score")
    return [total, weight]


#: Kept for the whole process: opening the judges' models takes longer than scoring a short clip.
_POOLS: dict[int, ProcessPoolExecutor] = {}


def _submit(jobs: Sequence[Job], workers: int) -> list[Future[dict[str, str]]]:
    """Libraries read their thread counts as they load, so the workers are born with the variables set."""
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    before = {name: os.environ.get(name) for name in single}
    os.environ.update(single)
    try:
        if workers not in _POOLS:
            _POOLS[workers] = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_die_with_parent)
        return [_POOLS[workers].submit(_score_clip, job) for job in jobs]
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _die_with_parent() -> None:
    """A worker waits for work for ever; without this it would outlive a killed run, with its models in memory."""

    def wait() -> None:
        parent_process().join()  # type: ignore[union-attr]  # a worker has one
        os._exit(1)

    Thread(target=wait, daemon=True).start()
