"""The training loop of a codec: budget, schedule, checkpoints, curves. On one core or on many GPUs (`accelerate`).

With a budget in steps, a run that was stopped and resumed ends with the weights of an undisturbed one, bit for bit on
the CPU: a batch depends on the seed and its step alone, and a checkpoint holds the model with its moving averages, the
optimizer and the random state. With a budget in minutes the learning rate follows the clock, which no run repeats.
"""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

from audiotok.errors import InvalidOption, TrainingFailed
from audiotok.train import losses
from audiotok.train.checkpoint import random_state, read, restore_random_state, write
from audiotok.train.features import Batch, augment
from audiotok.train.inverse import Inverse, InverseLearner
from audiotok.train.model import MelCodec
from audiotok.train.objective import Objective

#: Of matrix products. On a CPU without bf16 instructions bf16 is ten times slower than none.
Precision = Literal["no", "bf16", "fp16"]


@dataclass(frozen=True)
class Settings:
    """How a codec is trained. A checkpoint is gone on from under the same settings only."""

    batch: int = 16  # crops a step, on each device
    seconds: float = 2.0  # of a crop
    learning_rate: float = 1e-3
    warmup: int = 100  # steps
    commitment: float = 0.25  # weight of the quantizer's own loss
    seed: int = 0
    augment: bool = True


@dataclass(frozen=True)
class Budget:
    """When training ends: after so many steps, or so many minutes of it."""

    steps: int = 0
    minutes: float = 0.0

    def __post_init__(self) -> None:
        if (self.steps > 0) == (self.minutes > 0):
            raise InvalidOption(f"give a budget in steps or in minutes, one of them; got {self.steps}, {self.minutes}")

    def progress(self, step: int, seconds: float) -> float:
        """0 at the start, 1 at the end."""
        return min(1.0, step / self.steps if self.steps else seconds / (60 * self.minutes))


class Source(Protocol):
    """What batches are drawn from: a Stream, or Voices."""

    @property
    def data(self) -> str: ...

    def sample(self) -> Any:
        """What the model's `start` takes."""

    def crops(self, count: int, length: int, generator: torch.Generator) -> Batch:
        """`count` crops of `length` token frames."""


#: What the loop trains: a module with `config.frame_rate` and a `start(sample)`.
Model = TypeVar("Model", MelCodec, Inverse)


class Learner(nn.Module):
    """The codec and its objectives as one module, so that one forward pass is all that a device has to be given."""

    def __init__(self, codec: MelCodec, objectives: list[Objective], commitment: float) -> None:
        super().__init__()
        self.codec, self.commitment = codec, commitment
        self.objectives = nn.ModuleDict({objective.name: objective for objective in objectives})

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """-> losses by name, "total" among them."""
        estimate, quantized, _ = self.codec(batch.frames)
        parts = {"reconstruction": losses.reconstruction(batch.frames, estimate), "quantizer": quantized.loss}
        total = parts["reconstruction"] + self.commitment * parts["quantizer"]
        for name, objective in self.objectives.items():
            parts[name] = objective(self.codec, batch, quantized)
            total = total + objective.weight * parts[name]
        return {**parts, "total": total}

    @property
    def identity(self) -> dict[str, Any]:
        """Whose checkpoint it is, beside the model's configuration, the settings and the data."""
        return {"dropout": self.codec.quantizer.dropout, "objectives": sorted(self.objectives)}


