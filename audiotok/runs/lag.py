"""The delay of a tokenizer by domain: the median of its clips' lags, which aligned metrics are scored with."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import AlteredFile, MetricUndefined
from audiotok.files.sealed import read_sealed, write_sealed
from audiotok.metrics import alignment
from audiotok.metrics.analysis import DOMAIN_RATES
from audiotok.runs import engines
from audiotok.runs.analyse import signals
from audiotok.runs.folder import RunFolder
from audiotok.runs.memo import digest
from audiotok.runs.pool import Say
from audiotok.runs.stage import PooledStage


@dataclass(frozen=True)
class CodedClip:
    """A clip, and the run's folder that holds what a system made of it."""

    clip: Clip
    folder: RunFolder
    root: Path | None  # of a manifest whose clips lie in a folder


@dataclass(frozen=True)
class MeasureLags(PooledStage[CodedClip, float | None]):
    """The lag of each clip, in samples at its domain's rate; None where a signal is silent."""

    label: str  # the system's, for messages

    def name(self, job: CodedClip) -> str:
        return f"{self.label}'s clip {job.clip.id}"

    @staticmethod
    def do(job: CodedClip, say: Say) -> float | None:
        say("measuring the delay")
        reference, estimate, rate = signals(job.clip, job.folder, job.root)
        try:
            return alignment.estimate_lag(reference, estimate, rate) * DOMAIN_RATES[job.clip.domain] / rate
        except MetricUndefined:
            return None


def measure_lag(clips: Sequence[CodedClip], domain: str, label: str, engine: str, workers: int) -> int | None:
    """The delay of a system in samples at the domain's rate, kept for as long as these are the clips that have audio.

    `clips`: of one domain, at least one. None where all are silent.
    """
    folder = clips[0].folder
    path, made_of = folder.path / f"lag-{domain}.json", f"{folder.path.name}|lag|{domain}"
    of_clips = digest({coded.clip.id: folder.hashes(coded.clip.id)["audio"] for coded in clips})
    try:
        kept = read_sealed(path, made_of)
    except AlteredFile as error:
        warnings.warn(f"{error}; made again", stacklevel=3)
        kept = None
    if kept is None or kept["audio"] != of_clips:
        measured = [found for found in engines.get(engine)(MeasureLags(label), clips, workers) if found is not None]
        kept = {"lag": int(np.median(measured)) if measured else None, "clips": len(measured), "audio": of_clips}
        write_sealed(path, kept, made_of)
    return None if kept["lag"] is None else int(kept["lag"])


def kept_lags(folder: RunFolder) -> dict[str, int | None]:
    """domain -> the delay that aligned metrics were scored with."""
    domains = {path.stem.removeprefix("lag-") for path in folder.path.glob("lag-*.json")}
    made_of = f"{folder.path.name}|lag|"
    return {domain: read_sealed(folder.path / f"lag-{domain}.json", made_of + domain)["lag"] for domain in domains}
