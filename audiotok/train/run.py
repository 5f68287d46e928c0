"""A training: budget, schedule, checkpoints, curves. On one core or on many GPUs (`accelerate`). What is learned, and
from what, is its caller's.

With a budget in steps, a run that was stopped and resumed ends with the weights of an undisturbed one, bit for bit on
the CPU: a batch depends on the seed and its step alone, and a checkpoint holds the model with its moving averages, the
optimizer and the random state. With a budget in minutes the learning rate follows the clock, which no run repeats.
"""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, Self, TypedDict

import torch
from torch import nn

from audiotok.errors import InvalidOption, TrainingFailed
from audiotok.files.progress import progress_bar
from audiotok.train.checkpoint import random_state, read, restore_random_state, write

#: Of matrix products. On a CPU without bf16 instructions bf16 is ten times slower than none.
Precision = Literal["no", "bf16", "fp16"]


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


@dataclass(frozen=True)
class Schedule:
    """What every training has settings for."""

    learning_rate: float = 1e-3
    warmup: int = 100  # steps
    seed: int = 0


class Options(TypedDict, total=False):
    """What `run` is told about the machine, whatever it trains."""

    device: Literal["cpu", "auto"]
    precision: Precision
    every: int
    minutes_between: float


class Batch(Protocol):
    def to(self, device: torch.device) -> Self: ...


def run(
    learner: nn.Module,
    draw: Callable[[torch.Generator, float], Batch],
    folder: Path,
    budget: Budget,
    schedule: Schedule,
    identity: dict[str, Any],
    *,
    start: Callable[[], None],
    apart: Sequence[nn.Module] = (),
    device: Literal["cpu", "auto"] = "auto",
    precision: Precision = "no",
    every: int = 100,
    minutes_between: float = 5.0,
    observe: Callable[[int], dict[str, float]] | None = None,
) -> None:
    """Train until the budget is used, going on from `folder`'s checkpoint where there is one, else after `start`.

    `draw` makes the batch of a step from its generator and the progress (0 to 1), `learner` maps it to losses by name,
    "total" among them; the gradients of its parts in `apart` are clipped on their own. `identity` is what a checkpoint
    must have been made with. `every` steps the losses go to TensorBoard and to curves.jsonl, every `minutes_between` a
    checkpoint is written and `observe` measures. Ctrl-C, or a polite kill, writes a checkpoint and then raises
    KeyboardInterrupt. Raises TrainingFailed on a loss that is not finite (the last checkpoint stays) and on another
    run's checkpoint.
    """
    from accelerate import Accelerator
    from accelerate.utils import DistributedDataParallelKwargs, gather_object, reduce, set_seed
    from torch.utils.tensorboard import SummaryWriter

    # A part may have no loss in a step: a discriminator at first, a codebook that dropout leaves out.
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)
    accelerator = Accelerator(mixed_precision=precision, cpu=device == "cpu", kwargs_handlers=[unused])
    set_seed(schedule.seed + accelerator.process_index)
    own = [list(part.parameters()) for part in apart]
    taken = {id(parameter) for part in own for parameter in part}
    groups = [[p for p in learner.parameters() if id(p) not in taken], *own]
    optimizer = torch.optim.AdamW(
        [{"params": group} for group in groups], schedule.learning_rate, betas=(0.8, 0.99), weight_decay=1e-2
    )
    checkpoint = folder / "checkpoint.pt"
    step, spent = 0, 0.0
    state: dict[str, Any] | None = None
    if checkpoint.is_file():
        state = read(checkpoint, identity)
        learner.load_state_dict(state["learner"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["seconds"]
    else:
        start()
    prepared, optimizer = accelerator.prepare(learner, optimizer)
    if state:
        restore_random_state(state["random"], accelerator.process_index)
    folder.mkdir(parents=True, exist_ok=True)
    board = SummaryWriter(folder / "tensorboard") if accelerator.is_main_process else None

    def save() -> None:
        states = gather_object([random_state()])
        if accelerator.is_main_process:
            write(checkpoint, identity, learner, optimizer, step, spent, states)

    def agreed(progress: float, due: bool, stopped: bool) -> tuple[float, bool, bool]:
        """The main process's clock is everybody's, and what stops one process stops all: else some would wait for
        others that have gone on.
        """
        if accelerator.num_processes == 1:
            return progress, due, stopped
        clock = (progress, float(due)) if accelerator.is_main_process else (0.0, 0.0)
        total = reduce(torch.tensor([*clock, float(stopped)], device=accelerator.device), reduction="sum").tolist()
        return total[0], total[1] > 0, total[2] > 0

    def record(values: dict[str, float]) -> None:
        if board:
            for name, value in values.items():
                board.add_scalar(name, value, step)
            with (folder / "curves.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": step, "seconds": round(spent, 1), **values}) + "\n")

    learner.train()
    saved = time.monotonic()
    with interruptible() as stopped, _bar(budget, step, spent, accelerator.is_main_process) as bar:
        while True:
            due = time.monotonic() - saved > 60 * minutes_between
            progress, due, stop = agreed(budget.progress(step, spent), due, stopped())
            if due:
                save()
                if observe and accelerator.is_main_process:
                    record(observe(step))
                saved = time.monotonic()
            if progress >= 1.0 or stop:
                break
            began = time.monotonic()
            for group in optimizer.param_groups:
                group["lr"] = schedule.learning_rate * min((step + 1) / schedule.warmup, _cosine(progress))
            generator = torch.Generator().manual_seed(
                (schedule.seed * 1_000_003 + step) * accelerator.num_processes + accelerator.process_index
            )
            batch = draw(generator, progress).to(accelerator.device)
            with accelerator.autocast():
                losses = prepared(batch)
            total = float(losses["total"].detach())
            if not math.isfinite(total):
                raise TrainingFailed(
                    f"the loss of step {step} is {total}; a lower learning rate than {schedule.learning_rate} may "
                    f"help. The last checkpoint is untouched: {checkpoint}"
                )
            optimizer.zero_grad()
            accelerator.backward(losses["total"])
            accelerator.unscale_gradients()
            for parameters in groups:
                nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            step += 1
            spent += time.monotonic() - began
            bar.update((step if budget.steps else round(spent)) - bar.n)
            if step % every == 0:
                record({name: float(value.detach()) for name, value in losses.items()})
                bar.set_postfix(step=step, loss=f"{total:.3f}", refresh=False)
        save()
        if board:
            board.close()
        if stop:
            raise KeyboardInterrupt


def join(device: Literal["cpu", "auto"]) -> None:
    """Find the processes that train together, where `accelerate launch` or torchrun started some. Needed before a codec
    is built: a codebook averages over the processes that it finds then.
    """
    from accelerate import PartialState
    from accelerate.utils import parse_flag_from_env

    PartialState(cpu=device == "cpu" or bool(parse_flag_from_env("ACCELERATE_USE_CPU")))


def main_process() -> bool:
    """Whether this is the one, of the processes that train together, that writes files and tells the user."""
    from accelerate import PartialState

    return bool(PartialState().is_main_process)


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
    return progress_bar(total=total, initial=done, desc="train", unit=unit, disable=not shown, mininterval=5)
