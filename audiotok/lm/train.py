"""Training an `AcousticLM` on a token store: the same context in seconds and backbone for every tokenizer, and the same
budget, hours of audio or floating-point operations (audiotok.lm.model says which are counted).

On the CPU a run that was stopped and resumed ends with the weights of an undisturbed one, bit for bit: a batch depends
on the seed and on those before it, and a checkpoint holds where the loader stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from audiotok.lm.config import LMConfig
from audiotok.lm.model import AcousticLM
from audiotok.lm.packing import PackedLoader
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.scoring import loss
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import Vocabulary
from audiotok.lm.warm_start import text_lm
from audiotok.store.reader import TokenStore
from audiotok.train.run import Precision, run
from audiotok.train.training import AdamW, Budget, Training


def context_steps(store: TokenStore, pattern: Pattern, seconds: float) -> int:
    """Steps of the sequence in `seconds`, on the store's average: the rate may depend on the audio."""
    steps = sum(pattern.steps(store.frames(number)) for number in range(len(store)))
    return max(2, round(seconds * steps / store.seconds))


class Loader(Protocol):
    """Batches without end, and where it stands among them."""

    def __iter__(self) -> Iterator[Sequences]: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


def train(
    store: TokenStore,
    pattern: Pattern,
    config: LMConfig,
    folder: Path,
    *,
    clips: list[int] | None = None,
    save_every: int = 500,
) -> AcousticLM:
    """`fit` on the store's clips, packed into rows of one context each. Raises InvalidTokens where it was altered.

    `clips`: numbers in the store to train on, all by default.
    """
    store.verify()
    context = context_steps(store, pattern, config.context_seconds)

    def packed(rank: int, world_size: int) -> PackedLoader:
        return PackedLoader(
            store,
            pattern,
            context=context,
            batch_size=config.rows,
            seed=config.seed,
            clips=clips,
            rank=rank,
            world_size=world_size,
        )

    identity = {"settings": config.described(), "store": store.description, "pattern": type(pattern).__name__}
    if clips is not None:
        identity["clips"] = clips
    return fit(packed, pattern, config, folder, identity, context, name=store.tokenizer, save_every=save_every)


def fit(
    open_loader: Callable[[int, int], Loader],
    pattern: Pattern,
    config: LMConfig,
    folder: Path,
    identity: dict[str, Any],
    context: int,
    *,
    name: str,
    vocabulary: Vocabulary | None = None,
    save_every: int = 500,
) -> AcousticLM:
    """Train, or resume; `folder` gets checkpoint.pt and curves.jsonl (step, nats, seconds).

    `open_loader` is given a process' rank and their number, `identity` is what a checkpoint must have been made with,
    `context` a row's steps, `vocabulary` what the model reads, where that is more than the pattern's.
    Raises TrainingFailed where the loss is not finite or the checkpoint is another run's.
    """
    from accelerate import PartialState

    folder.mkdir(parents=True, exist_ok=True)
    start = text_lm(config.init) if config.init else None  # before the seed: opening it may draw numbers
    processes = PartialState()
    torch.manual_seed(config.seed)
    model = AcousticLM(pattern, config.size, vocabulary, start)
    loader = open_loader(processes.process_index, processes.num_processes)
    steps = config.steps(config.rows * context * model.training_flops(context), processes.num_processes)
    optimizer = AdamW(
        lambda step, _: config.learning_rate * schedule(step, steps, config.warmup), (0.9, 0.95), config.weight_decay
    )
    training = Training(
        model,
        Loaded(loader),
        identity,
        optimizer,
        config.seed,
        losses=partial(losses, pattern.heads),
        objective="nats",
        name=f"{name}: train",
    )
    precision: Precision = "bf16" if config.bf16 else "no"
    run(
        *(training, folder, Budget(steps=steps)),
        precision=precision,
        every=1,
        steps_between=save_every,
        tensorboard=False,
    )
    return model.eval()


def losses(heads: Tensor, model: Any, batch: Sequences) -> dict[str, Tensor]:
    """Nats a code."""
    logits = model(batch)
    return {"nats": loss(logits, batch, heads)}


class Loaded:
    """The batches of a loader, which a checkpoint holds the state of."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    @cached_property
    def _iterator(self) -> Iterator[Sequences]:
        return iter(self._loader)

    def next(self, step: int, progress: float) -> Sequences:
        return next(self._iterator)

    def state(self) -> dict[str, Any]:
        return {"loader": self._loader.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        self._loader.load_state_dict(state["loader"])


def schedule(step: int, steps: int, warmup: float) -> float:
    """Share of the learning rate: a linear rise, then a cosine down to a tenth."""
    rise = max(1, round(warmup * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.55 + 0.45 * math.cos(math.pi * (step - rise) / max(1, steps - rise))
