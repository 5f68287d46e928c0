"""One tokenizer's language model among comparable ones: what it is trained on, and how it is found again.

Tasks that are given the same options meet in the same folder (audiotok.tasks.language_model.folder), so that what one
has trained another only loads.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
import typer

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.train import context_steps, train
from audiotok.runs.memo import digest
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.language_model.folder import hashed, lm_folder
from audiotok.tasks.language_model.options import LMOptions, joined


@dataclass(frozen=True)
class TrainingData:
    """Training data of a tokenizer's models, and how they read it."""

    store: TokenStore  # of the training split
    pattern: Pattern
    folder: Path  # of all that is made from it


@dataclass(frozen=True)
class TrainedLM:
    """A model and the conditions that its scores are signed with."""

    model: AcousticLM
    context: int  # steps that a prediction may see
    conditions: str  # its part of a signature
    run: Path


def prepare(
    tokenizer: Tokenizer, speech: Manifest, options: LMOptions, runs: Path, engine: str = "local", workers: int = 1
) -> TrainingData:
    """Tokenise the training split of `speech`, or resume."""
    folder = lm_folder(runs, speech, tokenizer.identifier)
    store = tokenized(tokenizer, speech.split("train"), folder / "train", engine, workers)
    return TrainingData(store, options.order_codes(store.spec), folder)


def tokenized(tokenizer: Tokenizer, corpus: Manifest, out: Path, engine: str = "local", workers: int = 1) -> TokenStore:
    """The corpus' store, made or resumed; clips that cannot be encoded are named and left out."""
    failures = tokenize(tokenizer, corpus, out, shard_hours=0.25, engine=engine, workers=workers)
    for clip, reason in failures.items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    return TokenStore(out)


def train_lm(training: TrainingData, options: LMOptions, seed: int, minutes: float = 0.0) -> TrainedLM:
    """Train one seed's model, resume it, or only load it where it is finished.

    `minutes`: of the store's first clips, instead of all of them; they are a part of the conditions then.
    """
    conditions = joined(options.training([seed]), f"minutes:{minutes:g}" if minutes else "")
    run = training.folder / f"{options.pattern}-{options.backbone}-seed{seed}-{hashed(conditions)}"
    clips = first_clips(training.store, minutes) if minutes else None
    model = train(training.store, training.pattern, options.config(seed), run, clips=clips)
    context = context_steps(training.store, training.pattern, options.context_seconds)
    return TrainedLM(model, context, conditions, run)


def first_clips(store: TokenStore, minutes: float) -> list[int]:
    """Numbers of the first clips that last so long together, the one that reaches it included.

    Raises InvalidData where all of them are shorter, with the clips that could not be encoded.
    """
    seconds = 0.0
    for number in range(len(store)):
        seconds += store.clip(number).duration
        if seconds >= 60 * minutes:
            return list(range(number + 1))
    lacking = [f"{clip}: {why}" for clip, why in store.failures.items()]
    left_out = f"; {len(lacking)} clips could not be encoded ({lacking[0]})" if lacking else ""
    raise InvalidData(f"{store.path}: expected {minutes:g} minutes of clips, got {seconds / 60:.3f}{left_out}")


def inputs(lm: TrainedLM, training: TrainingData, asked: TokenStore, *more: str) -> str:
    """Digest of what scores depend on: weights, clips, the clips that n-grams are counted on, and `more`."""
    return digest(weights(lm.model), str(lm.context), lm.conditions, training.store.sha256, asked.sha256, *more)


def weights(model: torch.nn.Module) -> str:
    """sha256 of all parameters and buffers, on whatever device they are."""
    found = hashlib.sha256()
    for name, values in sorted(model.state_dict().items()):
        found.update(f"{name} {values.dtype} {list(values.shape)}".encode())
        found.update(values.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
