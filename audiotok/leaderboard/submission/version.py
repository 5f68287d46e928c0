"""Versions of a submission's folder, and the hash by which a folder is known.

    audiotok.submission.v1   tokens of twelve clips, the same for everybody
    audiotok.submission.v2   tokens of all clips up to a limit of the rate, so that all can be verified

What is new must be of the newest version. Rows that were on the board before stay as they are: `older.json` names them
by a hash of their clips' scores, which is the same after intervals were restated, so that nobody else can be of an
older version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from audiotok.results import record
from audiotok.results.record import Result

NEWEST = "audiotok.submission.v2"
OLDEST = "audiotok.submission.v1"


@cache
def older() -> dict[str, str]:
    """`scores_sha256` of a row -> its version."""
    text = (files("audiotok.leaderboard.submission") / "older.json").read_text(encoding="utf-8")
    return {str(sha256): str(version) for sha256, version in json.loads(text).items()}


def version_of(results: Iterable[Result], environment: Mapping[str, object]) -> str:
    """Which version a folder is of; "" where it says none and is none of the older rows."""
    claimed = environment.get("format")
    return older().get(scores_sha256(results), "") if claimed is None else str(claimed)


def scores_sha256(results: Iterable[Result]) -> str:
    """sha256 of all scores of clips and of whole sets, however their intervals are drawn."""
    scores = []
    for r in results:
        alone = [] if r.scores or r.estimate is None else [("", r.estimate.value, 1.0)]
        values = [*alone, *((score.clip, score.total, score.weight) for score in r.scores)]
        scores += [(r.tokenizer, r.metric, r.domain, *value) for value in values]
    scores.sort()
    return hashlib.sha256(json.dumps(scores).encode()).hexdigest()


def folder_sha256(folder: Path) -> str:
    """sha256 of a submission's file names and contents; of records only the scores, since intervals may be restated."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = scores_sha256(record.read(path)) if path.suffix == ".jsonl" else _sha256(path)
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
