"""The score stage: every clip of a system through its metrics, in a pool of single-threaded processes.

What depends on one signal alone (a transcript, an F0 track) is kept under the hash of that signal, so the reference's
side is computed once for all tokenizers and for nobody twice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from audiotok import data
from audiotok.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.errors import AssetUnavailable, MetricUndefined, MissingDependency
from audiotok.metrics import alignment, catalogue
from audiotok.metrics.base import DOMAIN_RATES, WAVEFORM, Analysis, ClipMetric, Features, SetMetric, Waveform
from audiotok.stages.folder import RunFolder, read_json, write_json

SignalMetric = ClipMetric | SetMetric


def key(metric: SignalMetric) -> str:
    """What a kept score belongs to: it is void when the metric's or its analysis' numbers change."""
    analysis = metric.analysis
    return f"{metric.name}.v{metric.version}|{analysis.name}.v{analysis.version}|{analysis.signature}"


def score(
    clips: Sequence[Clip], folder: RunFolder, names: Sequence[str], *, runs: Path, workers: int, label: str
) -> dict[str, str]:
    """Write scores/<clip>.json for every clip that has audio; a metric that fails on a clip is written as its reason.

    A set metric's analyses are made here too, so that `summarise` finds them. Returns the metrics that could not be
    opened at all (a package or weights are missing), with the reason.
    """
    metrics = [metric for name in names if isinstance(metric := catalogue.get(name), (ClipMetric, SetMetric))]
    lags: dict[str, int | None] = {}
    for domain in sorted({clip.domain for clip in clips}):
        if any(metric.aligned for metric in metrics if isinstance(metric, ClipMetric) and domain in metric.domains):
            lags[domain] = _lag([clip for clip in clips if clip.domain == domain], folder)
    jobs = []
    for clip in clips:
        wanted = [metric.name for metric in metrics if clip.domain in metric.domains]
        if folder.audio(clip.id).exists() and (missing := _missing(folder, clip, wanted)):
            jobs.append((clip, folder.audio(clip.id), folder.scores(clip.id), missing, lags.get(clip.domain), runs))
    # Longest first, so that no worker starts a long clip when the others have finished.
    jobs.sort(key=lambda job: (-job[0].duration, job[0].id))
    unavailable: dict[str, str] = {}
    if not jobs:
        return unavailable
    with _pool(min(workers, len(jobs))) as pool:
        futures = [pool.submit(_score_clip, *job) for job in jobs]
        done = as_completed(futures)
        for future in tqdm(done, total=len(jobs), desc=f"{label}: score", unit="clip", dynamic_ncols=True):
            unavailable |= future.result()
    return unavailable


def signals(clip: Clip, path: Path) -> tuple[Waveform, Waveform, int]:
    """Reference, estimate (unclipped) and their rate: both brought once to the domain's rate, equally long."""
    rate = DOMAIN_RATES[clip.domain]
    reference = data.read(clip).resample(rate).numpy()[0]
    estimate = Audio.load(path).mono().resample(rate).numpy()[0]
    missing = len(reference) - len(estimate)
    return reference, np.pad(estimate, (0, max(0, missing)))[: len(reference)], rate


def analyse(analysis: Analysis, waveform: Waveform, rate: int, clip: Clip, runs: Path) -> Features:
    """The analysis of one signal, from the store if it is there. Raises MetricUndefined, also from the store."""
    if analysis.name == WAVEFORM.name:
        clipped = np.clip(waveform, -1.0, 1.0)
        return {**WAVEFORM.run(clipped, rate, clip, None), "num_clipped": np.array(int((clipped != waveform).sum()))}
    waveform = np.clip(waveform, -1.0, 1.0)
    digest = hashlib.sha256(waveform.tobytes())
    digest.update(f"{rate}|{clip.language}|{analysis.name}|{analysis.version}|{analysis.signature}".encode())
    folder = runs / "analyses" / f"{analysis.name}.v{analysis.version}"
    path, undefined = folder / f"{digest.hexdigest()[:32]}.npz", folder / f"{digest.hexdigest()[:32]}.json"
    if path.exists():
        with np.load(path) as stored:
            return dict(stored)
    if undefined.exists():
        raise MetricUndefined(read_json(undefined)["reason"])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        features = analysis.run(waveform, rate, clip, _model(analysis))
    except MetricUndefined as error:
        write_json(undefined, {"reason": str(error)})
        raise
    partial = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    np.savez(partial, **features)
    os.replace(partial, path)
    return features


