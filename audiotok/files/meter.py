"""Multiply-accumulates of models that a runtime other than torch runs, counted by their graphs while a meter listens.

The models of audiotok.files.onnx, .tflite and .ctranslate2 are `Metered`: each call of theirs reports what its graph
computes. Products of matrices, convolutions and distances to codebooks count, as in audiotok.conformance.macs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Metered:
    """A model whose calls are reported."""


@dataclass
class Meter:
    """Calls that were reported while it listened, and their sum."""

    calls: int = 0
    macs: int | None = 0  # None where a graph has an operator that is not counted here


_listening: list[Meter] = []


@contextmanager
def metering() -> Iterator[Meter]:
    """A meter that listens until the block ends."""
    meter = Meter()
    _listening.append(meter)
    try:
        yield meter
    finally:
        _listening.remove(meter)


def is_metering() -> bool:
    """Whether a meter listens: where none does, nothing needs to be counted."""
    return bool(_listening)


def report(macs: int | None) -> None:
    """One call of a model; None where its graph has an operator that is not counted here."""
    for meter in _listening:
        meter.calls += 1
        meter.macs = None if meter.macs is None or macs is None else meter.macs + macs


def total(parts: Iterable[int | None]) -> int | None:
    """Sum over the operators of a graph; None where one of them is not counted."""
    found = list(parts)
    return None if None in found else sum(part for part in found if part is not None)
