"""A trained model as a file: half precision, its own configuration inside, and what made it as metadata."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from torch import nn

from audiotok.errors import InvalidData
from audiotok.units.centroids import read, write

Model = TypeVar("Model", bound=nn.Module)


def save(
    model: nn.Module, config: Any, path: Path, kind: str, metadata: dict[str, str], leave_out: tuple[str, ...] = ()
) -> None:
    """Whole or not at all; without the tensors whose names end in one of `leave_out`. `config` is a dataclass."""
    state = {
        name: (value.half() if value.is_floating_point() else value).cpu()
        for name, value in model.state_dict().items()
        if not name.endswith(leave_out)
    }
    write(path, state, {"format": kind, "config": json.dumps(asdict(config)), **metadata})
    path.chmod(0o644)  # safetensors writes for the owner alone


def load(
    path: Path, kind: str, build: Callable[..., Model], leave_out: tuple[str, ...] = ()
) -> tuple[Model, dict[str, str]]:
    """(model in float32, ready to run; metadata). `build` takes the configuration's values by name.

    Raises InvalidData where the file is cut or of another kind.
    """
    state, metadata = read(path, kind)
    model = build(**json.loads(metadata["config"]))
    own = model.state_dict()
    needed = {name for name in own if not name.endswith(leave_out)}
    if needed != set(state) or any(own[name].shape != state[name].shape for name in needed):
        raise InvalidData(f"{path}: its tensors are not those of its own configuration {metadata['config']}")
    model.load_state_dict(state, strict=False)
    return model.eval().requires_grad_(False), metadata
