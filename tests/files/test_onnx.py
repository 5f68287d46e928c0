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


def test_a_file_that_is_cut_is_refused(file):
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(InvalidData, match="cut"):
        onnx_file.read_weights(file)


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "notes.onnx").write_text("This is no network at all.")
    with pytest.raises(InvalidData, match="expected an ONNX file"):
        onnx_file.read_weights(tmp_path / "notes.onnx")
