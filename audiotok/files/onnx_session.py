"""ONNX Runtime's session on one thread, and the multiply-accumulates of a call, by the runtime's own trace.

Source: the events "kernel_time" of ONNX Runtime's profile, which give each operator the shapes that it met. Without
optimisation, operators are those of the file and not fused ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnxruntime

from audiotok.files.meter import Metered, is_metering, report, total

_NOT_COUNTED = {"Attention", "ConvInteger", "Einsum", "GRU", "If", "LSTM", "Loop", "MatMulInteger", "RNN", "Scan"}


class Session(Metered, onnxruntime.InferenceSession):
    """A session on one CPU thread; its calls are metered."""

    def __init__(self, model: Path | bytes) -> None:
        self._source = model if isinstance(model, bytes) else str(model)
        self._costs: dict[str, int | None] = {}  # of a call, by the shapes of its inputs
        super().__init__(self._source, _options(), providers=["CPUExecutionProvider"])

    def run(self, output_names: Any, input_feed: Mapping[str, Any], run_options: Any = None) -> Any:
        """ONNX Runtime's own `run`."""
        if is_metering():
            shapes = repr([(name, value.shape) for name, value in input_feed.items()])
            if shapes not in self._costs:
                self._costs[shapes] = macs(self._source, input_feed)
            report(self._costs[shapes])
        return super().run(output_names, input_feed, run_options)


def _options() -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return options


def macs(model: str | bytes, inputs: Mapping[str, Any]) -> int | None:
    """Multiply-accumulates of one call; None where an operator of it is not counted here."""
    options = _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_profiling = True
    with TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "trace")
        traced = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        traced.run(None, dict(inputs))
        events = json.loads(Path(traced.end_profiling()).read_text(encoding="utf-8"))
    ran = [event["args"] for event in events if event["name"].endswith("_kernel_time")]
    return total(
        _operator(one["op_name"], _shapes(one["input_type_shape"]), _shapes(one["output_type_shape"])) for one in ran
    )


def _shapes(described: list[dict[str, list[int]]]) -> list[list[int]]:
    """[{"float": [1, 8]}, ...] -> [[1, 8], ...]"""
    return [shape for tensor in described for shape in tensor.values()]


def _operator(name: str, inputs: list[list[int]], outputs: list[list[int]]) -> int | None:
    match name:
        case "Conv":  # weights [outputs, inputs of a group, *kernel]
            return prod(outputs[0]) * prod(inputs[1][1:])
        case "ConvTranspose":  # weights [inputs, outputs of a group, *kernel]
            return prod(inputs[0]) * prod(inputs[1][1:])
        case "Gemm":
            return prod(outputs[0]) * prod(inputs[1]) // outputs[0][-1]
        case "MatMul":
            return prod(outputs[0]) * inputs[0][-1]
        case _ if name in _NOT_COUNTED or name.startswith(("Fused", "QLinear")):
            return None
    return 0
