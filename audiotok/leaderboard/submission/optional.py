"""Copies results and samples of optional tasks into a submission.

A score is found by its signature: among everything that was tried out, what was measured as the board asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from audiotok import tasks
from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.leaderboard.submission.files import sampled_clips, write_sample
from audiotok.leaderboard.submission.protocol import matches_protocol, restrict_to
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.tasks.suites import SUITES, SuitePart

Found = dict[tuple[str, str], tuple[Path, Result]]  # metric, domain -> the file and the score in it


def add(folder: Path, system: Tokenizer | Anchor, runs: Path) -> None:
    """Write to a submission's folder what there is; what is only there in part is left out, and said so."""
    if not isinstance(system, Tokenizer):
        return
    for part in (part for suite in SUITES.values() for part in suite.optional):
        task = tasks.get(part.task)
        manifest = task.clips(part.data)
        required = set(_columns(part.columns, manifest, system))
        # A metric that the task got later may come along.
        current = tuple(metric for metric in task.metrics if metric not in part.withdrawn)
        accepted = set(_columns(current, manifest, system))
        found: Found = {
            (result.metric, result.domain): (path, result)
            for path in task.left_by_runs(system, part.data, runs)
            for result in record.read(path)
            if (result.metric, result.domain) in accepted and matches_protocol(result, part, manifest)
        }
        if missing := required - found.keys() if found else set():
            names = ", ".join(sorted({metric for metric, _ in missing}))
            typer.secho(f"left out {part.file}: no {names} with the settings of the board", fg="yellow", err=True)
        elif found:
            _write(folder, part, manifest, found)


def _columns(metrics: tuple[str, ...], manifest: Manifest | None, system: Tokenizer) -> Iterator[tuple[str, str]]:
    """(metric, domain) that a tokenizer like this has."""
    for name in metrics:
        for domain in {clip.domain for clip in manifest} if manifest else {"speech"}:
            if catalogue.get(name).applies(domain, tokens=True, audio=isinstance(system, Codec)):
                yield name, domain


def _write(folder: Path, part: SuitePart, manifest: Manifest | None, found: Found) -> None:
    path = folder / part.file
    earlier = record.read(path) if path.exists() else []
    others = [result for result in earlier if parse(result.signature).data != part.data]  # ABX on another item file
    record.write(path, [*others, *(restrict_to(result, manifest) for _, result in found.values())])
    for clip in sampled_clips(part):
        for made in {path.parent for path, _ in found.values()}:
            if (made / f"{clip.id}.wav").exists():
                (folder / part.task).mkdir(exist_ok=True)
                write_sample(made / f"{clip.id}.wav", folder / part.task / f"{clip.id}.ogg")
