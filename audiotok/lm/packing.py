"""Streaming a token store into training: clips in random order, packed into rows of equal length, resumed exactly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from audiotok.errors import InvalidOption
from audiotok.lm.pattern import Pattern
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import PAD
from audiotok.store.reader import TokenStore


class PackedLoader:
    """Batches [batch_size, S, context] of whole sequences one after the other; what a row cuts, the next one goes on.

        loader = PackedLoader(store, Flatten(store.spec), context=1500, batch_size=16)
        for batch in loader: …
        torch.save(loader.state_dict(), path)      # at any batch; load_state_dict goes on with the next one

    Endless without `epochs`; the last batch may then have padding. Each epoch has an order of its own, which depends
    on the seed alone; of several processes each reads its own clips. Positions begin anew with each clip, so that
    attention can be kept within it.
    """

    def __init__(
        self,
        store: TokenStore,
        pattern: Pattern,
        *,
        context: int,
        batch_size: int,
        seed: int = 0,
        epochs: int | None = None,
        clips: list[int] | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        """`clips`: numbers in the store to read, all by default. Raises InvalidOption."""
        if pattern.spec != store.spec:
            raise InvalidOption(f"this pattern is for tokens of {pattern.spec}, the store has {store.spec}")
        if context < 2 or batch_size < 1 or not 0 <= rank < world_size:
            raise InvalidOption(
                f"expected context >= 2, batch_size >= 1 and 0 <= rank < world_size, got {context}, {batch_size}, "
                f"{rank} and {world_size}"
            )
        self._store, self._pattern = store, pattern
        self._context, self._batch_size, self._epochs = context, batch_size, epochs
        self._clips = list(range(len(store))) if clips is None else clips
        if len(self._clips) < world_size:
            raise InvalidOption(f"{len(self._clips)} clips are too few for {world_size} processes")
        self._settings = {
            "store": store.description,
            "context": context,
            "batch_size": batch_size,
            "seed": seed,
            "pattern": type(pattern).__name__,
            "clips": len(self._clips),
            "rank": rank,
            "world_size": world_size,
        }
        self._seed, self._rank, self._world_size = seed, rank, world_size
        self._epoch, self._place, self._step = 0, 0, 0  # the next step to be read: of a clip's place in the order

    def __iter__(self) -> Iterator[Sequences]:
        while not self._exhausted:
            yield self._batch()

    def state_dict(self) -> dict[str, Any]:
        return {**self._settings, "epoch": self._epoch, "place": self._place, "step": self._step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Raises InvalidOption where the state is of another store or other settings, with what differs."""
        differing = [name for name, value in self._settings.items() if state.get(name) != value]
        if differing:
            raise InvalidOption(f"this state is of a loader with other settings: {', '.join(differing)} differ")
        self._epoch, self._place, self._step = state["epoch"], state["place"], state["step"]
        self._forget()

    @property
    def _exhausted(self) -> bool:
        return self._epochs is not None and self._epoch >= self._epochs

    def _batch(self) -> Sequences:
        shape = (self._batch_size, self._pattern.streams, self._context)
        ids = torch.full(shape, PAD, dtype=torch.int64)
        fields = torch.full(shape, -1, dtype=torch.int64)
        positions = torch.zeros(self._batch_size, self._context, dtype=torch.int64)
        lengths = torch.zeros(self._batch_size, dtype=torch.int64)
        for row in range(self._batch_size):
            filled = 0
            while filled < self._context and not self._exhausted:
                clip_ids, clip_fields = self._current
                taken = min(clip_ids.shape[1] - self._step, self._context - filled)
                read, written = slice(self._step, self._step + taken), slice(filled, filled + taken)
                ids[row, :, written] = clip_ids[:, read]
                fields[row, :, written] = clip_fields[:, read]
                positions[row, written] = torch.arange(taken)
                filled += taken
                self._advance(taken, clip_ids.shape[1])
            lengths[row] = filled
        fields[:, :, 0] = -1  # nothing stands before a row's first step to predict it from
        return Sequences(ids, lengths, fields, self._pattern.vocabulary, positions)

    def _advance(self, taken: int, steps: int) -> None:
        self._step += taken
        if self._step < steps:
            return
        self._step = 0
        self._place += 1
        self.__dict__.pop("_current", None)
        if self._place == len(self._order):
            self._epoch, self._place = self._epoch + 1, 0
            self._forget()

    @cached_property
    def _order(self) -> list[int]:
        """Clips of this process in this epoch."""
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + self._epoch)
        shuffled = torch.randperm(len(self._clips), generator=generator).tolist()
        return [self._clips[i] for i in shuffled[self._rank :: self._world_size]]

    @cached_property
    def _current(self) -> tuple[Tensor, Tensor]:
        """The sequence that is being read: ids and fields, [S, L]."""
        sequences = self._pattern.apply(self._store[self._order[self._place]])
        return sequences.ids[0], sequences.fields[0]

    def _forget(self) -> None:
        for name in ("_order", "_current"):
            self.__dict__.pop(name, None)
