"""ONNX files: run on one thread, whole or in part, and their weights read without running them.

Source: onnx.proto of ONNX 1.x.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidData
from audiotok.files.protobuf import bytes_of, fields, numbers

_GRAPH = 7  # field of a model
_NODE, _GRAPH_NAME, _INITIALIZER, _INPUT, _OUTPUT = 1, 2, 5, 11, 12  # fields of a graph
_READS, _MAKES = 1, 2  # fields of a node: names of tensors
_DIMENSIONS, _TYPE, _FLOATS, _NAME, _RAW = 1, 2, 4, 8, 9  # fields of a tensor
_FLOAT32 = 1


def session(model: Path | bytes) -> Any:
    """An ONNX Runtime session on one CPU thread, so that a pool of workers does not ask for more cores than it has.

    Its calls are metered (audiotok.files.meter).
    """
    from audiotok.files.onnx_session import Session

    return Session(model)


def part(path: Path, inputs: Sequence[str], outputs: Sequence[str]) -> Any:
    """A session of the nodes alone that lead from some float32 tensors of the file, `inputs`, to others, `outputs`.

    Raises InvalidData where they do not lead there, or where the file is cut.
    """
    try:
        model = list(fields(memoryview(path.read_bytes())))
        graph = [field for number, content in model if number == _GRAPH for field in fields(bytes_of(content))]
        nodes, lacking = [], set(outputs)
        for node in reversed([bytes_of(content) for number, content in graph if number == _NODE]):  # makers stand first
            if made := lacking & _names(node, _MAKES):
                nodes.append(node)
                lacking = lacking - made | _names(node, _READS) - set(inputs)
        constants = [bytes_of(content) for number, content in graph if number == _INITIALIZER]
        named = {str(dict(_tensor(constant))["name"]): constant for constant in constants}
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise _no_onnx(path, error) from error
    if missing := sorted(lacking - set(named)):
        raise InvalidData(
            f"{path}: {', '.join(inputs)} alone do not lead to {', '.join(outputs)}; {missing} is missing"
        )
    kept = [_field(_NODE, node) for node in reversed(nodes)] + [_field(_GRAPH_NAME, b"part")]
    kept += [_field(_INITIALIZER, named[name]) for name in sorted(lacking)]
    kept += [_field(_INPUT, _float_tensor(name)) for name in inputs]
    kept += [_field(_OUTPUT, _float_tensor(name)) for name in outputs]
    others = [_field(number, content) for number, content in model if number != _GRAPH]
    return session(b"".join([*others, _field(_GRAPH, b"".join(kept))]))


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors that stand in the file, by name. Raises InvalidData where it is cut or no ONNX file."""
    try:
        model = memoryview(path.read_bytes())
        graphs = [content for number, content in fields(model) if number == _GRAPH]
        tensors = [
            dict(_tensor(content))
            for graph in graphs
            for number, content in fields(bytes_of(graph))
            if number == _INITIALIZER
        ]
        return {
            str(tensor["name"]): np.frombuffer(tensor["data"], "<f4").reshape(tensor["shape"])
            for tensor in tensors
            if tensor["type"] == _FLOAT32
        }
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise _no_onnx(path, error) from error


def _no_onnx(path: Path, error: Exception) -> InvalidData:
    return InvalidData(f"{path}: expected an ONNX file; it has another format or is truncated ({error})")


def _names(node: memoryview, kind: int) -> set[str]:
    """Names of the tensors that a node reads or makes; an optional one that it leaves out is nameless."""
    return {bytes(bytes_of(content)).decode() for number, content in fields(node) if number == kind} - {""}


def _float_tensor(name: str) -> bytes:
    """The description (ValueInfoProto) of a tensor of float32 and any shape."""
    tensor = _field(1, _field(1, _FLOAT32))  # of a type: of a tensor, of these elements
    return _field(1, name.encode()) + _field(2, tensor)


def _field(number: int, content: int | bytes | memoryview) -> bytes:
    """The inverse of `protobuf.fields`, for one."""
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return b"".join((_varint(number << 3 | 2), _varint(len(content)), content))


def _varint(value: int) -> bytes:
    """The inverse of `protobuf.number`."""
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])


def _tensor(message: int | memoryview) -> Iterator[tuple[str, Any]]:
    shape: list[int] = []
    for number, content in fields(bytes_of(message)):
        if number == _DIMENSIONS:
            shape += [content] if isinstance(content, int) else numbers(content)
        elif number == _TYPE:
            yield "type", content
        elif number == _NAME:
            yield "name", bytes(bytes_of(content)).decode()
        elif number in (_FLOATS, _RAW):
            yield "data", content
    yield "shape", shape