def _missing(folder: RunFolder, clip: Clip, names: Sequence[str]) -> list[str]:
    kept = read_json(folder.scores(clip.id)) if folder.scores(clip.id).exists() else {}
    return [name for name in names if key(catalogue.get(name)) not in kept]


def _score_clip(clip: Clip, audio: Path, scores: Path, names: list[str], lag: int | None, runs: Path) -> dict[str, str]:
    """In a worker. Adds the named metrics to the clip's scores file; returns those that cannot be had, and why."""
    unavailable = {}
    reference, estimate, rate = signals(clip, audio)
    kept: dict[str, Any] = read_json(scores) if scores.exists() else {}
    for name in names:
        metric = catalogue.get(name)
        try:
            kept[key(metric)] = _score_metric(metric, reference, estimate, rate, clip, lag, runs)
        except (MissingDependency, AssetUnavailable) as error:
            unavailable[name] = str(error)  # no clip's fault, and mended by installing it: nothing to keep
        except Exception as error:  # noqa: BLE001  # third-party scorers raise anything; recorded, counted, shown
            reason = str(error) if isinstance(error, MetricUndefined) else f"{type(error).__name__}: {error}"
            kept[key(metric)] = {"failed": reason}
    write_json(scores, kept)
    return unavailable


def _score_metric(
    metric: SignalMetric, reference: Waveform, estimate: Waveform, rate: int, clip: Clip, lag: int | None, runs: Path
) -> list[float]:
    if isinstance(metric, ClipMetric) and metric.aligned and lag:
        estimate = alignment.apply_lag(estimate, lag)
    features = [analyse(metric.analysis, waveform, rate, clip, runs) for waveform in (reference, estimate)]
    if isinstance(metric, SetMetric):
        return []  # only the analyses were wanted
    result = metric.score(features[0], features[1], clip)
    total, weight = float(result.total), float(result.weight)
    if not np.isfinite([total, weight]).all() or weight < 0:
        raise MetricUndefined(f"{metric.name} gave {total} / {weight}, which is no score")
    return [total, weight]


def _lag(clips: Sequence[Clip], folder: RunFolder) -> int | None:
    """The tokenizer's delay in samples at the domain's rate: the median over the clips, kept in a file."""
    path = folder.path / f"lag-{clips[0].domain}.json"
    if not path.exists():
        lags = []
        for clip in clips:
            if folder.audio(clip.id).exists():
                reference, estimate, rate = signals(clip, folder.audio(clip.id))
                try:
                    lags.append(alignment.estimate_lag(reference, estimate, rate))
                except MetricUndefined:
                    continue  # a silent signal has no delay to vote with
        write_json(path, {"lag": int(np.median(lags)) if lags else None, "clips": len(lags)})
    lag = read_json(path)["lag"]
    return None if lag is None else int(lag)


#: Per process: what `load` returned, or why it could not.
_MODELS: dict[tuple[str, int], Any] = {}


def _model(analysis: Analysis) -> Any:
    """Each process opens a model once, and asks once for one that is not to be had."""
    name = (analysis.name, analysis.version)
    if name not in _MODELS:
        try:
            _MODELS[name] = analysis.load() if analysis.load else None
        except (MissingDependency, AssetUnavailable) as error:
            _MODELS[name] = error
    if isinstance(_MODELS[name], (MissingDependency, AssetUnavailable)):
        raise _MODELS[name]
    return _MODELS[name]


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Libraries read their thread counts as they load, so the workers are born with the variables set."""
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    before = {name: os.environ.get(name) for name in single}
    os.environ.update(single)
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
