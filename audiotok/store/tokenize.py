"""A corpus through a tokenizer into a token store; a stopped run is resumed and ends with the same bytes.

    DIR/store.json       format, tokenizer with all that its codes depend on, spec, hash of the corpus, plan of shards
    DIR/corpus.jsonl     the corpus' manifest: text, language, speaker of each clip
    DIR/shards/          see audiotok.store.shard

The corpus is cut into shards before anything is encoded, so that who makes a shard, and when, changes nothing.
"""

from __future__ import annotations

import fcntl
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import CannotWrite, InvalidData, InvalidOption, InvalidTokens
from audiotok.files.atomic import remove_partials
from audiotok.files.json import read_json, write_json
from audiotok.runs.identity import describe
from audiotok.store import engines
from audiotok.store.encode import CHUNKS, LONG_SECONDS, in_chunks
from audiotok.store.engines import Engine
from audiotok.store.shard import Index, read_index, shard_path, verify

FORMAT = "audiotok.store.v1"


def tokenize(
    tokenizer: Tokenizer,
    corpus: Manifest,
    out: str | Path,
    *,
    shard_hours: float = 1.0,
    engine: str = "local",
    workers: int = 1,
    retry: bool = False,
) -> dict[str, str]:
    """Make what is missing of the store `out`. Returns the clips that could not be tokenised, with the reason.

    `retry`: make the shards anew that lack a clip.

    Memory is that of the manifest, and per worker of one shard's codes and two batches' audio; a clip of more than 20
    minutes is read and encoded in pieces (`encode_long`). A killed run loses the shards that were under way; finished
    shards that are not what was written are made again, with a warning. Raises InvalidOption where `out` holds another
    store, UnknownName on an engine that is not there, InvalidData on an empty corpus, MachineTrouble, CannotWrite.
    """
    tokenize_shards = engines.get(engine)
    if not len(corpus):
        raise InvalidData(f"{corpus.name} holds no clips; is the split spelt as in the manifest?")
    out = Path(out)
    shards = plan(corpus, shard_hours)
    _open(tokenizer, corpus, out, [len(shard) for shard in shards])
    with _locked(out / "store.json"):
        if retry:
            _forget_failures(out, len(shards))
        return _finish(tokenizer, corpus, out, shards, tokenize_shards, workers)


def _forget_failures(out: Path, shards: int) -> None:
    for path in (shard_path(out, number) for number in range(shards)):
        if (index := _finished(path)) and index.failures:
            path.with_suffix(".json").unlink()


def _finished(path: Path) -> Index | None:
    """The index of a shard that is as it was written; None where it has to be made, which is said if it once was."""
    if not path.with_suffix(".json").exists():
        return None
    try:
        index = read_index(path)
        verify(path, index)
    except InvalidTokens as error:
        warnings.warn(f"{error}; made again", stacklevel=2)
        return None
    return index


def _finish(
    tokenizer: Tokenizer,
    corpus: Manifest,
    out: Path,
    shards: list[tuple[Clip, ...]],
    tokenize_shards: Engine,
    workers: int,
) -> dict[str, str]:
    remove_partials(out / "shards")
    done = {n: index for n in range(len(shards)) if (index := _finished(shard_path(out, n))) is not None}
    failures = {clip: reason for index in done.values() for clip, reason in index.failures.items()}
    todo = [(number, shards[number]) for number in range(len(shards)) if number not in done]
    finished = tokenize_shards(tokenizer, todo, corpus.root, out, workers)
    for index in _with_progress(finished, todo, f"{tokenizer.identifier}: tokenize {corpus.name}"):
        failures |= index.failures
    return failures


def plan(corpus: Manifest, shard_hours: float) -> list[tuple[Clip, ...]]:
    """Consecutive clips of about so many hours. Raises InvalidOption unless it is positive."""
    if not shard_hours > 0:
        raise InvalidOption(f"shard_hours must be positive, got {shard_hours}")
    shards: list[list[Clip]] = [[]]
    seconds = 0.0
    for clip in corpus:
        if shards[-1] and seconds + clip.duration > shard_hours * 3600:
            shards.append([])
            seconds = 0.0
        shards[-1].append(clip)
        seconds += clip.duration
    return [tuple(shard) for shard in shards]


def _open(tokenizer: Tokenizer, corpus: Manifest, out: Path, plan: list[int]) -> None:
    """Begin the store, or make sure that what is there is its beginning."""
    identity: dict[str, Any] = {
        "format": FORMAT,
        "tokenizer": describe(tokenizer),
        "spec": asdict(tokenizer.spec),
        "corpus": {"name": corpus.name, "sha256": corpus.sha256, "clips": len(corpus)},
        "shards": plan,
    }
    if any(in_chunks(tokenizer, clip) for clip in corpus):
        identity["in_chunks"] = {"longer_than_s": LONG_SECONDS, **CHUNKS}
    begun = out / "store.json"
    if begun.exists():
        before = read_json(begun)
        plain = {**identity, "spec": {k: list(v) if isinstance(v, tuple) else v for k, v in identity["spec"].items()}}
        differing = [name for name in plain if before.get(name) != plain[name]]
        if differing:
            raise InvalidOption(f"{out} holds another store, its {', '.join(differing)} differ; choose another --out")
        return
    # A run that was killed at once may have left these two.
    if out.exists() and {path.name for path in out.iterdir() if path.name[0] != "."} - {"shards", "corpus.jsonl"}:
        raise InvalidOption(f"{out} is neither empty nor a token store; choose another --out")
    (out / "shards").mkdir(parents=True, exist_ok=True)
    corpus.save(out / "corpus.jsonl")
    write_json(begun, identity)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Raises CannotWrite where another process writes this store; the system frees the lock of one that was killed."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotWrite(f"{path.parent}: another process is writing this store; wait for it") from error
        yield


def _with_progress(finished: Iterator[Index], todo: list[tuple[int, tuple[Clip, ...]]], title: str) -> Iterator[Index]:
    """Hours of audio done, hours per hour and time left."""
    total = sum(clip.duration for _, clips in todo for clip in clips) / 3600
    started, done = time.monotonic(), 0.0
    shape = "{desc} {percentage:3.0f}%|{bar}| {n:.2f}/{total:.2f} h [{elapsed}<{remaining}{postfix}]"
    with tqdm(total=total, desc=title, bar_format=shape, disable=None) as bar:
        for index in finished:
            done += index.seconds / 3600
            bar.set_postfix_str(f"{done * 3600 / (time.monotonic() - started):.1f} hours/hour", refresh=False)
            bar.update(index.seconds / 3600)
            yield index


def check_format(found: Any, path: Path) -> None:
    """Raises InvalidTokens unless store.json is of this format."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InvalidTokens(f"{path}: expected a token store of format {FORMAT}")
