"""What recipes of their own have left of a tokenizer, as a submission may add it: scores, and clips to listen to.

A score is found by its signature: among everything that was tried out, what was measured as the board asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from audiotok import data
from audiotok.core.anchor import Anchor
from audiotok.core.identifier import slug
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.leaderboard.submission.files import listened, write_sample
from audiotok.leaderboard.submission.protocol import is_asked, of_asked
from audiotok.lm.folder import lm_folder
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.runs.folder import RunFolder
from audiotok.tasks import ABX_ITEMS, ACOUSTIC_LM, RECIPES, STABILITY, SUITES, Extra

Found = dict[tuple[str, str], tuple[Path, Result]]  # metric, domain -> the file and the score in it


def add(folder: Path, system: Tokenizer | Anchor, files: RunFolder, runs: Path) -> None:
    """Write to a submission's folder what there is; what is only there in part is left out, and said so."""
    if not isinstance(system, Tokenizer):
        return
    left = [(path, result) for path in _left(system, files, runs) for result in record.read(path)]
    for extra in (extra for suite in SUITES.values() for extra in suite.optional):
        manifest = None if extra.data in ABX_ITEMS else data.load(extra.data)
        wanted = set(_wanted(extra, manifest, system))
        found: Found = {
            (result.metric, result.domain): (path, result)
            for path, result in left
            if (result.metric, result.domain) in wanted and is_asked(result, extra, manifest)
        }
        if missing := wanted - found.keys() if found else set():
            names = ", ".join(sorted({metric for metric, _ in missing}))
            typer.secho(f"left out {extra.file}: no {names} as the board asks for it", fg="yellow", err=True)
        elif found:
            _write(folder, extra, manifest, found)


def _left(system: Tokenizer, files: RunFolder, runs: Path) -> list[Path]:
    """Files of results."""
    models = lm_folder(runs, data.load("small").domain("speech"), system.identifier)
    found = [*models.rglob("results.jsonl"), *models.glob(f"*/{ACOUSTIC_LM.name}.jsonl")]
    found += (runs / "abx").glob(f"*/{slug(system.identifier)}/results-*.jsonl")
    return [path for path in (files.results(STABILITY.name), *sorted(found)) if path.exists()]


def _wanted(extra: Extra, manifest: Manifest | None, system: Tokenizer) -> Iterator[tuple[str, str]]:
    """(metric, domain) that a tokenizer like this has."""
    for name in RECIPES[extra.recipe].metrics:
        for domain in {clip.domain for clip in manifest} if manifest else {"speech"}:
            if catalogue.get(name).applies(domain, tokens=True, audio=isinstance(system, Codec)):
                yield name, domain


def _write(folder: Path, extra: Extra, manifest: Manifest | None, found: Found) -> None:
    path = folder / extra.file
    earlier = record.read(path) if path.exists() else []
    others = [result for result in earlier if parse(result.signature).data != extra.data]  # ABX on another item file
    record.write(path, [*others, *(of_asked(result, manifest) for _, result in found.values())])
    for clip in listened(manifest, extra.listened) if manifest and extra.listened else []:
        for made in {path.parent for path, _ in found.values()}:
            if (made / f"{clip.id}.wav").exists():
                (folder / extra.recipe).mkdir(exist_ok=True)
                write_sample(made / f"{clip.id}.wav", folder / extra.recipe / f"{clip.id}.ogg")
