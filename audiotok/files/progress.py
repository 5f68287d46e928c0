"""Progress on stderr: bars, and notes of what takes its time. `audiotok --quiet` and AUDIOTOK_QUIET silence both, here
and in the processes that are started; warnings and errors stay.

A process that shares the terminal with others does not draw its bars: it says how far they are (`said_to`).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tqdm import tqdm

QUIET = "AUDIOTOK_QUIET"
_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


def is_quiet() -> bool:
    return bool(os.environ.get(QUIET))


def progress_bar(items: Iterable[Any] | None = None, **options: Any) -> tqdm[Any]:
    """A tqdm over `items`, or of a `total` that its caller counts; `options` are tqdm's."""
    if is_quiet():
        return tqdm(items, **options | {"disable": True})
    if _listener.get():
        return _Said(items, **options | {"disable": False, "file": io.StringIO()})
    return tqdm(items, **options)


@contextmanager
def said_to(listener: Callable[[str], None]) -> Iterator[None]:
    """Bars that are made meanwhile tell `listener` how far they are, and are not drawn."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


class _Said(tqdm):
    monitor_interval = 0  # no thread of tqdm's, which would speak in between

    def display(self, *_: Any, **__: Any) -> None:
        if (listener := _listener.get()) and self.total:
            listener(f"{self.desc} {self.n / self.total:.0%}")


def note(text: str) -> None:
    """Say what is under way, where nothing else would."""
    if not is_quiet():
        print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """A line above the bars, quiet or not."""
    tqdm.write(text, file=sys.stderr)
