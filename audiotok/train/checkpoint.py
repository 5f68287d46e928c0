"""A training run on disk: one file, written atomically, from which training resumes exactly."""

from __future__ import annotations

import pickle
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch
from torch import nn

from audiotok.errors import CannotWrite, TrainingFailed
from audiotok.files.atomic import atomic_write

FORMAT = "audiotok.train.v1"


def write(
    path: Path,
    identity: dict[str, Any],
    learner: nn.Module,
    optimizer: Any,
    step: int,
    seconds: float,
    random: list[dict[str, Any]],
) -> None:
    """`identity` says whose checkpoint it is; `random` is random_state() of every process."""
    state = {
        "format": FORMAT,
        "identity": _plain(identity),
        "learner": learner.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "seconds": seconds,
        "random": random,
    }
    try:
        with atomic_write(path) as partial:
            torch.save(state, partial)
    except (OSError, RuntimeError) as error:  # torch raises RuntimeError where the disk is full
        raise CannotWrite(
            f"{path}: the checkpoint could not be written ({error}); the previous one is unchanged"
        ) from error


def read(path: Path, identity: dict[str, Any]) -> dict[str, Any]:
    """Nothing in the file is executed.

    Raises TrainingFailed where it is cut, altered, no checkpoint, or another run's.
    """
    try:
        with ZipFile(path) as archive:  # torch writes the CRC-32 of each member, and does not compare it as it reads
            altered = archive.testzip()
        if altered:
            raise TrainingFailed(
                f"{path}: was altered after it was written: the CRC-32 of {altered} is not the expected one. Copy it "
                "again from where it came from, or move it away to start again"
            )
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, BadZipFile, pickle.UnpicklingError) as error:
        raise TrainingFailed(
            f"{path}: not a complete checkpoint ({error}); was it truncated? Move it away to start again"
        ) from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise TrainingFailed(f"{path}: expected a checkpoint of format {FORMAT}; move it away to start again")
    wanted = _plain(identity)
    if state["identity"] != wanted:
        before, now = _flat(state["identity"]), _flat(wanted)
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        differ = [f"{name} was {before.get(name)} and is {now.get(name)}" for name in names]
        raise TrainingFailed(
            f"{path} belongs to another run: {'; '.join(differ)}. Use another folder (--runs), or move it away"
        )
    return state


def random_state() -> dict[str, Any]:
    """State of the generators that torch draws from in this process."""
    cuda = torch.cuda.get_rng_state() if torch.cuda.is_available() else None
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def restore_random_state(states: list[dict[str, Any]], process: int, processes: int) -> None:
    """Raises TrainingFailed where the run had another number of processes, whose batches it had."""
    if processes != len(states):
        raise TrainingFailed(
            f"the checkpoint was written by {len(states)} processes and is resumed by {processes}: start as many"
        )
    torch.set_rng_state(states[process]["cpu"])
    if states[process]["cuda"] is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(states[process]["cuda"])


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """{"settings": {"batch": 8}} -> {"settings.batch": 8}"""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= {f"{name}.{key}": part for key, part in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Dataclasses as dictionaries of plain values, so that a checkpoint can be read without running code."""
    return {
        name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
        for name, value in values.items()
    }
