"""Shards one after another, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip
from audiotok.store.encode import encode_shard
from audiotok.store.shard import Index, shard_path


def tokenize_shards(
    tokenizer: Tokenizer, shards: Sequence[tuple[int, tuple[Clip, ...]]], root: Path | None, out: Path, workers: int
) -> Iterator[Index]:
    """Encode with the tokenizer as it is loaded; `workers` has no effect."""
    for number, clips in shards:
        yield encode_shard(tokenizer, clips, root, shard_path(out, number))
