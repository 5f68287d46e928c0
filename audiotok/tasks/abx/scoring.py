"""ABX errors of a tokenizer on an item file, as Results.

Conventions: see audiotok.metrics.abx. A row of a result is an ordered pair of phones and a speaker, weighted so that
every pair of phones counts alike; one that needs an item without tokens is a failure.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from math import fsum
from pathlib import Path
from random import Random
from typing import Any

import torch

from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, MetricUndefined
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import versions
from audiotok.metrics.abx import (
    ABX,
    GROUP,
    VOICES,
    Array,
    codes_between,
    edit_distances,
    error,
    vectors_between,
    warped_distances,
)
from audiotok.results.recipe import SEED, Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tasks.abx.items import ABXItem, read_items, recordings

Group = tuple[ABXItem, ...]  # one phone in one context by one speaker
Cut = Callable[[Tokens], Callable[[float, float], Any]]  # one clip -> what a stretch of it is compared by


@dataclass(frozen=True)
class Cell:
    """Triples that are averaged first."""

    first: str  # phone of A and X
    second: str  # of B
    speaker: str  # of A and B
    a: Group
    b: Group
    x: Group


@dataclass(frozen=True)
class ABXData:
    """An item file and the recordings that it is about."""

    name: str
    sha256: str  # of both
    clips: Manifest
    contexts: tuple[dict[str, dict[str, Group]], ...]  # speaker -> phone -> items, for each context
    group: int  # items of a Group at most, 0 for all
    voices: int  # speakers of X for one cell's A and B at most, 0 for all

    @classmethod
    def load(cls, path: Path, audio: Path, group: int = GROUP, voices: int = VOICES) -> ABXData:
        """Raises InvalidData where the two do not fit, or nothing can be compared."""
        clips, items = recordings(read_items(path), audio, path.stem)
        found: defaultdict[tuple[str, str], defaultdict[str, defaultdict[str, list[ABXItem]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(list))
        )
        for item in items:
            found[item.context][item.speaker][item.phone].append(item)
        draw = Random(SEED)
        contexts = tuple(
            {
                speaker: {phone: _drawn(said, group, draw) for phone, said in phones.items()}
                for speaker, phones in speakers.items()
            }
            for speakers in found.values()
        )
        sha256 = hashlib.sha256(path.read_bytes() + clips.sha256.encode()).hexdigest()
        loaded = cls(path.stem, sha256, clips, contexts, group, voices)
        if not any(True for speakers in ("within", "across") for _ in loaded.cells(speakers)):
            raise InvalidData(
                f"{path}: no context has two items of one phone and one of another, so there are no triples"
            )
        return loaded

    @property
    def items(self) -> Iterator[ABXItem]:
        groups = (group for speakers in self.contexts for phones in speakers.values() for group in phones.values())
        return (item for group in groups for item in group)

    def cells(self, speakers: str) -> Iterator[Cell]:
        """ "within" or "across" speakers; in the same order every time, with the same draws."""
        draw = Random(SEED)
        for context in self.contexts:
            for speaker, phones in context.items():
                for first, second in permutations(phones, 2):
                    said = Cell(first, second, speaker, phones[first], phones[second], phones[first])
                    if speakers == "within":
                        if len(said.a) > 1:
                            yield said
                        continue
                    others = tuple(
                        other[first] for name, other in context.items() if name != speaker and first in other
                    )
                    for x in _drawn(others, self.voices, draw):
                        yield Cell(first, second, speaker, said.a, said.b, x)


def score(tokenizer: Tokenizer, data: ABXData, store: TokenStore, recipe: Recipe) -> list[Result]:
    """Results of every distance that the tokenizer has; `store` holds the task's clips."""
    ways: dict[str, tuple[Cut, Callable[..., Array]]] = {"edit": (_codes, edit_distances)}
    if isinstance(tokenizer, Embeddable):
        ways["dtw"] = (lambda tokens: _vectors(tokenizer, tokens), warped_distances)
    made = []
    for distance, (cut, compare) in ways.items():
        stretches = _stretches(data, store, cut)
        for speakers in ("within", "across"):
            rows, failures = _scores(data, speakers, stretches, compare)
            if rows or failures:
                made.append(_result(data, speakers, distance, rows, failures, store, recipe))
    return made


