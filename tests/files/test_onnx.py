"""On files that PyTorch's exporter wrote (tests/golden/make_hilcodec.py)."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from audiotok.errors import InvalidData
from audiotok.files import onnx as onnx_file


@pytest.fixture
def file(tmp_path):
    with zipfile.ZipFile(Path(__file__).parents[1] / "golden" / "hilcodec.zip") as archive:
        return Path(archive.extract("hil_speech_vq0.onnx", tmp_path))


def test_weights_are_those_that_the_network_looks_up(file):
    table = onnx_file.read_weights(file)["embed"]
    nearest, codes = onnx_file.session(file).run(None, {"x": table[None]})
    assert table.shape == (32, 8)
    assert np.array_equal(codes[0], np.arange(32))
    assert np.array_equal(nearest[0], table)


def test_a_part_computes_what_the_whole_does_on_the_way(file):
    table = onnx_file.read_weights(file)["embed"]
    distances = onnx_file.part(file, ["x"], ["/Add_output_0"]).run(None, {"x": table[None]})[0]
    assert np.allclose(distances, np.square(table[:, None] - table).sum(axis=-1), atol=1e-5)


def test_a_part_has_several_inputs_and_outputs(file):
    names = ["/ReduceSum_output_0", "/MatMul_output_0"]
    halves = onnx_file.part(file, ["x"], names).run(None, {"x": np.ones((1, 5, 8), np.float32)})
    whole = onnx_file.part(file, ["x"], ["/Sub_output_0"]).run(None, {"x": np.ones((1, 5, 8), np.float32)})
    rest = onnx_file.part(file, names, ["/Sub_output_0"]).run(None, dict(zip(names, halves, strict=True)))
    assert np.array_equal(rest[0], whole[0])


@pytest.mark.parametrize(("inputs", "outputs"), [(["/MatMul_output_0"], ["q"]), (["x"], ["nothing"])])
def test_a_part_between_tensors_that_do_not_lead_to_each_other_is_refused(file, inputs, outputs):
    with pytest.raises(InvalidData, match="do not lead to"):
        onnx_file.part(file, inputs, outputs)


def test_a_file_that_is_cut_is_refused(file):
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(InvalidData, match="cut"):
        onnx_file.read_weights(file)
    with pytest.raises(InvalidData, match="cut"):
        onnx_file.part(file, ["x"], ["q"])


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "notes.onnx").write_text("This is no network at all.")
    with pytest.raises(InvalidData, match="expected an ONNX file"):
        onnx_file.read_weights(tmp_path / "notes.onnx")