def train(
    codec: Model,
    stream: Source,
    folder: Path,
    budget: Budget,
    settings: Settings,
    objectives: list[Objective] | None = None,
    *,
    device: Literal["cpu", "auto"] = "auto",
    precision: Precision = "no",
    every: int = 100,
    minutes_between: float = 5.0,
    observe: Callable[[Model, int], dict[str, float]] | None = None,
) -> Model:
    """Train until the budget is used, going on from `folder`'s checkpoint where there is one; returns the codec.

    `every` steps the losses go to TensorBoard and to curves.jsonl, every `minutes_between` a checkpoint is written and
    `observe` measures the codec. Ctrl-C, or a polite kill, writes a checkpoint and then raises KeyboardInterrupt.
    Raises TrainingFailed on a loss that is not finite (the last checkpoint stays) and on another run's checkpoint.
    """
    from accelerate import Accelerator
    from accelerate.utils import broadcast, gather_object, set_seed
    from torch.utils.tensorboard import SummaryWriter

    accelerator = Accelerator(mixed_precision=precision, cpu=device == "cpu")
    set_seed(settings.seed + accelerator.process_index)
    learner: Any
    if isinstance(codec, Inverse):
        learner = InverseLearner(codec)
    else:
        learner = Learner(codec, objectives or [], settings.commitment)
    optimizer = torch.optim.AdamW(learner.parameters(), settings.learning_rate, betas=(0.8, 0.99), weight_decay=1e-2)
    identity = {"codec": codec.config, "settings": settings, "data": stream.data, **learner.identity}
    checkpoint = folder / "checkpoint.pt"
    step, spent = 0, 0.0
    state: dict[str, Any] | None = None
    if checkpoint.is_file():
        state = read(checkpoint, identity)
        learner.load_state_dict(state["learner"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["seconds"]
    else:
        codec.start(stream.sample())
    prepared, optimizer = accelerator.prepare(learner, optimizer)
    if state:
        restore_random_state(state["random"], accelerator.process_index)
    folder.mkdir(parents=True, exist_ok=True)
    board = SummaryWriter(folder / "tensorboard") if accelerator.is_main_process else None

    def save() -> None:
        states = gather_object([random_state()])
        if accelerator.is_main_process:
            write(checkpoint, identity, learner, optimizer, step, spent, states)

    def agreed(progress: float) -> float:
        """The main process's clock is everybody's."""
        if accelerator.num_processes == 1:
            return progress
        return float(broadcast(torch.tensor(progress, device=accelerator.device)))

    def record(values: dict[str, float]) -> None:
        if board:
            for name, value in values.items():
                board.add_scalar(name, value, step)
            with (folder / "curves.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": step, "seconds": round(spent, 1), **values}) + "\n")

    length = round(settings.seconds * codec.config.frame_rate)
    learner.train()
    saved = time.monotonic()
    with interruptible() as stopped, _bar(budget, step, spent, accelerator.is_main_process) as bar:
        while (progress := agreed(budget.progress(step, spent))) < 1.0 and not stopped():
            began = time.monotonic()
            for group in optimizer.param_groups:
                group["lr"] = settings.learning_rate * min((step + 1) / settings.warmup, _cosine(progress))
            generator = torch.Generator().manual_seed(
                (settings.seed * 1_000_003 + step) * accelerator.num_processes + accelerator.process_index
            )
            batch = stream.crops(settings.batch, length, generator)
            frames = augment(batch.frames, generator) if settings.augment else batch.frames
            batch = Batch(
                frames.to(accelerator.device), {k: v.to(accelerator.device) for k, v in batch.teachers.items()}
            )
            with accelerator.autocast():
                parts = prepared(batch)
            total = float(parts["total"].detach())
            if not math.isfinite(total):
                raise TrainingFailed(
                    f"the loss of step {step} is {total}; a lower learning rate than {settings.learning_rate} may "
                    f"help. The last checkpoint is untouched: {checkpoint}"
                )
            optimizer.zero_grad()
            accelerator.backward(parts["total"])
            accelerator.clip_grad_norm_(learner.parameters(), 1.0)
            optimizer.step()
            step += 1
            spent += time.monotonic() - began
            bar.update((step if budget.steps else round(spent)) - bar.n)
            if step % every == 0:
                record({name: float(value.detach()) for name, value in parts.items()})
                bar.set_postfix(step=step, loss=f"{total:.3f}", refresh=False)
            if time.monotonic() - saved > 60 * minutes_between:
                save()
                if observe and accelerator.is_main_process:
                    record(observe(codec, step))
                saved = time.monotonic()
        save()
        if board:
            board.close()
        if stopped():
            raise KeyboardInterrupt
    return codec


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C, or a polite kill, into a flag that the loop looks at between steps."""
    seen: list[int] = []
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}

    def remember(number: int, _: object) -> None:
        seen.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second one is obeyed at once

    try:
        for kind in before:
            signal.signal(kind, remember)
        yield lambda: bool(seen)
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _cosine(progress: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * progress))


def _bar(budget: Budget, step: int, seconds: float, shown: bool) -> Any:
    total, done = (budget.steps, step) if budget.steps else (round(60 * budget.minutes), round(seconds))
    unit = "step" if budget.steps else "s"
    return tqdm(total=total, initial=done, desc="train", unit=unit, disable=not shown, mininterval=5)
