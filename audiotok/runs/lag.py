"""The delay of a tokenizer by domain: the lag that its clips agree on, which aligned metrics are scored with."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok.data.manifest import Clip
from audiotok.errors import AlteredFile, MetricUndefined
from audiotok.files.sealed import read_sealed, write_sealed
from audiotok.metrics.alignment import Correlation, Lag, common_lag, correlate_pair
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
class CorrelateClips(PooledStage[CodedClip, "tuple[Correlation, int] | None"]):
    """The cross-correlation of each clip and its rate in Hz; None where a signal is silent."""

    label: str  # the system's, for messages

    def name(self, job: CodedClip) -> str:
        return f"{self.label}'s clip {job.clip.id}"

    @staticmethod
    def do(job: CodedClip, say: Say) -> tuple[Correlation, int] | None:
        say("measuring the delay")
        reference, estimate, rate = signals(job.clip, job.folder, job.root)
        try:
            return correlate_pair(reference, estimate, rate), rate
        except MetricUndefined:
            return None


def measure_lag(clips: Sequence[CodedClip], domain: str, label: str, engine: str, workers: int) -> Lag | None:
    """The delay of a system, kept with the reason where there is none, for as long as these clips have this audio.

    `clips`: of one domain, at least one. None where no delay is measurable.
    """
    folder = clips[0].folder
    path = _file(folder, domain)
    of_clips = digest({coded.clip.id: folder.hashes(coded.clip.id)["audio"] for coded in clips})
    try:
        kept = read_sealed(path, _made_of(folder, domain))
    except AlteredFile as error:
        warnings.warn(f"{error}; made again", stacklevel=3)
        kept = None
    if kept is None or kept["audio"] != of_clips:
        correlated = engines.get(engine)(CorrelateClips(label), clips, workers)
        kept = {**_agreed(found for found in correlated if found is not None), "audio": of_clips}
        write_sealed(path, kept, _made_of(folder, domain))
    return None if kept["lag"] is None else Lag(*kept["lag"])


def kept_lags(folder: RunFolder) -> dict[str, int | None]:
    """domain -> the delay that aligned metrics were scored with, in samples; None where none was measurable.

    The samples are of the rate at which the runs of the folder compare signals: the domain's, unless their footing is
    another.
    """
    domains = {path.stem.removeprefix("delay-") for path in folder.path.glob("delay-*.json")}
    kept = {domain: read_sealed(_file(folder, domain), _made_of(folder, domain))["lag"] for domain in domains}
    return {domain: None if lag is None else lag[0] for domain, lag in kept.items()}


def _agreed(clips: Iterable[tuple[Correlation, int]]) -> dict[str, object]:
    try:
        return {"lag": common_lag(clips), "why_none": ""}
    except MetricUndefined as error:
        return {"lag": None, "why_none": str(error)}


def _file(folder: RunFolder, domain: str) -> Path:
    """The file of a domain. Those named `lag-` are from before clips had to agree."""
    return folder.path / f"delay-{domain}.json"


def _made_of(folder: RunFolder, domain: str) -> str:
    return f"{folder.path.name}|delay|{domain}"
