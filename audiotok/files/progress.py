"""Progress on stderr: bars, and notes of what takes its time. `audiotok --quiet` and AUDIOTOK_QUIET silence both, here
and in the processes that are started; warnings and errors stay.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

QUIET = "AUDIOTOK_QUIET"


def is_quiet() -> bool:
    return bool(os.environ.get(QUIET))


def progress_bar(items: Iterable[Any] | None = None, **options: Any) -> tqdm[Any]:
    """A tqdm over `items`, or of a `total` that its caller counts; `options` are tqdm's."""
    return tqdm(items, **(options | {"disable": True} if is_quiet() else options))


def note(text: str) -> None:
    """Say what is under way, where nothing else would."""
    if not is_quiet():
        print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """A line above the bars, quiet or not."""
    tqdm.write(text, file=sys.stderr)
