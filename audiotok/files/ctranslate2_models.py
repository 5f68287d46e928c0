"""CTranslate2's Whisper, of which encoding is metered by the shapes of its weights."""

from __future__ import annotations

import ctypes
import os
import weakref
from pathlib import Path
from typing import Any

from ctranslate2 import models

from audiotok.files.ctranslate2 import read_arrays
from audiotok.files.meter import Metered, is_metering, report


class Whisper(Metered, models.Whisper):
    """CTranslate2's Whisper; calls of its encoder are metered."""

    def __init__(self, folder: str, **options: Any) -> None:
        super().__init__(folder, **options)
        self._folder = Path(folder)
        _opened.add(self)

    def encode(self, features: Any, to_cpu: bool = False) -> Any:
        """Log-mel [B, M, T] -> hidden states [B, ceil(T / 2), D], as CTranslate2's own."""
        if is_metering():
            report(encoder_macs(self._folder, *features.shape))
        return super().encode(features, to_cpu=to_cpu)


_opened: weakref.WeakSet[Whisper] = weakref.WeakSet()


def _keep_opened() -> None:
    """In a forked process, which must not destroy its parent's models: that waits for threads that are not here."""
    for model in _opened:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(model))


os.register_at_fork(after_in_child=_keep_opened)


def encoder_macs(folder: Path, batch: int, bands: int, frames: int) -> int:
    """Multiply-accumulates of encoding log-mels [B, M, T]: two convolutions, of which the second halves the frames,
    the weights of the layers, and attention between all frames.
    """
    shapes = {name: array.shape for name, array in read_arrays(folder / "model.bin").items()}
    width = shapes["encoder/conv1/weight"][0]
    half = -(-frames // 2)
    layers = [shape for name, shape in shapes.items() if name.startswith("encoder/layer_") and len(shape) == 2]
    attentions = sum(
        name.startswith("encoder/") and name.endswith("/self_attention/linear_0/weight") for name in shapes
    )
    convolutions = 3 * width * bands * frames + 3 * width * width * half
    linear = half * sum(outputs * inputs for outputs, inputs in layers)
    return batch * (convolutions + linear + attentions * 2 * half * half * width)
