"""TensorFlow Lite files: run by LiteRT, and their multiply-accumulates by the shapes that stand in the file.

Source: schema.fbs of TensorFlow Lite 3. Convolutions' weights are [outputs, height, width, inputs of a group].
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

from audiotok.files.meter import Metered, is_metering, report, total

_OPERATORS = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}

_NOT_COUNTED = {"BATCH_MATMUL", "CONV_3D", "CONV_3D_TRANSPOSE", "CUSTOM", "IF", "SVDF", "WHILE"}


class Interpreter(Metered, litert.Interpreter):
    """LiteRT's interpreter of one file; calls of its signatures are metered."""

    def __init__(self, model_path: str, **options: Any) -> None:
        super().__init__(model_path=model_path, **options)
        self._path = Path(model_path)
        self._costs: dict[str, int | None] = {}  # of a call, by signature

    def get_signature_runner(self, signature_key: str | None = None) -> Any:
        """A runner of the signature; of the only one where none is named."""
        runner = super().get_signature_runner(signature_key)
        if not is_metering():
            return runner
        key = runner._signature_key
        if key not in self._costs:
            self._costs[key] = macs(self._path, key)
        return _metered(runner, self._costs[key])


def _metered(runner: Any, cost: int | None) -> Any:
    def run(**inputs: Any) -> Any:
        report(cost)
        return runner(**inputs)

    return run


def macs(path: Path, signature: str) -> int | None:
    """Multiply-accumulates of one call of a signature; None where an operator of it is not counted here."""
    model = schema.Model.GetRootAsModel(path.read_bytes(), 0)
    signatures = (model.SignatureDefs(i) for i in range(model.SignatureDefsLength()))
    graph = next(one.SubgraphIndex() for one in signatures if one.SignatureKey().decode() == signature)
    return total(_operator(*operator) for operator in _operators(model, graph))


def _operators(model: Any, graph: int) -> Iterator[tuple[str, list[list[int]], list[int]]]:
    """Name, shapes of the inputs, and shape of the first output."""
    subgraph = model.Subgraphs(graph)
    for operator in (subgraph.Operators(i) for i in range(subgraph.OperatorsLength())):
        code = model.OperatorCodes(operator.OpcodeIndex())
        name = _OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]  # the one that it is not is 0
        if operator.OutputsLength():
            inputs = [_shape(subgraph, operator.Inputs(i)) for i in range(operator.InputsLength())]
            yield name, inputs, _shape(subgraph, operator.Outputs(0))


def _shape(subgraph: Any, tensor: int) -> list[int]:
    """[] of a scalar, and of an optional input that is not there, whose number is -1."""
    described = subgraph.Tensors(tensor) if tensor >= 0 else None
    return [described.Shape(i) for i in range(described.ShapeLength())] if described else []


def _operator(name: str, inputs: list[list[int]], output: list[int]) -> int | None:
    match name:
        case "CONV_2D":
            return prod(output) * prod(inputs[1][1:])
        case "DEPTHWISE_CONV_2D":  # its weights are [1, height, width, outputs]
            return prod(output) * prod(inputs[1][1:3])
        case "TRANSPOSE_CONV":  # of the output's shape, the weights and the input
            return prod(inputs[2][:-1]) * prod(inputs[1])
        case "FULLY_CONNECTED":
            return prod(output) * inputs[1][-1]
        case "SQUARED_DIFFERENCE":
            return prod(output)
        case _ if name in _NOT_COUNTED or name.endswith(("LSTM", "RNN")):
            return None
    return 0
