"""Results of time (`Declaration.timed`): they hold for the machine of their provenance, and are compared within it."""

from __future__ import annotations

from audiotok.results.record import Result

OTHER_MACHINE = "timed on another machine"  # why two times are not ranked
LOAD = "real-time factors: the load of the machine is no part of the intervals"


def is_timed(result: Result) -> bool:
    if result.question != "rate":
        return False
    from audiotok.metrics import catalogue  # not above: it takes a second

    return result.metric in catalogue.names() and catalogue.get(result.metric).timed


def timed_apart(*results: Result) -> bool:
    """Whether they are times of several machines."""
    return len({result.provenance.get("machine", "") for result in results if is_timed(result)}) > 1
