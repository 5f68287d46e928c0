"""Training on clips with a condition before them: whole clips in a batch, the same ones for every tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidOption
from audiotok.lm.conditioned import Conditioned
from audiotok.lm.model import AcousticLM
from audiotok.lm.sequences import Sequences
from audiotok.lm.train import context_steps, fit
from audiotok.store.reader import TokenStore
from audiotok.tasks.language_model.options import LMOptions


class ClipLoader:
    """Batches of whole clips with their conditions, padded: after n of them, n times `seconds` of audio were read.

    A batch ends with the clip that completes it, so that it depends on the clips' durations and the seed alone, and
    not on how many codes a tokenizer makes of them. Endless, each epoch in an order of its own, resumed exactly; of
    several processes each reads its own clips. Raises InvalidOption.
    """

    def __init__(
        self,
        store: TokenStore,
        layout: Conditioned,
        condition: Callable[[Clip], str],
        clips: list[int],
        *,
        seconds: float,
        seed: int = 0,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if not seconds > 0 or not 0 <= rank < world_size <= len(clips):
            raise InvalidOption(
                f"expected seconds > 0 and 0 <= rank < world_size <= clips, got {seconds}, {rank}, {world_size} and "
                f"{len(clips)}"
            )
        self._store, self._layout, self._condition, self._clips = store, layout, condition, clips
        self._settings = {
            "store": store.description,
            "pattern": type(layout.pattern).__name__,
            "clips": clips,
            "seconds": seconds,
            "seed": seed,
            "rank": rank,
            "world_size": world_size,
        }
        self._seconds, self._seed, self._rank, self._world_size = seconds, seed, rank, world_size
        self._epoch, self._place, self._batches, self._heard = 0, 0, 0, 0.0

    def __iter__(self) -> Iterator[Sequences]:
        while True:
            numbers = self._next()
            tokens = Tokens.collate([self._store[number] for number in numbers])
            yield self._layout.apply(tokens, [self._condition(self._store.clip(number)) for number in numbers])

    def state_dict(self) -> dict[str, Any]:
        at = {"epoch": self._epoch, "place": self._place, "batches": self._batches, "heard": self._heard}
        return self._settings | at

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Raises InvalidOption where the state is of another store or other settings, with what differs."""
        differing = [name for name, value in self._settings.items() if state.get(name) != value]
        if differing:
            raise InvalidOption(f"this state belongs to a loader with other settings: {', '.join(differing)} differ")
        self._epoch, self._place = state["epoch"], state["place"]
        self._batches, self._heard = state["batches"], state["heard"]
        self.__dict__.pop("_order", None)

    def _next(self) -> list[int]:
        self._batches += 1
        numbers: list[int] = []
        while not numbers or self._heard < self._batches * self._seconds:
            numbers.append(self._order[self._place])
            self._heard += self._store.clip(numbers[-1]).duration
            self._place += 1
            if self._place == len(self._order):
                self._epoch, self._place = self._epoch + 1, 0
                self.__dict__.pop("_order", None)
        return numbers

    @cached_property
    def _order(self) -> list[int]:
        """Clips of this process in this epoch."""
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + self._epoch)
        shuffled = torch.randperm(len(self._clips), generator=generator).tolist()
        return [self._clips[i] for i in shuffled[self._rank :: self._world_size]]


def train_conditioned(
    store: TokenStore,
    layout: Conditioned,
    condition: Callable[[Clip], str],
    clips: list[int],
    options: LMOptions,
    seed: int,
    run: Path,
    written: dict[str, Any],
) -> AcousticLM:
    """Train one seed's model on these clips and their conditions, resume it, or only load it where it is finished.

    `written`: how conditions are written, a part of what a checkpoint must have been made with.
    """
    config = options.config(seed)

    def loader(rank: int, world_size: int) -> ClipLoader:
        seconds = config.context_seconds * config.rows
        return ClipLoader(store, layout, condition, clips, seconds=seconds, seed=seed, rank=rank, world_size=world_size)

    identity = {
        "settings": config.described(),
        "store": store.description,
        "pattern": type(layout.pattern).__name__,
        **written,
    }
    context = context_steps(store, layout.pattern, config.context_seconds)
    return fit(
        *(loader, layout.pattern, config, run, identity, context),
        name=store.tokenizer,
        vocabulary=layout.vocabulary,
    )
