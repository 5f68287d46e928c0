"""A trained model in a file: safetensors in half precision, its configuration and what made it as metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor, nn

from audiotok.errors import InvalidData
from audiotok.units.centroids import read, write

Model = TypeVar("Model", bound=nn.Module)


def save(
    path: Path, kind: str, model: nn.Module, config: Any, metadata: dict[str, str], left_out: tuple[str, ...] = ()
) -> None:
    """Whole or not at all; `config` is a dataclass of plain values, `left_out` how names of what only training needs
    end.
    """
    state = {
        name: (value.half() if value.is_floating_point() else value).cpu()
        for name, value in model.state_dict().items()
        if not name.endswith(left_out)
    }
    write(path, state, {"format": kind, "config": json.dumps(asdict(config)), **metadata})


def load(
    path: Path, kind: str, build: Callable[[dict[str, Any]], Model], left_out: tuple[str, ...] = ()
) -> tuple[Model, dict[str, str]]:
    """(model in float32 and evaluation mode, metadata). Raises InvalidData where the file is cut or another kind."""
    state, metadata = read(path, kind)
    model = build(json.loads(metadata["config"]))
    own = model.state_dict()
    needed = {name for name in own if not name.endswith(left_out)}
    if needed != set(state) or any(own[name].shape != state[name].shape for name in needed):
        raise InvalidData(f"{path}: its tensors are not those of its own configuration {metadata['config']}")
    model.load_state_dict(state, strict=False)
    return model.eval().requires_grad_(False), metadata


def fingerprint(tensors: Mapping[str, Tensor]) -> str:
    """sha256 of tensors by name, such as a model's state dict, for a run that depends on them."""
    digest = hashlib.sha256()
    for name, value in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(value.cpu().numpy().tobytes())
    return f"sha256:{digest.hexdigest()}"
