"""Global settings of PyTorch that would change codes, held at its defaults while a tokenizer runs.

A training loop may autocast to bfloat16, compute float32 products in TF32 or create float64 tensors. The same
identifier must give the same codes there.

Autocast and the default device belong to a thread. The default dtype and the precision of float32 products belong to
the process: while a tokenizer runs in one thread, the others see PyTorch's defaults as well, and what they set reaches
the tokenizer. When the last of several calls at the same time ends, these settings become what they were before, unless
they have been set to something else meanwhile.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import torch

_AUTOCAST_DEVICES = ("cpu", "cuda", "mps", "xpu", "hpu")
_lock = threading.Lock()
_calls = 0  # that hold the settings of the process, in all threads
_thread = threading.local()  # .calls: those of this thread


@contextmanager
def default_numerics() -> Iterator[None]:
    """No autocast, float32 and the CPU for new tensors, full float32 products. A context manager or a decorator."""
    with ExitStack() as stack:
        for device in _AUTOCAST_DEVICES:
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.empty(0).device.type != "cpu":  # PyTorch 2.7 overlooks `with torch.device` in get_default_device
            stack.enter_context(torch.device("cpu"))
        stack.enter_context(_process_defaults())
        yield


class _Setting:
    """A setting of the process, and what it was before it was changed here."""

    def __init__(
        self, read: Callable[[Any], Any], write: Callable[[Any], object], default: Callable[[Any], Any]
    ) -> None:
        """`read` gives the value in the form of another one, if any; `default` is PyTorch's own in the form of one."""
        self._read, self._write, self._default = read, write, default
        self._before: list[Any] = []  # one value, or none where nothing has to be restored

    @property
    def is_changed(self) -> bool:
        return bool(self._before)

    def hold(self) -> None:
        now = self._read(None)
        if now != (default := self._default(now)):
            self._before = [now]
            self._write(default)

    def release(self) -> None:
        if self._before and self._read(self._before[0]) == self._default(self._before[0]):
            self._write(self._before[0])
        self._before = []

    def keep(self) -> None:
        """Do not restore it: it has been set by somebody else."""
        self._before = []


def _precision(like: tuple[str, ...] | None) -> tuple[str, ...]:
    if like is None or like[0] == "everywhere":
        # PyTorch has settings by backend from 2.9 on, and refuses to mix the two.
        with suppress(RuntimeError):
            return ("everywhere", torch.get_float32_matmul_precision())
    return ("by backend", *(backend.fp32_precision for backend in _backends()))


def _set_precision(values: tuple[str, ...]) -> None:
    where, *precisions = values
    if where == "everywhere":
        torch.set_float32_matmul_precision(*precisions)
    else:
        for backend, precision in zip(_backends(), precisions, strict=True):
            backend.fp32_precision = precision


def _full_precision(values: tuple[str, ...]) -> tuple[str, ...]:
    return ("everywhere", "highest") if values[0] == "everywhere" else ("by backend", *("ieee" for _ in _backends()))


def _backends() -> tuple[Any, ...]:
    return torch.backends.cuda.matmul, torch.backends.mkldnn.matmul  # type: ignore[attr-defined]


_set_dtype = _replaced = torch.set_default_dtype
_DTYPE = _Setting(lambda _: torch.get_default_dtype(), _set_dtype, lambda _: torch.float32)
_PRECISION = _Setting(_precision, _set_precision, _full_precision)


@contextmanager
def _process_defaults() -> Iterator[None]:
    global _calls, _replaced
    with _lock:
        _calls, _thread.calls = _calls + 1, _calls_of_thread() + 1
        _DTYPE.hold()
        _PRECISION.hold()
        if _DTYPE.is_changed and torch.set_default_dtype is not _set_default_dtype:
            _replaced, torch.set_default_dtype = torch.set_default_dtype, _set_default_dtype
    try:
        yield
    finally:
        with _lock:
            _calls, _thread.calls = _calls - 1, _thread.calls - 1
            _release_if_unused()


def _release_if_unused() -> None:
    if _calls:
        return
    _DTYPE.release()
    _PRECISION.release()
    if torch.set_default_dtype is _set_default_dtype:
        torch.set_default_dtype = _replaced


def _calls_of_thread() -> int:
    return getattr(_thread, "calls", 0)


def _set_default_dtype(d: torch.dtype) -> None:
    """Replaces `torch.set_default_dtype` while the dtype is held: what a thread without a call sets is not undone.

    Libraries set the dtype for a while, as `from_pretrained` of `transformers` does. A call that begins meanwhile would
    take that for the user's default and restore it after the library has.
    """
    with _lock:
        if not _calls_of_thread():
            _DTYPE.keep()
        _set_dtype(d)


def _after_fork() -> None:
    """In a child there is one thread: the calls of the others never end."""
    global _calls
    _calls = _calls_of_thread()
    _release_if_unused()
    _lock.release()


os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_after_fork)
