"""Global settings of PyTorch that would change codes, held at its defaults while a tokenizer runs.

A training loop may autocast to bfloat16, compute float32 products in TF32 or create float64 tensors. The same
identifier must give the same codes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

_AUTOCAST_DEVICES = ("cpu", "cuda", "mps", "xpu", "hpu")


@contextmanager
def default_numerics() -> Iterator[None]:
    """No autocast, float32 and the CPU for new tensors, full float32 products. A context manager or a decorator."""
    with ExitStack() as stack:
        for device in _AUTOCAST_DEVICES:
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.empty(0).device.type != "cpu":  # PyTorch 2.7 overlooks `with torch.device` in get_default_device
            stack.enter_context(torch.device("cpu"))
        if (dtype := torch.get_default_dtype()) != torch.float32:
            stack.callback(torch.set_default_dtype, dtype)
            torch.set_default_dtype(torch.float32)
        _full_products(stack)
        yield


def _full_products(stack: ExitStack) -> None:
    """Float32 products in full precision until the stack is closed."""
    try:
        precision = torch.get_float32_matmul_precision()
    except (
        RuntimeError
    ):  # the settings by backend, which PyTorch has from 2.9 on, are in use; it refuses to mix the two
        for backend in (torch.backends.cuda.matmul, torch.backends.mkldnn.matmul):  # type: ignore[attr-defined]
            stack.callback(setattr, backend, "fp32_precision", backend.fp32_precision)
            backend.fp32_precision = "ieee"
        return
    if precision != "highest":
        stack.callback(torch.set_float32_matmul_precision, precision)
        torch.set_float32_matmul_precision("highest")
