"""Tensors of a TensorFlow checkpoint (a pair of files, .index and .data-00000-of-00001), read without TensorFlow.

The data file is the tensors' bytes one after the other. The index is a table of LevelDB: blocks of sorted keys and
values, an index of the blocks, and a footer that says where that is. A key is a tensor's name, its value a message that
says where its bytes are; the first key, "", has a header. Blocks and tensors have checksums, and all that are read are
checked.

Source: LevelDB, doc/table_format.md; TensorFlow, tensorflow/core/protobuf/tensor_bundle.proto. Read are float32 tensors
in one data file, in blocks without compression, which is how TensorFlow's savers write them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidData
from audiotok.files.crc32c import crc32c
from audiotok.files.protobuf import bytes_of, fields, number

_FOOTER, _MAGIC = 48, 0xDB4775248B80FB57
_TRAILER = 5  # bytes behind a block: kind of compression, checksum
_BYTE_ORDER = 2  # field of the header; 0, little-endian, is left out
_TYPE, _SHAPE, _FILE, _OFFSET, _SIZE, _CHECKSUM, _SLICES = range(1, 8)  # fields of an entry
_FLOAT32 = 1
_DIMENSION, _LENGTH = 2, 1  # field of a shape, field of a dimension


@dataclass(frozen=True)
class _Entry:
    """Where a tensor is, and what."""

    shape: tuple[int, ...]
    offset: int
    size: int  # bytes
    checksum: int


def read(index: Path, data: Path, names: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors of these names. Raises InvalidData where one is missing, or a file is cut or damaged."""
    try:
        values = dict(_table(memoryview(index.read_bytes())))
        if dict(fields(values[""])).get(_BYTE_ORDER):
            raise ValueError("its tensors are big-endian")
        if missing := sorted(set(names) - set(values)):
            raise InvalidData(f"{index}: it has no tensors {missing}, only {sorted(set(values) - {''})}")
        with data.open("rb") as file:
            found = {}
            for name in names:
                entry = _entry(values[name])
                file.seek(entry.offset)
                content = file.read(entry.size)
                _check(content, entry.checksum, f"tensor {name}")
                found[name] = np.frombuffer(content, "<f4").reshape(entry.shape).astype(np.float32)  # writable
        return found
    except InvalidData:
        raise
    except (IndexError, KeyError, ValueError) as error:
        raise InvalidData(
            f"{index} and {data.name}: expected a TensorFlow checkpoint of float32 tensors; the files have another "
            f"format, or are truncated or damaged ({error})"
        ) from error


def _table(file: memoryview) -> Iterator[tuple[str, memoryview]]:
    """Keys and values of a table, in order."""
    footer = file[-_FOOTER:]
    if len(footer) < _FOOTER or int.from_bytes(footer[-8:], "little") != _MAGIC:
        raise ValueError("the index does not end like a table of LevelDB")
    _, at = number(footer, 0)  # the handle of a block about blocks, which TensorFlow leaves empty
    _, at = number(footer, at)
    for _, handle in _block(file, footer[at:]):
        for key, value in _block(file, handle):
            yield key.decode(), value


def _block(file: memoryview, handle: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Keys and values of the block at a handle. A key is written as how much it shares with the last, and the rest."""
    start, at = number(handle, 0)
    size, _ = number(handle, at)
    block, trailer = file[start : start + size], file[start + size : start + size + _TRAILER]
    if len(trailer) < _TRAILER:
        raise ValueError(f"a block ends at {start + size + _TRAILER}, the file at {len(file)}")
    if trailer[0]:
        raise ValueError(f"a block is compressed, by method {trailer[0]}")
    _check(file[start : start + size + 1], int.from_bytes(trailer[1:], "little"), f"the block at {start}")
    restarts = int.from_bytes(block[-4:], "little")
    end, at, key = size - 4 * (restarts + 1), 0, b""
    while at < end:
        shared, at = number(block, at)
        own, at = number(block, at)
        length, at = number(block, at)
        key = key[:shared] + bytes(block[at : at + own])
        yield key, block[at + own : at + own + length]
        at += own + length


def _entry(value: memoryview) -> _Entry:
    """Raises ValueError where the tensor is of another kind than are read."""
    found = dict(fields(value))
    if found.get(_TYPE) != _FLOAT32 or found.get(_FILE) or _SLICES in found:
        raise ValueError("a tensor is not float32, or not entirely in one data file")
    shape = []
    for field, dimension in fields(bytes_of(found.get(_SHAPE, memoryview(b"")))):
        if field == _DIMENSION:
            shape.append(_whole(dict(fields(bytes_of(dimension))), _LENGTH))
    return _Entry(tuple(shape), _whole(found, _OFFSET), _whole(found, _SIZE), _whole(found, _CHECKSUM))


def _whole(message: dict[int, int | memoryview], field: int) -> int:
    """A number of a message, which leaves out 0."""
    value = message.get(field, 0)
    if not isinstance(value, int):
        raise ValueError("expected a number, got a message")
    return value


def _check(content: bytes | memoryview, masked: int, what: str) -> None:
    """Raises ValueError. Both formats keep a checksum turned by 15 bits and shifted, since they take some of sums."""
    found = crc32c(content)
    if (found >> 15 | found << 17) + 0xA282EAD8 & 0xFFFFFFFF != masked:
        raise ValueError(f"{what} has another checksum than the file says")
