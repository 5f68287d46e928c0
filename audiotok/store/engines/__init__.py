"""Engines: who makes the shards of a token store. Ours are the modules of this package.

An engine is a function like `tokenize_shards` of these modules; another package names its own by an entry point in
"audiotok.engines". Whichever runs, the bytes are the same: a shard depends on its clips alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip
from audiotok.doors import Door, claimed_twice
from audiotok.store.shard import Index

Shards = Sequence[tuple[int, tuple[Clip, ...]]]  # number and clips of each
#: (tokenizer, shards, folder of the clips, store, workers) -> the index of each shard as it is finished.
Engine = Callable[[Tokenizer, Shards, Path | None, Path, int], Iterator[Index]]

DOOR = Door("audiotok.engines", "engine")
_OWN = tuple(module.name for module in iter_modules(__path__))


def names() -> tuple[str, ...]:
    """The engines of this package, then those that other packages offer."""
    return (*_OWN, *(name for name in DOOR.names() if name not in _OWN))


def get(name: str) -> Engine:
    """An engine by its name. Raises UnknownName with the names there are, MissingDependency."""
    if name not in _OWN:
        engine: Engine = DOOR.load(name, names())
        return engine
    if points := DOOR.points(name):
        raise claimed_twice("engine", name, points)
    own: Engine = import_module(f"{__name__}.{name}").tokenize_shards
    return own
