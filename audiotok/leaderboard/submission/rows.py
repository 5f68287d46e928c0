"""The rows of the board: submissions, and tokenizers that were scored on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audiotok.leaderboard.submission.check import admit, reference_scores
from audiotok.leaderboard.submission.entry import Entry, completed
from audiotok.leaderboard.submission.verified import FILE, read_verified


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
