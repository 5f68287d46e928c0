"""Whether results on disk are still those of the scores beside them: the bootstrap need not be drawn again then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from audiotok.data.manifest import Manifest
from audiotok.files.json import read_json
from audiotok.files.provenance import commit
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.folder import RunFolder
from audiotok.runs.score import key, signal_metrics


def digest(
    manifest: Manifest,
    folder: RunFolder,
    recipe: Recipe,
    undefined: Mapping[str, Mapping[str, str]],
    unavailable: Mapping[str, str],
) -> str:
    """Of all that results are made from: every clip's scores, times and failures, and the program itself."""
    keys = [key(metric) for metric in signal_metrics(recipe.metrics)]
    clips = {}
    for clip in manifest:
        kept, timing, failure = (
            read_json(path) if path.exists() else {}
            for path in (folder.scores(clip.id), folder.timing(clip.id), folder.failure(clip.id))
        )
        clips[clip.id] = [{name: kept.get(name) for name in keys}, timing, failure]
    versions = [(name, catalogue.get(name).version) for name in recipe.metrics]
    made_from = [commit(), recipe.signature, versions, clips, undefined, unavailable]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def stored(folder: RunFolder, recipe: Recipe, inputs: str) -> list[Result] | None:
    """The results on disk, in the recipe's order; None where they were made from something else."""
    mark = _mark(folder, recipe)
    if not mark.exists() or mark.read_text(encoding="utf-8") != inputs:
        return None
    results = [result for path in _files(folder, recipe) if path.exists() for result in record.read(path)]
    return sorted(results, key=lambda result: (recipe.metrics.index(result.metric), result.domain))


def store(folder: RunFolder, recipe: Recipe, inputs: str, results: Sequence[Result], timed: Sequence[Result]) -> None:
    """Write the results and the timings, where there are any, and last what they were made from."""
    _mark(folder, recipe).unlink(missing_ok=True)
    for path, found in zip(_files(folder, recipe), (results, timed), strict=True):
        if found:
            record.write(path, found)
        else:
            path.unlink(missing_ok=True)
    _mark(folder, recipe).write_text(inputs, encoding="utf-8")


def _files(folder: RunFolder, recipe: Recipe) -> tuple[Path, Path]:
    """Of the results and of the timings; a recipe that asks nothing of a system (WER of a mere encoder) has neither."""
    return folder.results(recipe.name), folder.results(f"{recipe.name}.timings")


def _mark(folder: RunFolder, recipe: Recipe) -> Path:
    return folder.path / "results" / f"{recipe.name}.timings.inputs"
