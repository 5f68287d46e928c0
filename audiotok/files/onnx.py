"""ONNX files: run on one thread, and their weights read without running them.

Source: onnx.proto of ONNX 1.x. A message is fields one after the other, each a key (number * 8 + kind of encoding) and
its content; of those here only whole numbers (kind 0) and lengths with as many bytes (kind 2) are of interest.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidData

_GRAPH, _INITIALIZER = 7, 5  # fields of a model, of a graph
_DIMENSIONS, _TYPE, _FLOATS, _NAME, _RAW = 1, 2, 4, 8, 9  # fields of a tensor
_FLOAT32 = 1
_SKIPPED = {1: 8, 5: 4}  # bytes of the other kinds


def session(path: Path) -> Any:
    """An ONNX Runtime session on one CPU thread, so that a pool of workers does not ask for more cores than it has."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors that stand in the file, by name. Raises InvalidData where it is cut or no ONNX file."""
    try:
        model = memoryview(path.read_bytes())
        graphs = [content for number, content in _fields(model) if number == _GRAPH]
        tensors = [
            dict(_tensor(content))
            for graph in graphs
            for number, content in _fields(_bytes(graph))
            if number == _INITIALIZER
        ]
        return {
            str(tensor["name"]): np.frombuffer(tensor["data"], "<f4").reshape(tensor["shape"])
            for tensor in tensors
            if tensor["type"] == _FLOAT32
        }
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise InvalidData(f"{path}: expected an ONNX file, which it is not, or it is cut ({error})") from error


def _tensor(message: int | memoryview) -> Iterator[tuple[str, Any]]:
    shape: list[int] = []
    for number, content in _fields(_bytes(message)):
        if number == _DIMENSIONS:
            shape += [content] if isinstance(content, int) else _numbers(content)
        elif number == _TYPE:
            yield "type", content
        elif number == _NAME:
            yield "name", bytes(_bytes(content)).decode()
        elif number in (_FLOATS, _RAW):
            yield "data", content
    yield "shape", shape


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _number(message, at)
            yield number, value
        elif kind == 2:
            length, at = _number(message, at)
            if at + length > len(message):
                raise ValueError(f"{at + length} bytes expected, {len(message)} there")
            yield number, message[at : at + length]
            at += length
        else:
            at += _SKIPPED[kind]


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first; -> (number, where the next field begins)."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _numbers(message: memoryview) -> list[int]:
    found, at = [], 0
    while at < len(message):
        value, at = _number(message, at)
        found.append(value)
    return found


def _bytes(content: int | memoryview) -> memoryview:
    if isinstance(content, int):
        raise ValueError("a number stands where a message is expected")
    return content
