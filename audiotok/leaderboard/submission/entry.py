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

How a folder is read, within which limits, is audiotok.leaderboard.submission.parse's.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from audiotok import registry
from audiotok.core.card import TokenizerCard
from audiotok.errors import InvalidResult
from audiotok.leaderboard.submission.parse import Parsed, parse
from audiotok.results import signature
from audiotok.results.early import lags_of, unranked_if_early
from audiotok.results.record import Result
from audiotok.tasks.suites import OPTIONAL_FILES


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
    verified: str = ""  # "verified on 12 clips, 2026-11-28", "not verified"; "" for what was scored here
    #: Clip id -> decoded audio, an anchor's too; recipe/clip id -> what a language model made of it.
    samples: Mapping[str, Path] = field(default_factory=dict)


def read_entry(folder: str | Path) -> Entry:
    """Raises InvalidResult with the file and what is wrong with it."""
    parsed, problems = parse(Path(folder))
    if parsed is None:
        raise InvalidResult(f"{folder}: {problems[0]}")
    return entry_of(parsed)


def entry_of(parsed: Parsed) -> Entry:
    """A row of the board from a submission's content. Its command is ours, not the submitter's: readers copy it."""
    return Entry(
        tokenizer=parsed.identifier,
        results=tuple(
            unranked_if_early(result, lags_of(parsed.environment))
            for results in parsed.records.values()
            for result in results
        ),
        kind="anchor" if parsed.anchor else "tokenizer",
        origin="submission",
        card=None if parsed.card is None else TokenizerCard.from_dict(dict(parsed.card)).to_dict(),
        conformance=None if parsed.conformance is None else parsed.conformance.to_dict(),
        environment={**parsed.environment, "command": command_of(parsed.identifier)},
        samples=parsed.samples,
    )


def command_of(identifier: str) -> str:
    """The command that makes the row. A parsed identifier holds nothing that a shell acts upon, once quoted."""
    return f"audiotok submit -t {shlex.quote(identifier)}"


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
            kind="anchor" if registry.parse(tokenizer).name in anchors else "tokenizer",
            card=rows[tokenizer].card if tokenizer in rows else None,
            conformance=rows[tokenizer].conformance if tokenizer in rows else None,
        )
        for tokenizer, own in found.items()
    ]


def _data(result: Result) -> str:
    return signature.parse(result.signature).fields.get("data", "")


def _recipe(result: Result) -> str:
    """Its name, without the version."""
    return signature.parse(result.signature).task
