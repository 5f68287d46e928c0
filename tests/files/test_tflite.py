"""Operators of TensorFlow Lite cost what is worked out by hand from their shapes; calls are reported to a meter."""

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from audiotok.files.meter import metering
from audiotok.files.tflite import Interpreter, macs


def named(name: str, tensor: int) -> schema.TensorMapT:
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name, tensor
    return entry


def graph(name, inputs, output) -> bytes:
    """A file with one operator, of these shapes, under the signature "main"; None is an input that is left out."""
    model, subgraph = schema.ModelT(), schema.SubGraphT()
    model.version, subgraph.tensors, subgraph.operators, model.operatorCodes = 3, [], [], []
    buffer, signature = schema.BufferT(), schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = "main", 0
    code, operator = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode = getattr(schema.BuiltinOperator, name)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    operator.opcodeIndex = len(model.operatorCodes)
    numbers = []
    for shape in (*inputs, output):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer, tensor.name = shape, schema.TensorType.FLOAT32, 0, "t"
        numbers.append(-1 if shape is None else len(subgraph.tensors))
        subgraph.tensors += [] if shape is None else [tensor]
    operator.inputs, operator.outputs = numbers[:-1], numbers[-1:]
    model.operatorCodes.append(code)
    subgraph.operators.append(operator)
    last = len(subgraph.tensors) - 1
    signature.inputs = [named(f"x{number}", number) for number in range(last)]
    signature.outputs = [named("y", last)]
    subgraph.inputs, subgraph.outputs = list(range(last)), [last]
    model.subgraphs, model.buffers, model.signatureDefs = [subgraph], [buffer], [signature]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        # 10 outputs in time, of 8 channels; a kernel of 3 over 4 channels
        (("CONV_2D", [[1, 12, 1, 4], [8, 3, 1, 4], [8]], [1, 10, 1, 8]), 10 * 8 * 3 * 4),
        # 2 groups: the kernel sees 2 channels of 4
        (("CONV_2D", [[1, 12, 1, 4], [8, 3, 1, 2], [8]], [1, 10, 1, 8]), 10 * 8 * 3 * 2),
        (("DEPTHWISE_CONV_2D", [[1, 12, 1, 8], [1, 3, 1, 8], [8]], [1, 10, 1, 8]), 10 * 8 * 3),
        # every one of 10 inputs of 4 channels meets a kernel of 6 for each of 8 channels, whatever the stride
        (("TRANSPOSE_CONV", [[4], [8, 6, 1, 4], [1, 10, 1, 4], None], [1, 22, 1, 8]), 10 * 4 * 6 * 8),
        (("FULLY_CONNECTED", [[5, 16], [32, 16], [32]], [5, 32]), 5 * 16 * 32),
        (("SQUARED_DIFFERENCE", [[1, 1, 64], [1, 16, 64]], [1, 16, 64]), 16 * 64),
        (("ADD", [[1, 16, 64], [1, 16, 64]], [1, 16, 64]), 0),
        (("BATCH_MATMUL", [[2, 5, 7], [2, 7, 3]], [2, 5, 3]), None),
        (("UNIDIRECTIONAL_SEQUENCE_LSTM", [[1, 5, 7]], [1, 5, 3]), None),
    ],
)
def test_an_operator_costs_what_its_shapes_say(operator, expected, tmp_path) -> None:
    (tmp_path / "model.tflite").write_bytes(graph(*operator))
    assert macs(tmp_path / "model.tflite", "main") == expected


def test_calls_are_reported_while_a_meter_listens(tmp_path) -> None:
    (tmp_path / "model.tflite").write_bytes(graph("SQUARED_DIFFERENCE", [[1, 4], [1, 4]], [1, 4]))
    interpreter = Interpreter(str(tmp_path / "model.tflite"), num_threads=1)
    interpreter.allocate_tensors()
    x = np.ones((1, 4), np.float32)
    with metering() as meter:
        run = interpreter.get_signature_runner("main")
        run(x0=x, x1=x)
        run(x0=x, x1=x)
    interpreter.get_signature_runner("main")(x0=x, x1=x)
    assert (meter.calls, meter.macs) == (2, 8)
