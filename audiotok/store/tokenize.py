"""A corpus through a tokenizer into a token store; a stopped run is resumed and ends with the same bytes.

    DIR/store.json       see audiotok.store.description
    DIR/corpus.jsonl     the corpus' manifest: text, language, speaker of each clip
    DIR/shards/          see audiotok.store.shard
    DIR/.lock            empty; locked by the processes that write the store

The corpus is cut into shards before anything is encoded, so that who makes a shard, and when, changes nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest, ManifestFile
from audiotok.errors import CannotWrite, InvalidOption, InvalidTokens
from audiotok.files.atomic import remove_partials_of
from audiotok.files.places import is_remote, place
from audiotok.files.progress import progress_bar
from audiotok.runs import engines
from audiotok.runs.batches import BATCH_SECONDS
from audiotok.store import memory
from audiotok.store.corpus import Shard
from audiotok.store.description import begin, refuse_other_folder
from audiotok.store.encode import TokenizeShards
from audiotok.store.shard import Index, read_index, shard_path, verify

Batching = Literal["exact", "padded"]


@dataclass(frozen=True)
class Ranks:
    """Which of several processes this one is, each with shards of its own: `--rank` and `--world-size`."""

    rank: int = 0
    world_size: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world_size:
            raise InvalidOption(f"the rank must lie in 0..world size - 1, got {self.rank} of {self.world_size}")

    def own(self, shards: Sequence[Shard]) -> list[Shard]:
        return [shard for shard in shards if shard.number % self.world_size == self.rank]


def tokenize(
    tokenizer: Tokenizer,
    corpus: Manifest | ManifestFile,
    out: str | Path,
    *,
    shard_hours: float = 1.0,
    engine: str = "local",
    workers: int = 1,
    readers: int | None = None,
    rank: int = 0,
    world_size: int = 1,
    batching: Batching = "exact",
    batch_seconds: float | None = None,
    retry: bool = False,
) -> dict[str, str]:
    """Make what is missing of the store `out`. Returns the clips that could not be tokenised, with the reason.

    `out`: a folder, or its address on object storage (`s3://bucket/store`), where a shard is put by one upload.

    `readers`: processes that read clips ahead, for each worker; by default a thread for a tokenizer on a CPU, else all
    cores but one. `rank` of `world_size`: make every `world_size`-th shard only, beside other processes that make
    theirs; a process that dies costs its shards under way, and the same call makes what it left. `batch_seconds`: audio
    in a batch; by default 60 s, and on a GPU as much as fits into its memory. A batch for which memory runs out is
    halved. `batching`: "padded" is faster on a GPU and changes some codes: it is part of the store's identity, with
    the share of codes that stayed equal on its first clips. `retry`: make the shards anew that lack a clip.

    Memory is that of the list of shards (a `ManifestFile` is never held, and a worker reads the lines of its shard),
    and per worker of one shard's codes and the batches read ahead; a clip of more than 20 minutes is read and encoded
    in pieces (`encode_long`). A killed run loses the shards that were under way; finished shards that are not what was
    written are made again, with a warning. Raises InvalidOption where `out` holds another store, UnknownName on an
    engine that is not there, InvalidData on an empty corpus, MachineTrouble, CannotWrite.
    """
    perform = engines.get(engine)
    ranks = Ranks(rank, world_size)
    if batching not in get_args(Batching):
        raise InvalidOption(f"batching must be one of {', '.join(get_args(Batching))}, got {batching!r}")
    if not (batch_seconds is None or batch_seconds > 0) or (readers or 0) < 0:
        raise InvalidOption(f"batch_seconds must be positive and readers 0 or more, got {batch_seconds}, {readers}")
    if batch_seconds is None:  # that of padded batches is part of the store's identity, and no machine's
        batch_seconds = BATCH_SECONDS if batching == "padded" else memory.batch_seconds(tokenizer)
    if readers is None:
        readers = 0 if tokenizer.device.type == "cpu" else max(1, (os.cpu_count() or 1) - 1)
    out = place(out)
    refuse_other_folder(out)
    with _locked(out, shared=world_size > 1):
        planned, description = begin(
            tokenizer, corpus, out, shard_hours, batch_seconds if batching == "padded" else None
        )
        stage = TokenizeShards(
            tokenizer,
            None if corpus.root is None else corpus.root.absolute(),
            out.absolute(),
            description,
            readers,
            batching == "padded",
            batch_seconds,
        )
        own = ranks.own(planned.shards)
        _remove_partials(out, own)
        if retry:
            _forget_failures(out, own, description)
        title = f"{tokenizer.identifier}: tokenize {corpus.name}"
        failures = _finish(out, own, description, lambda todo: perform(stage, todo, workers), title)
        _remove_partials(out, own)  # of workers that died meanwhile
        return failures


def _remove_partials(out: Path, shards: Sequence[Shard]) -> None:
    for shard in shards:
        remove_partials_of(shard_path(out, shard.number))
        remove_partials_of(shard_path(out, shard.number).with_suffix(".json"))


def _forget_failures(out: Path, shards: Sequence[Shard], description: dict[str, Any]) -> None:
    for path in (shard_path(out, shard.number) for shard in shards):
        if (index := _finished(path, description)) and index.failures:
            path.with_suffix(".json").unlink()


def _finished(path: Path, description: dict[str, Any]) -> Index | None:
    """The index of a shard that is as it was written; None where it has to be made, which is said if it once was."""
    if not path.with_suffix(".json").exists():
        return None
    try:
        index = read_index(path, description)
        verify(path, index)
    except InvalidTokens as error:
        warnings.warn(f"{error}; made again", stacklevel=2)
        return None
    return index


def _finish(
    store: Path,
    shards: Sequence[Shard],
    description: dict[str, Any],
    perform: Callable[[Sequence[Shard]], Iterator[Index]],
    title: str,
) -> dict[str, str]:
    failures: dict[str, str] = {}
    todo = []
    for shard in shards:
        index = _finished(shard_path(store, shard.number), description)
        if index is None:
            todo.append(shard)
        else:
            failures |= index.failures
    for index in _with_progress(perform(todo), todo, title):
        failures |= index.failures
    return failures


@contextmanager
def _locked(out: Path, *, shared: bool) -> Iterator[None]:
    """Raises CannotWrite where another process writes this store; the system frees the lock of one that was killed.

    The lock is on a file of its own, since a file that is replaced would be locked once by each of two processes.
    `shared`: with processes of other ranks, which have shards of their own. Object storage has no locks: two processes
    that make the same shard there write the same bytes twice.
    """
    try:
        (out / "shards").mkdir(parents=True, exist_ok=True)
        opened = nullcontext() if is_remote(out) else (out / ".lock").open("ab+")
    except OSError as error:
        raise CannotWrite(f"{out}: cannot be written ({error}); choose another --out") from error
    with opened as file:
        if file is None:
            yield
            return
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotWrite(f"{out}: another process is writing this store; wait for it") from error
        except OSError as error:
            raise CannotWrite(f"{out}: cannot be locked ({error}); choose another --out") from error
        yield


def _with_progress(finished: Iterator[Index], todo: Sequence[Shard], title: str) -> Iterator[Index]:
    """Hours of audio done, hours per hour and time left."""
    total = sum(shard.seconds for shard in todo) / 3600
    started, done = time.monotonic(), 0.0
    shape = "{desc} {percentage:3.0f}%|{bar}| {n:.2f}/{total:.2f} h [{elapsed}<{remaining}{postfix}]"
    with progress_bar(total=total, desc=title, bar_format=shape, disable=None) as bar:
        for index in finished:
            done += index.seconds / 3600
            bar.set_postfix_str(f"{done * 3600 / (time.monotonic() - started):.1f} hours/hour", refresh=False)
            bar.update(min(done, total) - bar.n)
            yield index
