"""A row of the leaderboard and all that stands behind it, read from a submission's folder.

    leaderboard/submissions/<slug>/card.yaml          audiotok.core.card.TokenizerCard
                                  /results.jsonl      scores, with those of every clip
                                  /timings.jsonl      real-time factors: what no two machines share
                                  /<recipe>.jsonl     those of a recipe that a row may leave out
                                  /conformance.json   the report of `audiotok check`
                                  /environment.json   versions, hardware, commit, command
                                  /samples/<clip>.ogg decoded audio of a few clips
                                  /<recipe>/<clip>.ogg what its language model made of a few
                                  /tokens/<clip>.safetensors

Nothing of a folder is run or trusted: files are read within size limits, links are refused, text stays text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from audiotok import registry
from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import Identifier
from audiotok.errors import AudiotokError, InvalidResult
from audiotok.leaderboard.submission.cards import read_card
from audiotok.results import record, signature
from audiotok.results.conformance import Report
from audiotok.results.frame import RESULTS, TIMINGS
from audiotok.results.record import Result
from audiotok.results.statistics import clip_values, units
from audiotok.tasks import LISTENED_RECIPES, OPTIONAL_FILES

#: Audio that every current browser decodes.
SAMPLE_SUFFIXES = (".flac", ".mp3", ".ogg", ".opus", ".wav")
MAX_TEXT_BYTES = 1 << 20
MAX_RESULTS_BYTES = 16 << 20  # mini takes half a megabyte
MAX_SAMPLE_BYTES = 2 << 20
_CLIP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True)
class Entry:
    """One tokenizer (or anchor), scored."""

    tokenizer: str  # canonical identifier
    results: tuple[Result, ...]  # scores and timings
    kind: Literal["tokenizer", "anchor"] = "tokenizer"
    origin: Literal["submission", "local"] = "local"
    card: Mapping[str, Any] | None = None  # TokenizerCard.to_dict(); None for anchors
    conformance: Mapping[str, Any] | None = None  # results.conformance.Report.to_dict()
    environment: Mapping[str, Any] = field(default_factory=dict)
    #: Clip id -> decoded audio, an anchor's too; recipe/clip id -> what a language model made of it.
    samples: Mapping[str, Path] = field(default_factory=dict)


def read_entry(folder: str | Path) -> Entry:
    """Raises InvalidResult with the file and what is wrong with it."""
    folder = Path(folder)
    results = [
        result
        for name in (*OPTIONAL_FILES, RESULTS, TIMINGS)
        if name == RESULTS or (folder / name).exists()
        for result in _results(folder / name)
    ]
    identifiers = sorted({result.tokenizer for result in results})
    if len(identifiers) != 1:
        found = ", ".join(identifiers) or "none"
        raise InvalidResult(f"{folder / RESULTS}: expected the scores of one tokenizer, got those of {found}")
    anchor = Identifier.parse(identifiers[0]).name in registry.anchors()
    return Entry(
        tokenizer=identifiers[0],
        results=tuple(results),
        kind="anchor" if anchor else "tokenizer",
        origin="submission",
        card=None if anchor else _card(folder / "card.yaml"),
        conformance=_conformance(folder / "conformance.json"),
        environment=_json(folder / "environment.json") or {},
        samples=_samples(folder / "samples")
        | {f"{recipe}/{clip}": path for recipe in LISTENED_RECIPES for clip, path in _samples(folder / recipe).items()},
    )


def completed(local: Entry, submitted: Entry) -> Entry:
    """A tokenizer scored here, with what optional recipes gave its submission where they were not run here."""
    here = {_recipe(result) for result in local.results}
    more = [r for r in submitted.results if f"{_recipe(r)}.jsonl" in OPTIONAL_FILES and _recipe(r) not in here]
    recipes = {_recipe(r) for r in more}
    samples = {name: path for name, path in submitted.samples.items() if name.partition("/")[0] in recipes}
    return replace(local, results=(*more, *local.results), samples={**samples, **local.samples})


def of_results(results: Iterable[Result], known: Iterable[Entry]) -> list[Entry]:
    """Rows of what was measured here on data that no submission is on, as the suite `dates` is on the user's own.

    A tokenizer that is among the `known` has its card and its conformance from there. Results on a data set of theirs
    are left out: `audiotok submit` makes a row of those, which is checked.
    """
    rows = {entry.tokenizer: entry for entry in known}
    taken = {_data(result) for entry in rows.values() for result in entry.results}
    found: dict[str, list[Result]] = {}
    for result in results:
        if _data(result) not in taken:
            found.setdefault(result.tokenizer, []).append(result)
    anchors = registry.anchors()
    return [
        Entry(
            tokenizer=tokenizer,
            results=tuple(own),
            kind="anchor" if Identifier.parse(tokenizer).name in anchors else "tokenizer",
            card=rows[tokenizer].card if tokenizer in rows else None,
            conformance=rows[tokenizer].conformance if tokenizer in rows else None,
        )
        for tokenizer, own in found.items()
    ]


def _data(result: Result) -> str:
    return signature.parse(result.signature).fields.get("data", "")


def _recipe(result: Result) -> str:
    """Its name, without the version."""
    return signature.parse(result.signature).recipe.rpartition(".v")[0]


def _read(path: Path, limit: int) -> str:
    if path.is_symlink() or not path.is_file():
        raise InvalidResult(f"{path}: expected a regular file")
    if path.stat().st_size > limit:
        raise InvalidResult(f"{path}: expected at most {limit} bytes, got {path.stat().st_size}")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidResult(f"{path}: expected UTF-8 text: {error}") from error


def _results(path: Path) -> list[Result]:
    _read(path, MAX_RESULTS_BYTES)
    results = record.read(path)
    for result in results:
        try:
            Identifier.parse(result.tokenizer)
            signature.parse(result.signature)
            if result.scores:
                units(result.scores)
                clip_values(result.scores)
        except AudiotokError as error:
            raise InvalidResult(f"{path}: {result.metric}: {error}") from error
    return results


def _card(path: Path) -> dict[str, Any]:
    _read(path, MAX_TEXT_BYTES)
    values, problems = read_card(path)
    if problems:
        raise InvalidResult(f"{path.parent}: {problems[0]}")
    return TokenizerCard.from_dict(values).to_dict()


def _conformance(path: Path) -> dict[str, Any] | None:
    values = _json(path)
    try:
        return None if values is None else Report.from_dict(values).to_dict()
    except InvalidResult as error:
        raise InvalidResult(f"{path}: {error}") from error


def _json(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        values = json.loads(_read(path, MAX_TEXT_BYTES))
    except (ValueError, RecursionError) as error:
        raise InvalidResult(f"{path}: {error}") from error
    if not isinstance(values, dict):
        raise InvalidResult(f"{path}: expected an object, got {type(values).__name__}")
    return values


def _samples(folder: Path) -> dict[str, Path]:
    if folder.is_symlink():
        raise InvalidResult(f"{folder}: expected a folder, got a link")
    samples = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_symlink() or not path.is_file() or path.suffix not in SAMPLE_SUFFIXES:
            raise InvalidResult(f"{path}: expected an audio file, one of {', '.join(SAMPLE_SUFFIXES)}")
        if not _CLIP.fullmatch(path.stem):
            raise InvalidResult(f"{path}: expected the clip's id as name (letters, digits, '.', '_', '-')")
        if path.stat().st_size > MAX_SAMPLE_BYTES:
            raise InvalidResult(f"{path}: expected at most {MAX_SAMPLE_BYTES} bytes, got {path.stat().st_size}")
        samples[path.stem] = path
    return samples
