"""The training loop of codecs, vocoders, inverses and language models: budget, schedule, checkpoints, curves. It runs
on one core or on many GPUs (`accelerate`). The caller supplies model, losses and batches (`Training`).

With a budget in steps, a run that was stopped and resumed ends with the weights of an undisturbed one, bit for bit on
the CPU: a batch depends on the seed and on its step or those before it, and a checkpoint holds the model with its
moving averages, the optimizer, the random state and where the batches stand. With a budget in minutes the learning rate
follows the clock, which no run repeats.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

import torch
from torch import Tensor, nn

from audiotok.errors import TrainingFailed
from audiotok.files.progress import progress_bar
from audiotok.train.checkpoint import random_state, read, restore_random_state, write
from audiotok.train.curve import Curve
from audiotok.train.training import Budget, Training

#: Precision of matrix products. On a CPU without bf16 instructions bf16 is ten times slower than none.
Precision = Literal["no", "bf16", "fp16"]


class RunOptions(TypedDict, total=False):
    """Options of `run` for the machine and the records, the same for whatever is trained."""

    device: Literal["cpu", "auto"]
    precision: Precision
    every: int  # steps between records of the losses
    minutes_between: float  # checkpoints
    steps_between: int  # checkpoints too; 0 for by the clock alone
    tensorboard: bool


def run(
    training: Training,
    folder: Path,
    budget: Budget,
    *,
    observe: Callable[[int], dict[str, float]] | None = None,
    **options: Unpack[RunOptions],
) -> None:
    """Train until the budget is used, resuming from `folder`'s checkpoint where there is one.

    `every` (100) steps and at the end, the losses go to curves.jsonl and to TensorBoard; every `minutes_between` (5)
    a checkpoint is written and `observe` measures. Ctrl-C, or a polite kill, writes a checkpoint and then raises
    KeyboardInterrupt. Raises TrainingFailed on a loss or gradient that is not finite (the last checkpoint stays) and on
    another run's checkpoint.
    """
    loop = _Loop(training, folder, budget, options)
    every, between = options.get("every", 100), 60 * options.get("minutes_between", 5.0)
    steps_between = options.get("steps_between", 0)
    training.model.train()
    saved, looked = loop.saved, time.monotonic()
    losses: dict[str, Tensor] = {}

    def record() -> None:
        values = {name: float(value.detach()) for name, value in losses.items()}
        loop.curve.add(loop.step, loop.seconds, values)
        bar.set_postfix(step=loop.step, loss=f"{values[training.objective]:.3f}", refresh=False)

    with interruptible() as stopped, _bar(training.name, budget, loop) as bar:
        while True:
            by_steps = steps_between > 0 and loop.step > 0 and loop.step % steps_between == 0
            due = by_steps or time.monotonic() - looked > between
            progress, due, stop = loop.agreed(due, stopped())
            if due and loop.step != saved:
                loop.save()
                if observe and loop.accelerator.is_main_process:
                    loop.curve.add(loop.step, loop.seconds, observe(loop.step))
                saved, looked = loop.step, time.monotonic()
            if progress >= 1.0 or stop:
                break
            losses = loop.train(progress)
            bar.update((loop.step if budget.steps else round(loop.seconds)) - bar.n)
            if loop.step % every == 0:
                record()
        if losses and progress >= 1.0 and loop.step % every:
            record()  # how it ended, with the number of steps that a budget in minutes had
        if loop.step != saved:
            loop.save()
        loop.curve.close()
        if stop:
            raise KeyboardInterrupt


class _Loop:
    """A training where it stands: after `step` steps and `seconds` spent in them."""

    def __init__(self, training: Training, folder: Path, budget: Budget, options: RunOptions) -> None:
        from accelerate import Accelerator
        from accelerate.utils import DistributedDataParallelKwargs, set_seed

        # A part may have no loss in a step: a discriminator at first, a codebook that dropout leaves out.
        unused = DistributedDataParallelKwargs(find_unused_parameters=True)
        cpu, precision = options.get("device") == "cpu", options.get("precision", "no")
        self.accelerator = Accelerator(mixed_precision=precision, cpu=cpu, kwargs_handlers=[unused])
        set_seed(training.seed + self.accelerator.process_index)
        self.training, self.budget, self.checkpoint = training, budget, folder / "checkpoint.pt"
        self.groups = training.parameters()
        recipe = training.optimizer
        optimizer = torch.optim.AdamW(
            [{"params": group} for group in self.groups],
            recipe.rate(0, 0.0),
            betas=recipe.betas,
            weight_decay=recipe.weight_decay,
        )
        self.step, self.seconds = 0, 0.0
        self.saved: int | None = None  # step of the checkpoint
        state: dict[str, Any] = {}
        if self.checkpoint.is_file():
            state = read(self.checkpoint, training.identity)
            training.model.load_state_dict(state["learner"])
            optimizer.load_state_dict(state["optimizer"])
            self.step, self.seconds, self.saved = state["step"], state["seconds"], state["step"]
        else:
            training.start()
        self.prepared, self.optimizer = self.accelerator.prepare(training.model, optimizer)
        if state:
            restore_random_state(state["random"], self.accelerator.process_index, self.accelerator.num_processes)
            training.batches.restore(state["random"][self.accelerator.process_index])
        folder.mkdir(parents=True, exist_ok=True)
        self.curve = Curve(folder, self.step, self.accelerator.is_main_process, options.get("tensorboard", True))

    def save(self) -> None:
        from accelerate.utils import gather_object

        states = gather_object([random_state() | self.training.batches.state()])
        if self.accelerator.is_main_process:
            identity, model = self.training.identity, self.training.model
            write(self.checkpoint, identity, model, self.optimizer, self.step, self.seconds, states)

    def agreed(self, due: bool, stopped: bool) -> tuple[float, bool, bool]:
        """Progress, whether a checkpoint is due, whether to stop: the main process' clock is everybody's, and what
        stops one process stops all, else some would wait for others that have gone on.
        """
        from accelerate.utils import reduce

        accelerator, progress = self.accelerator, self.budget.progress(self.step, self.seconds)
        if accelerator.num_processes == 1:
            return progress, due, stopped
        clock = (progress, float(due)) if accelerator.is_main_process else (0.0, 0.0)
        total = reduce(torch.tensor([*clock, float(stopped)], device=accelerator.device), reduction="sum").tolist()
        return total[0], total[1] > 0, total[2] > 0

    def train(self, progress: float) -> dict[str, Tensor]:
        """One step; returns its losses."""
        began = time.monotonic()
        training, accelerator = self.training, self.accelerator
        rate = training.optimizer.rate(self.step, progress)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        batch = training.batches.next(self.step, progress).to(accelerator.device)
        with accelerator.autocast():
            losses = training.losses(self.prepared, batch)
        objective = losses[training.objective]
        self._check("loss", objective.detach(), rate)
        self.optimizer.zero_grad()
        accelerator.backward(objective)
        accelerator.unscale_gradients()
        for parameters in self.groups:
            norm = nn.utils.clip_grad_norm_(parameters, 1.0)
            if accelerator.mixed_precision != "fp16":  # whose scaler leaves such steps out
                self._check("gradient", norm, rate)
        self.optimizer.step()
        self.step += 1
        self.seconds += time.monotonic() - began
        return losses

    def _check(self, name: str, value: Tensor, rate: float) -> None:
        """Raises TrainingFailed where the value is not finite."""
        if not math.isfinite(number := float(value)):
            raise TrainingFailed(
                f"the {name} of step {self.step} is {number}; a lower learning rate than {rate:g} may help. The last "
                f"checkpoint is unchanged: {self.checkpoint}"
            )


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C, or a polite kill, into a flag that the loop looks at between steps.

    Outside of the main thread, which alone may handle signals, it never shows.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
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


def _bar(name: str, budget: Budget, loop: _Loop) -> Any:
    total, done = (budget.steps, loop.step) if budget.steps else (round(60 * budget.minutes), round(loop.seconds))
    unit, shown = "step" if budget.steps else "s", loop.accelerator.is_main_process
    disable = None if shown else True  # None: shown on a terminal only
    return progress_bar(total=total, initial=done, desc=name, unit=unit, disable=disable, mininterval=5)
