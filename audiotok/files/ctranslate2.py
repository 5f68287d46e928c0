"""The arrays in a CTranslate2 `model.bin`, read without running the model: to count them, or to load them elsewhere.

Source: `model_spec.py` of CTranslate2 4, binary version 6. Little-endian; a string is its length (uint16, with the
closing zero byte) and its bytes.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidData

_VERSION = 6
_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)  # by CTranslate2's number for it; 5 is bfloat16


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Name ("encoder/conv1/weight") -> array, mapped from the file and read where it is used.

    Aliases stand under both names. Raises InvalidData where the file is cut or of another version or type.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    cursor = _Cursor(data, path)
    if (version := cursor.number("I")) != _VERSION:
        raise InvalidData(f"{path}: expected a CTranslate2 model of binary version {_VERSION}, got {version}")
    cursor.text()  # name of the specification
    cursor.number("I")  # its revision
    arrays: dict[str, NDArray[Any]] = {}
    for _ in range(cursor.number("I")):
        name = cursor.text()
        shape = tuple(cursor.number("I") for _ in range(cursor.number("B")))
        kind, size = cursor.number("B"), cursor.number("I")
        if kind >= len(_TYPES):
            raise InvalidData(f"{path}: {name} is of type {kind}, known are 0 to {len(_TYPES) - 1}")
        arrays[name] = cursor.take(size).view(_TYPES[kind]).reshape(shape)
    for _ in range(cursor.number("I")):
        alias = cursor.text()
        arrays[alias] = arrays[cursor.text()]
    return arrays


class _Cursor:
    def __init__(self, data: NDArray[np.uint8], path: Path) -> None:
        self.data, self.path, self.at = data, path, 0

    def take(self, size: int) -> NDArray[np.uint8]:
        if self.at + size > len(self.data):
            raise InvalidData(f"{self.path}: truncated, expected {self.at + size} bytes, got {len(self.data)}")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, kind: str) -> int:
        return int(struct.unpack(f"<{kind}", self.take(struct.calcsize(kind)).tobytes())[0])

    def text(self) -> str:
        return self.take(self.number("H")).tobytes().rstrip(b"\0").decode()
