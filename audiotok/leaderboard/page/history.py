"""When a row came and when its scores changed, from the version control that its folder lies in."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TypedDict


class Version(TypedDict):
    """One state of a row."""

    date: str  # ISO 8601 with its zone: "2026-11-28T12:00:00+00:00"
    commit: str
    title: str  # the commit's
    files: list[str]  # the row's files with scores that changed


def history(submissions: Path) -> dict[str, list[Version]]:
    """Name of a row's folder -> its versions, the newest first; {} outside of a git checkout.

    Only files of scores (`*.jsonl`) count: a sample that is added changes no number. A shallow checkout knows no more
    than its commits.
    """
    command = ["git", "log", "--relative", "--format=%x00%cI%x1f%h%x1f%s", "--name-only", "--", "*.jsonl"]
    try:
        told = subprocess.run(command, cwd=submissions, capture_output=True, text=True, check=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: defaultdict[str, list[Version]] = defaultdict(list)
    for block in told.stdout.split("\0")[1:]:
        head, _, names = block.partition("\n")
        date, commit, title = head.split("\x1f", 2)
        changed: defaultdict[str, list[str]] = defaultdict(list)
        for name in filter(None, names.splitlines()):
            row, _, file = name.partition("/")
            if file:
                changed[row].append(file)
        for row, files in changed.items():
            found[row].append(Version(date=date, commit=commit, title=_visible(title), files=sorted(files)))
    return dict(found)


def _visible(title: str) -> str:
    """Without control characters, which XML, and so the feed, cannot hold."""
    return "".join(character for character in title if character.isprintable())
