"""The kinds of object in which people hold audio, each made an `Audio`."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.errors import InvalidAudio

_KINDS = (
    "Audio, a path, bytes or a binary file, an array or tensor with its sample_rate, a dict with array and "
    "sampling_rate (Hugging Face datasets), a torchcodec decoder, or a list of these"
)


def as_audio(value: Any, sample_rate: int | None) -> Audio:
    """One of the kinds that `Tokenizer.encode` takes, lists apart -> Audio. Raises InvalidAudio."""
    if isinstance(value, (Tensor, np.ndarray)) or _is_clip_of_numbers(value):
        return Audio.from_array(np.asarray(value) if isinstance(value, (list, tuple)) else value, sample_rate)
    audio = _with_own_rate(value)
    if sample_rate not in (None, audio.sample_rate):
        raise InvalidAudio(f"sample_rate={sample_rate} contradicts the audio's own {audio.sample_rate}")
    return audio


def is_list_of_clips(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and not _is_clip_of_numbers(value)


def _is_clip_of_numbers(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], (int, float, np.number))


def _with_own_rate(value: Any) -> Audio:
    if isinstance(value, Audio):
        return value
    if isinstance(value, (str, os.PathLike)):
        return Audio.load(Path(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Audio.load(io.BytesIO(value))
    if isinstance(value, io.TextIOBase):
        raise InvalidAudio("an audio file must be opened in binary mode: open(path, 'rb')")
    if isinstance(value, io.IOBase) or (hasattr(value, "read") and hasattr(value, "seek")):
        return Audio.load(value)
    if isinstance(value, Mapping):
        return _row_of_a_data_set(value)
    if hasattr(value, "get_all_samples"):  # torchcodec's AudioDecoder, which datasets returns from version 4 on
        value = value.get_all_samples()
    if hasattr(value, "data") and hasattr(value, "sample_rate"):  # torchcodec's AudioSamples
        return Audio.from_array(value.data, value.sample_rate)
    raise InvalidAudio(f"cannot make audio of {type(value).__name__}; pass {_KINDS}")


def _row_of_a_data_set(row: Mapping[str, Any]) -> Audio:
    """A value of `datasets.Audio`, decoded or not (`decode=False`)."""
    if row.get("array") is not None:
        return Audio.from_array(np.asarray(row["array"]), row.get("sampling_rate"))
    if row.get("bytes") is not None:
        return Audio.load(io.BytesIO(row["bytes"]))
    if row.get("path") is not None:
        return Audio.load(row["path"])
    raise InvalidAudio(f"a dict of audio needs array and sampling_rate, bytes, or path, got {sorted(map(str, row))}")
