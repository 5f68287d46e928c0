"""The same shards made by Ray Data, on one machine or on a cluster that shares the file system."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audiotok import registry
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip
from audiotok.errors import MissingDependency
from audiotok.store.encode import encode_shard
from audiotok.store.shard import Index, shard_path


def tokenize_shards(
    tokenizer: Tokenizer, shards: Sequence[tuple[int, tuple[Clip, ...]]], root: Path | None, out: Path, workers: int
) -> Iterator[Index]:
    """Each worker loads the tokenizer by its identifier and makes a shard at a time.

    A shard is written whole or not at all and depends on nothing but its clips: of a worker that dies, Ray gives the
    shard to another, and the bytes are the same.
    """
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'--engine ray needs the package {error.name}; install it with: pip install "audiotok[ray]"'
        ) from error
    if not shards:
        return
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    gpus = 1 if tokenizer.device.type == "cuda" else 0
    # Ray takes a class of callables for an actor; its annotations only know functions.
    worker: Any = _Worker
    made = ray.data.from_items([{"shard": number} for number, _ in shards], override_num_blocks=len(shards)).map(
        worker,
        fn_constructor_kwargs={
            "identifier": tokenizer.identifier,
            "device": tokenizer.device.type,
            "shards": dict(shards),
            "root": None if root is None else root.absolute(),
            "out": out.absolute(),
        },
        concurrency=workers,
        num_gpus=gpus,
        max_restarts=-1,
        max_task_retries=-1,
    )
    for row in made.iter_rows():
        yield Index(**json.loads(row["index"]))


class _Worker:
    """A Ray actor."""

    def __init__(
        self, identifier: str, device: str, shards: dict[int, tuple[Clip, ...]], root: Path | None, out: Path
    ) -> None:
        self._tokenizer = registry.load(identifier, device)
        self._shards, self._root, self._out = shards, root, out

    def __call__(self, row: dict[str, Any]) -> dict[str, str]:
        number = int(row["shard"])
        index = encode_shard(self._tokenizer, self._shards[number], self._root, shard_path(self._out, number))
        return {"index": json.dumps(asdict(index))}
