"""Do a tokenizer's tokens separate phones?

Conventions: see audiotok.metrics.abx and audiotok.tasks.abx.scoring. Scores are of pairs of phones and speakers, of an
item file that only its owner has: on the board they are believed as they are named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from audiotok.core.identifier import slug
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidOption
from audiotok.metrics.abx import GROUP, VOICES
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.task import Context, ScoredItem, System, Task, only_tokenizers

_ROW = re.compile(r"(?P<pair>\S+ not \S+), by (?P<speaker>\S+)")


@dataclass(frozen=True)
class ABXOptions:
    """Options of the task."""

    group: Annotated[
        int, typer.Option("--group", min=0, help="Maximum number of items per phone, context and speaker; 0 for all.")
    ] = GROUP
    voices: Annotated[
        int, typer.Option("--voices", min=0, help="Maximum number of other speakers that X is drawn from; 0 for all.")
    ] = VOICES

    def conditions(self, metric: str) -> str:
        """How many items and speakers are compared."""
        return f"group:{self.group or 'all'}|voices:{self.voices or 'all'}"


def load(name: str) -> tuple[Path, Path]:
    """ "ITEMS:FOLDER" -> an item file, and the folder of the recordings that it is about. Raises InvalidOption."""
    items, colon, folder = name.partition(":")
    if not colon or not items or not folder:
        raise InvalidOption(f"abx needs an item file and its recordings, ITEMS:FOLDER, got {name!r}")
    return Path(items).expanduser(), Path(folder).expanduser()


def measure(system: Tokenizer, loaded: tuple[Path, Path], context: Context) -> list[Result]:
    """ABX errors within and across speakers, of codes and, where there are any, of embeddings."""
    from audiotok.store import TokenStore, tokenize
    from audiotok.tasks.abx import scoring

    options: ABXOptions = context.options or TASK.options
    data = scoring.ABXData.load(*loaded, options.group, options.voices)
    folder = context.runs / NAME / f"{data.name}-{data.sha256[:12]}" / slug(system.identifier)
    for clip, reason in tokenize(system, data.clips, folder / "tokens", retry=context.retry).items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    found = scoring.score(system, data, TokenStore(folder / "tokens"), TASK)
    record.write(folder / f"results-{options.group}-{options.voices}.jsonl", found)
    return found


def outputs(system: System, name: str, runs: Path) -> Iterable[Path]:
    """Result files of an item file of this name, whatever is in it."""
    return sorted((runs / NAME).glob(f"{name}-*/{slug(system.identifier)}/results-*.jsonl"))


def no_clips(name: str) -> Manifest | None:
    """An item file and its recordings are the submitter's own."""
    return None


def items(result: Result, manifest: Manifest | None) -> dict[str, ScoredItem]:
    """The pairs of phones and speakers that the result names."""
    named = (*(score.clip for score in result.scores), *result.failures)
    return {name: ScoredItem(match["speaker"], None) for name in named if (match := _ROW.fullmatch(name))}


def weights(items: Collection[str]) -> Mapping[str, float]:
    """Pairs of phones count alike, however many speakers say them."""
    speakers = Counter(_pair(name) for name in items)
    return {name: 1 / speakers[_pair(name)] for name in items}


def _pair(name: str) -> str:
    return name.rpartition(", by ")[0]


NAME = "abx"
OPTIONS = ABXOptions()
TASK = Task(
    *(NAME, 1, ("abx_within_edit", "abx_across_edit"), OPTIONS.conditions),
    question="Do the tokens separate phones?",
    cost="minutes on two cores; needs an item file and its recordings",
    dataset="",
    load=load,
    cannot_judge=only_tokenizers,
    measure=measure,
    options=OPTIONS,
    outputs=outputs,
    clips=no_clips,
    items=items,
    weights=weights,
    many_items=True,
)
