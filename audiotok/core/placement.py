"""Devices that tokenizers are moved to, and tokenizers that share what is moved."""

from __future__ import annotations

import copy
import threading
import weakref
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidOption

_lock = threading.Lock()
#: An object -> the objects that share models with it, itself included.
_families: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()


def checked_device(device: str | torch.device) -> torch.device:
    """Raises InvalidOption unless this machine and this build of PyTorch have the device."""
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    except (AssertionError, ImportError, RuntimeError, TypeError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise InvalidOption(
            f"device must be one that PyTorch has here, such as cpu, cuda or cuda:1; got {device!r} ({why})"
        ) from error
    return found


def share(one: Any, other: Any) -> None:
    """Note that two objects hold the same models."""
    with _lock:
        family = _families.setdefault(one, weakref.WeakSet([one]))
        family.add(other)
        _families[other] = family


def unshared(owner: Any, modules: Mapping[str, nn.Module], device: torch.device) -> dict[str, nn.Module]:
    """The owner's modules, copied if another object shares them and they are not on the device yet."""
    with _lock:
        family = _families.get(owner)
        if family is None or len(family) < 2 or _are_on(device, modules):
            return dict(modules)
    # Older weight_norm keeps what it computes from the weights as an attribute, which deepcopy refuses.
    parts = (part for module in modules.values() for part in module.modules())
    computed = (value for part in parts for value in vars(part).values() if isinstance(value, Tensor))
    memo: dict[int, Any] = {id(value): value.detach().clone() for value in computed}
    copied = {name: copy.deepcopy(module, memo) for name, module in modules.items()}
    with _lock:
        family.discard(owner)
        del _families[owner]
    return copied


def _are_on(device: torch.device, modules: Mapping[str, nn.Module]) -> bool:
    place = torch.empty(0, device=device).device  # with its index, as weights have it
    held = (tensor for module in modules.values() for tensor in (*module.parameters(), *module.buffers()))
    return all(tensor.device == place for tensor in held)
