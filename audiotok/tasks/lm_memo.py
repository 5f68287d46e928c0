"""Results of a language model that are on disk: asked for again, they are read and not made a second time.

Beside results.jsonl stands results.inputs, the hash of all that they were made from, written last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import torch

from audiotok.results import record
from audiotok.results.record import Result
from audiotok.store.reader import TokenStore
from audiotok.tasks.lm_experiment import Material, Trained


def kept(path: Path, inputs: str, make: Callable[[], list[Result]]) -> list[Result]:
    """What `make` gives, sorted by metric; without calling it where `path` was made from the same inputs."""
    mark = path.with_suffix(".inputs")
    if not (path.exists() and mark.exists() and mark.read_text(encoding="utf-8") == inputs):
        found = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        mark.unlink(missing_ok=True)
        record.write(path, found)
        mark.write_text(inputs, encoding="utf-8")
    return record.read(path)


def inputs(lm: Trained, given: Material, asked: TokenStore, *more: str) -> str:
    """The hash of what scores depend on: the weights, the clips, those that n-grams are counted on, and `more`."""
    return digest(weights(lm.model), str(lm.context), lm.conditions, given.store.sha256, asked.sha256, *more)


def digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def weights(model: torch.nn.Module) -> str:
    """The hash of all that the model was taught, on whatever device it is."""
    found = hashlib.sha256()
    for name, values in sorted(model.state_dict().items()):
        found.update(f"{name} {values.dtype} {list(values.shape)}".encode())
        found.update(values.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
