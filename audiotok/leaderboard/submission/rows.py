"""The rows of the board: submissions, and tokenizers that were scored on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from audiotok.leaderboard.submission.cards import read_card
from audiotok.leaderboard.submission.check import Reference, examine
from audiotok.leaderboard.submission.entry import Entry, completed
from audiotok.leaderboard.submission.parse import CARD, MAX_CARD_BYTES, read_results, read_text
from audiotok.leaderboard.submission.verified import FILE, how_verified, read_verified
from audiotok.results import record, signature
from audiotok.results.frame import RESULTS


def rows(submissions: Path, local: Sequence[Path] = ()) -> tuple[list[Entry], dict[str, str]]:
    """Accepted entries, and folder -> why it was refused.

    `local`: folders written by `audiotok submit` on this machine. A tokenizer that is also submitted appears once, with
    its local scores. Every row is compared with the clean reference that was scored together with it, because an ASR
    model may transcribe differently on another processor.
    """
    reference = reference_scores(submissions)
    found: dict[str, Entry] = {}
    refused: dict[str, str] = {}
    for folder in local:
        scored, broken = admit(folder, reference_scores(folder) or reference)
        found |= {entry.tokenizer: replace(entry, origin="local") for entry in scored}
        refused |= broken
    submitted, broken = admit(submissions, reference, read_verified(submissions.parent / FILE))
    refused |= broken
    for entry in submitted:
        name = entry.tokenizer
        found[name] = completed(found[name], entry) if name in found else entry
    return list(found.values()), refused


def admit(
    folder: str | Path, reference: Reference | None = None, verified: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[list[Entry], dict[str, str]]:
    """The submissions in a folder that pass, and the names of those that don't, with the reasons.

    Of two with one identifier the first by name of folder stays. `verified`: the records of `read_verified`; without
    them nothing is said about it.
    """
    entries: list[Entry] = []
    titles: dict[str, str] = {}
    refused: dict[str, str] = {}
    for path in sorted(Path(folder).iterdir()) if Path(folder).is_dir() else []:
        if path.name.startswith(".") or not (path.is_dir() or path.is_symlink()):
            continue
        entry, problems = examine(path, titles, reference)
        if entry is None:
            more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
            refused[path.name] = "; ".join(map(str, problems[:3])) + more
        else:
            how = "" if verified is None else how_verified(path, verified)
            entries.append(replace(entry, verified=how))
            titles[entry.tokenizer] = str(entry.card["title"]) if entry.card else ""
    return entries, refused


def on_board(submissions: str | Path) -> dict[str, tuple[str, str]]:
    """Name of a submission's folder -> its identifier and title; without those that cannot be read."""
    paths = sorted(Path(submissions).iterdir()) if Path(submissions).is_dir() else []
    return {path.name: row for path in paths if (row := row_of(path))}


def row_of(folder: Path) -> tuple[str, str] | None:
    """Identifier and title of a submission; None where it cannot be read."""
    results, _ = read_results(folder / RESULTS)
    if not results:
        return None
    card, _ = read_card(read_text(folder / CARD, MAX_CARD_BYTES)[0])
    return results[0].tokenizer, str((card or {}).get("title", ""))


def reference_scores(folder: str | Path) -> Reference:
    """Scores in a folder that holds the clean reference's submission, `<folder>/reference`; empty where it does not."""
    path = Path(folder) / "reference" / RESULTS
    results = record.read(path) if path.is_file() and not path.is_symlink() else []
    return {
        (result.metric, result.domain, signature.parse(result.signature).data): result
        for result in results
        if result.tokenizer == "reference"
    }
