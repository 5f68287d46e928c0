"""Streaming a token store into training: clips in random order, packed into rows of equal length, resumed exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from audiotok.errors import InvalidOption
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import PAD
from audiotok.store.reader import TokenStore

_Ints = NDArray[np.int64]


class PackedLoader(IterableDataset[Sequences]):
    """Batches [batch_size, S, context] of whole sequences one after the other; what a row cuts, the next one goes on.

        loader = PackedLoader(store, Flatten(store.spec), context=1500, batch_size=16)
        for batch in loader: …
        torch.save(loader.state_dict(), path)      # at any batch; load_state_dict goes on with the next one

    Endless without `epochs`; with them, the last batch may have padding. Each epoch has an order of its own, which
    depends on the seed alone. Positions begin anew with each clip, so that attention can be kept within it.

    One pass (`for batch in loader`) gives all `epochs`. A second pass gives the same batches again, from the first on
    or, after `load_state_dict`, from the one that the state names, with workers as without. `set_epoch` gives a pass
    orders of its own, for trainers that count epochs.

    Rows are dealt out in turn to the `world_size` processes, which all get the same number of batches: where the last
    round has fewer rows than processes, the others repeat a row from the beginning. The workers of a
    `DataLoader(loader, batch_size=None, num_workers=n)` deal out their process' batches in turn: the batches and their
    order are those without workers. Such a loader reads in copies of this object, so that a checkpoint needs the
    number of batches that were used, counted from the first of all: `loader.state_dict(batches)`. torchdata's
    StatefulDataLoader asks the workers by itself.
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
        clips: Sequence[int] | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        """`clips`: numbers in the store to read, all by default. Raises InvalidOption."""
        _check_store_and_pattern(store, pattern)
        if pattern.spec != store.spec:
            raise InvalidOption(f"this pattern is for tokens of {pattern.spec}, the store has {store.spec}")
        if context < 2 or batch_size < 1 or not 0 <= rank < world_size:
            raise InvalidOption(
                f"expected context >= 2, batch_size >= 1 and 0 <= rank < world_size, got {context}, {batch_size}, "
                f"{rank} and {world_size}"
            )
        if epochs is not None and epochs < 1:
            raise InvalidOption(f"epochs must be at least 1, or None for a loader without end, got {epochs}")
        self._store, self._pattern = store, pattern
        self._context, self._batch_size, self._epochs = context, batch_size, epochs
        self._clips = np.arange(len(store)) if clips is None else _clip_numbers(clips, len(store))
        if len(self._clips) < world_size:
            raise InvalidOption(f"{len(self._clips)} clips are too few for {world_size} processes")
        self._settings = {
            "store": store.sha256,
            "context": context,
            "batch_size": batch_size,
            "seed": seed,
            "pattern": _described(pattern),
            "clips": hashlib.sha256(self._clips.astype("<i8").tobytes()).hexdigest(),
            "rank": rank,
            "world_size": world_size,
        }
        self._seed, self._rank, self._world_size = seed, rank, world_size
        self._steps = _sequence_lengths(pattern, store.lengths[self._clips])
        self._epoch_steps = int(self._steps.sum())
        #: Rows of all epochs together, the last one perhaps with padding.
        self._rows = None if epochs is None else -(-epochs * self._epoch_steps // context)
        self._pass = 0  # number of the pass, which its orders depend on
        self._start = 0  # batch of this process at which a pass begins
        self._of_worker = False  # whether that is the batch of this worker, rather than of the first
        self._next = 0  # batch that follows those which the last pass has given
        self._order_of: tuple[int, _Ints, _Ints] | None = None  # the epoch that was read last
        self._sequence_of: tuple[int, Tensor, Tensor] | None = None  # the clip that was read last

    def __len__(self) -> int:
        """Batches of this process over all epochs, from the first on. Raises TypeError where it is endless."""
        if self._rows is None:
            raise TypeError("a PackedLoader without epochs is endless and has no length")
        return -(-self._rows // (self._batch_size * self._world_size))

    def __iter__(self) -> Iterator[Sequences]:
        worker = get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        self._next = self._start + (0 if self._of_worker else first)  # at once: a state may be asked for before a batch
        return self._batches(self._next, step)

    def _batches(self, number: int, step: int) -> Iterator[Sequences]:
        while self._has(number):
            batch = self._batch(number)
            number = self._next = number + step
            yield batch

    def set_epoch(self, epoch: int) -> None:
        """Give the next passes the orders of the trainer's epoch `epoch`, 0 at first.

        `transformers` and `accelerate` call it before each of their epochs, as they do for a `DistributedSampler`. With
        epochs=1, these passes have the orders of one pass with more epochs. After `load_state_dict`, the pass of the
        state's epoch goes on with its next batch, and later ones begin with the first. Persistent workers of a
        DataLoader do not learn of it. Raises InvalidOption where the epoch is before that of the state.
        """
        if epoch < 0:
            raise InvalidOption(f"epoch must be at least 0, got {epoch}")
        if epoch < self._pass and self._start:
            raise InvalidOption(
                f"the state that was loaded is in epoch {self._pass}, but the trainer begins epoch {epoch}; resume the "
                f"trainer in epoch {self._pass} too (accelerate: loader.iteration = {self._pass})"
            )
        if epoch != self._pass:
            self._pass, self._start, self._of_worker = epoch, 0, False

    def state_dict(self, batches: int | None = None) -> dict[str, Any]:
        """Where the loader stands, or where it stands after so many batches from the first.

        In a DataLoader's worker, whose copy does not know what the others have read, it is where this worker stands,
        and for the same worker of as many; `torchdata.stateful_dataloader.StatefulDataLoader` collects and returns
        these by itself.
        """
        state = {**self._settings, "batch": self._next if batches is None else batches, "pass": self._pass}
        return state if batches is not None or (here := _worker()) is None else {**state, "worker": here}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Raises InvalidOption where the state is of another store, other clips or settings, with what differs."""
        differing = [name for name, value in self._settings.items() if state.get(name) != value]
        batch = state.get("batch")
        number = state.get("pass", 0)  # older states have none
        for name, value in (("batch", batch), ("pass", number)):
            if not isinstance(value, int) or value < 0:
                differing.append(name)
        if differing:
            raise InvalidOption(f"this state is of a loader with other settings: {', '.join(differing)} differ")
        if (worker := state.get("worker")) is not None and worker != _worker():
            raise InvalidOption(
                f"this state is of worker {worker[0]} of {worker[1]} of a DataLoader and can be loaded in it alone; "
                "for the whole loader, save state_dict(batches) outside of the workers"
            )
        self._start = self._next = state["batch"]
        self._pass = number
        self._of_worker = worker is not None

    def _has(self, batch: int) -> bool:
        return self._rows is None or batch < len(self)

    def _batch(self, number: int) -> Sequences:
        shape = (self._batch_size, self._pattern.streams, self._context)
        ids = torch.full(shape, PAD, dtype=torch.int64, device="cpu")  # whatever the default device is
        fields = torch.full_like(ids, -1)
        positions = torch.zeros_like(ids[:, 0])
        lengths = torch.zeros(self._batch_size, dtype=torch.int64, device="cpu")
        for i in range(self._batch_size):
            row = (number * self._batch_size + i) * self._world_size + self._rank
            if i == 0 and self._rows is not None:
                row %= self._rows  # no process goes without: its first row is there, or an earlier one again
            filled = 0
            for clip, start, taken in self._pieces(row):
                clip_ids, clip_fields = self._sequence(clip)
                read, written = slice(start, start + taken), slice(filled, filled + taken)
                ids[i, :, written] = clip_ids[:, read]
                fields[i, :, written] = clip_fields[:, read]
                positions[i, written] = torch.arange(taken, device="cpu")
                filled += taken
            lengths[i] = filled
        fields[:, :, 0] = -1  # nothing stands before a row's first step to predict it from
        return Sequences(ids, lengths, fields, self._pattern.vocabulary, positions)

    def _pieces(self, row: int) -> Iterator[tuple[int, int, int]]:
        """The pieces of a row: a clip's number in the store, its first step, and how many steps of it."""
        step, end = row * self._context, (row + 1) * self._context
        if self._epochs is not None:
            end = min(end, self._epochs * self._epoch_steps)
        while step < end:
            epoch, at = divmod(step, self._epoch_steps)
            order, ends = self._order(self._pass * (self._epochs or 1) + epoch)
            place = int(np.searchsorted(ends, at, side="right"))
            start = at - int(ends[place] - self._steps[order[place]])
            taken = min(int(ends[place]) - at, end - step)
            yield int(self._clips[order[place]]), start, taken
            step += taken

    def _order(self, epoch: int) -> tuple[_Ints, _Ints]:
        """Places of the clips in this epoch's order, and the step at which each one ends."""
        if self._order_of is None or self._order_of[0] != epoch:
            generator = torch.Generator().manual_seed(self._seed * 1_000_003 + epoch)
            order = torch.randperm(len(self._clips), generator=generator, device="cpu").numpy()
            self._order_of = epoch, order, np.cumsum(self._steps[order])
        return self._order_of[1:]

    def _sequence(self, clip: int) -> tuple[Tensor, Tensor]:
        """Ids and fields of one clip, [S, L] each."""
        if self._sequence_of is None or self._sequence_of[0] != clip:
            sequences = self._pattern.apply(self._store[clip])
            self._sequence_of = clip, sequences.ids[0], sequences.fields[0]
        return self._sequence_of[1:]


def _worker() -> list[int] | None:
    """Number of this worker of a DataLoader, and how many there are."""
    worker = get_worker_info()
    return None if worker is None else [worker.id, worker.num_workers]


def _check_store_and_pattern(store: object, pattern: object) -> None:
    if not isinstance(store, TokenStore) or not isinstance(pattern, Pattern):
        raise InvalidOption(
            "a PackedLoader takes a TokenStore and a Pattern, as in PackedLoader(store, patterns.get('flatten', "
            f"store.spec), …), got {type(store).__name__} and {type(pattern).__name__}"
        )


def _clip_numbers(clips: object, in_store: int) -> _Ints:
    """[N] from 0 on. Raises InvalidOption on a mask, which would read as numbers 0 and 1, and on other clips."""
    numbers = np.asarray(clips)
    whole = np.issubdtype(numbers.dtype, np.integer) or not numbers.size
    if numbers.ndim != 1 or not whole or bool(((numbers < -in_store) | (numbers >= in_store)).any()):
        raise InvalidOption(
            f"clips must be numbers of clips in the store, each below {in_store}, got {clips!r:.200}; of a mask, pass "
            "mask.nonzero()[0].tolist()"
        )
    return numbers.astype(np.int64) % in_store


def _sequence_lengths(pattern: Pattern, frames: _Ints) -> _Ints:
    """Steps of each clip, from its number of frames."""
    lengths, which = np.unique(frames, return_inverse=True)
    return np.array([pattern.steps(int(n)) for n in lengths], dtype=np.int64)[which]


def _described(pattern: Pattern) -> list[Any]:
    """Class, vocabulary and, by the layout of a short clip, the order and delays of a pattern."""
    fields, frames = pattern.layout(16)
    layout = hashlib.sha256(fields.astype("<i8").tobytes() + frames.astype("<i8").tobytes()).hexdigest()
    return [type(pattern).__name__, list(pattern.vocabulary.sizes), layout]
