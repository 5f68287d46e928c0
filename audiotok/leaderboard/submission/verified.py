"""Which rows of the board were verified, and how: a file beside the submissions that maintainers write.

    leaderboard/verified.json   {"<sha256 of the folder>": {"identifier", "clips", "all", "date", "audiotok"}}

A row is known by the hash of its folder, so that a change of any byte takes its verification away.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiotok.errors import InvalidResult
from audiotok.files import provenance
from audiotok.files.json import read_json, write_json
from audiotok.leaderboard.submission.verify import Verification
from audiotok.leaderboard.submission.version import folder_sha256

FILE = "verified.json"
UNVERIFIED = "not verified"


def read_verified(path: Path) -> dict[str, dict[str, Any]]:
    """Hash of a folder -> what is recorded of it; nothing where there is no file. Raises InvalidResult."""
    if not path.is_file():
        return {}
    values = read_json(path)
    if not isinstance(values, dict) or not all(isinstance(one, dict) and "clips" in one for one in values.values()):
        raise InvalidResult(f"{path}: expected a record of verifications for each sha256 of a folder")
    return values


def record_verification(path: Path, folder: Path, verification: Verification, *, every: bool) -> None:
    """Add a row that passed; earlier records of the same identifier go."""
    kept = {sha: one for sha, one in read_verified(path).items() if one["identifier"] != verification.tokenizer}
    kept[folder_sha256(folder)] = {
        "identifier": verification.tokenizer,
        "clips": verification.clips,
        "all": every,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "audiotok": provenance.commit(),
    }
    write_json(path, kept)


def how_verified(folder: Path, verified: Mapping[str, Mapping[str, Any]]) -> str:
    """The board's words on a row: "verified on 12 clips, 2026-11-28"."""
    found = verified.get(folder_sha256(folder))
    if found is None:
        return UNVERIFIED
    return f"verified on {'all ' if found.get('all') else ''}{found['clips']} clips, {found['date']}"
