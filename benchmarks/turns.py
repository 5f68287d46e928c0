"""Two ways of doing one thing, timed in turns in one process, so that what else the machine does falls out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]


def fastest(
    ours: Call, theirs: Call, turns: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Seconds of the fastest of each; a turn more warms up."""
    times: dict[Call, list[float]] = {ours: [], theirs: []}
    for turn in range(turns + 1):
        for call in (ours, theirs) if turn % 2 else (theirs, ours):
            started = clock()
            call()
            times[call].append(clock() - started)
    return min(times[ours][1:]), min(times[theirs][1:])
