"""Training an `AcousticLM` on a token store: the same context in seconds and backbone for every tokenizer, and the same
budget, hours of audio or floating-point operations (audiotok.lm.model says which are counted).

On the CPU a run that was stopped and resumed ends with the weights of an undisturbed one, bit for bit: a batch depends
on the seed and on those before it, and a checkpoint holds where the loader stands.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import torch
from accelerate import Accelerator

from audiotok.errors import TrainingFailed
from audiotok.files.progress import progress_bar
from audiotok.lm.config import LMConfig
from audiotok.lm.model import AcousticLM
from audiotok.lm.packing import PackedLoader
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.scoring import loss
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import Vocabulary
from audiotok.lm.warm_start import text_lm
from audiotok.store.reader import TokenStore
from audiotok.train import checkpoint


def context_steps(store: TokenStore, pattern: Pattern, seconds: float) -> int:
    """What so many seconds are in steps of the sequence, on the store's average: the rate may depend on the audio."""
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
    """Train, or go on where it was stopped; `folder` gets checkpoint.pt and curve.jsonl (step, nats, seconds).

    `open_loader` is given a process' rank and their number, `identity` is what a checkpoint must have been made with,
    `context` a row's steps, `vocabulary` what the model reads, where that is more than the pattern's.
    Raises TrainingFailed where the loss is not finite or the checkpoint is another run's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = text_lm(config.init) if config.init else None  # before the seed: opening it may draw numbers
    torch.manual_seed(config.seed)
    accelerator = Accelerator(mixed_precision="bf16" if config.bf16 else "no")
    model = AcousticLM(pattern, config.size, vocabulary, start)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=(0.9, 0.95), weight_decay=config.weight_decay
    )
    loader = open_loader(accelerator.process_index, accelerator.num_processes)
    path, first, before = folder / "checkpoint.pt", 0, 0.0
    if path.exists():
        state = checkpoint.read(path, identity)
        model.load_state_dict(state["learner"])
        optimizer.load_state_dict(state["optimizer"])
        first, before = state["step"], state["seconds"]
        loader.load_state_dict(state["random"][accelerator.process_index]["loader"])
        checkpoint.restore_random_state(state["random"], accelerator.process_index)
    prepared, optimizer = accelerator.prepare(model, optimizer)
    steps = config.steps(config.rows * context * model.training_flops(context), accelerator.num_processes)
    started = time.monotonic()
    curve = _Curve(folder / "curve.jsonl", first)
    bar = progress_bar(total=steps, initial=first, desc=f"{name}: train", unit="step", disable=None)
    for step, batch in zip(range(first, steps), loader, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * schedule(step, steps, config.warmup)
        nats = _step(prepared, optimizer, accelerator, batch.to(accelerator.device), pattern.heads)
        if not math.isfinite(nats):
            raise TrainingFailed(f"step {step}: the loss is {nats}; try a lower learning rate")
        seconds = before + time.monotonic() - started
        if accelerator.is_main_process:
            curve.add({"step": step + 1, "nats": nats, "seconds": round(seconds, 3)})
        bar.update()
        if (step + 1) % save_every == 0 or step + 1 == steps:
            own = [{**checkpoint.random_state(), "loader": loader.state_dict()}]
            states = _gathered(own, accelerator)
            if accelerator.is_main_process:
                checkpoint.write(path, identity, model, optimizer, step + 1, seconds, states)
    bar.close()
    return model.eval()


def schedule(step: int, steps: int, warmup: float) -> float:
    """Share of the learning rate: a linear rise, then a cosine down to a tenth."""
    rise = max(1, round(warmup * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.55 + 0.45 * math.cos(math.pi * (step - rise) / max(1, steps - rise))


def _step(model: Any, optimizer: Any, accelerator: Accelerator, batch: Any, heads: torch.Tensor) -> float:
    optimizer.zero_grad()
    with accelerator.autocast():
        logits = model(batch)
    nats = loss(logits, batch, heads.to(logits.device))
    accelerator.backward(nats)
    accelerator.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(nats.detach())


def _gathered(own: list[dict[str, Any]], accelerator: Accelerator) -> list[dict[str, Any]]:
    if accelerator.num_processes == 1:
        return own
    from accelerate.utils import gather_object

    return gather_object(own)


class _Curve:
    """A line per step; what a killed run wrote after its last checkpoint is forgotten, since it is trained again."""

    def __init__(self, path: Path, step: int) -> None:
        self._path = path
        kept = path.read_text(encoding="utf-8").splitlines(keepends=True)[:step] if path.exists() else []
        path.write_text("".join(kept), encoding="utf-8")

    def add(self, values: dict[str, float]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")