def _codes(tokens: Tokens) -> Callable[[float, float], Any]:
    return lambda onset, offset: codes_between(tokens, onset, offset)


@torch.no_grad()
def _vectors(tokenizer: Embeddable, tokens: Tokens) -> Callable[[float, float], Any]:
    device = tokenizer.device if isinstance(tokenizer, Tokenizer) else "cpu"
    vectors = tokenizer.embed(tokens.to(device)).sum(dim=1)[0].double().cpu().numpy()
    return lambda onset, offset: vectors_between(vectors, tokens, onset, offset)


def _stretches(data: ABXData, store: TokenStore, cut: Cut) -> dict[ABXItem, Any]:
    """The representation by which each item is compared or, as text, why there is none."""
    by_clip: defaultdict[str, list[ABXItem]] = defaultdict(list)
    for item in data.items:
        by_clip[item.file].append(item)
    found: dict[ABXItem, Any] = {}
    for clip, items in progress_bar(by_clip.items(), desc=f"{store.tokenizer}: cut", unit="clip", disable=None):
        if clip in store.failures:
            found |= dict.fromkeys(items, f"{clip}: {store.failures[clip]}")
            continue
        between = cut(store[clip])
        for item in items:
            try:
                found[item] = between(item.onset, item.offset)
            except MetricUndefined as undefined:
                found[item] = f"{clip}: {undefined}"
    return found


def _scores(
    data: ABXData, speakers: str, stretches: dict[ABXItem, Any], compare: Callable[..., Array]
) -> tuple[list[ScoredClip], dict[str, str]]:
    """A row per pair of phones and speaker of A and B, and why one has none."""

    @lru_cache(maxsize=4096)  # A's and X's distances serve every B
    def distances(first: Group, second: Group) -> Array:
        chosen = [[stretches[item] for item in group] for group in (first, second)]
        if missing := [stretch for group in chosen for stretch in group if isinstance(stretch, str)]:
            raise MetricUndefined(missing[0])
        return compare(*chosen)

    errors: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
    failures: dict[tuple[str, str, str], str] = {}
    for cell in progress_bar(data.cells(speakers), desc=f"ABX {speakers} speakers", unit="cell", disable=None):
        row = (cell.first, cell.second, cell.speaker)
        try:
            wrong = error(distances(cell.a, cell.x), distances(cell.b, cell.x), same=speakers == "within")
        except MetricUndefined as undefined:
            failures[row] = str(undefined)
            continue
        errors[row].append(wrong)
    scored = {row: fsum(wrong) / len(wrong) for row, wrong in errors.items() if row not in failures}
    said_by: defaultdict[tuple[str, str], int] = defaultdict(int)
    for first, second, _ in scored:
        said_by[first, second] += 1
    rows = []
    for (first, second, speaker), value in scored.items():
        weight = 1 / said_by[first, second]
        rows.append(ScoredClip(_name(first, second, speaker), value * weight, weight, speaker))
    return rows, {_name(*row): why for row, why in failures.items()}


def _name(first: str, second: str, speaker: str) -> str:
    return f"{first} not {second}, by {speaker}"


def _result(
    data: ABXData,
    speakers: str,
    distance: str,
    rows: list[ScoredClip],
    failures: dict[str, str],
    store: TokenStore,
    recipe: Recipe,
) -> Result:
    metric = ABX[speakers, distance]
    return of_clips(
        metric,
        rows,
        tokenizer=store.tokenizer,
        domain="speech",
        signature=recipe.sign(
            f"{metric.name}.v{metric.version}",
            data.name,
            data.sha256,
            f"group:{data.group or 'all'}|voices:{data.voices or 'all'}",
        ),
        provenance=store.description["tokenizer"] | versions(("rapidfuzz",)),
        failures=failures,
    )


def _drawn(choices: tuple[Any, ...] | list[Any], number: int, draw: Random) -> tuple[Any, ...]:
    """`number` of the choices at random, or all where `number` is 0 or they are not more."""
    return tuple(draw.sample(choices, number) if 0 < number < len(choices) else choices)
