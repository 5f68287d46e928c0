"""Costs of ONNX files are those that torch's FLOP counter gives for the modules that they were exported from."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from audiotok.files import onnx as onnx_file
from audiotok.files.meter import metering
from audiotok.files.onnx_session import macs


@pytest.fixture
def folder(tmp_path):
    with zipfile.ZipFile(Path(__file__).parents[1] / "golden" / "hilcodec.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("part", "name", "shape", "expected"),
    [
        # upstream's classes in torch, as tests/golden/make_hilcodec.py builds them, one frame; their FLOPs halved
        ("enc", "wav_in", (1, 1, 320), 360_320),
        ("dec", "q", (1, 1, 8), 396_576),
        ("vq0", "x", (1, 1, 8), 8 * 32),
        ("vq0", "x", (1, 5, 8), 5 * 8 * 32),
    ],
)
def test_a_call_costs_what_torch_counts(folder, part, name, shape, expected) -> None:
    past = folder / f"hil_speech_cache_{part}.npz"
    inputs = {name: np.ones(shape, np.float32)} | (dict(np.load(past)) if past.exists() else {})
    assert macs(str(folder / f"hil_speech_{part}.onnx"), inputs) == expected


def test_calls_are_reported_while_a_meter_listens(folder) -> None:
    session = onnx_file.session((folder / "hil_speech_vq0.onnx").read_bytes())
    with metering() as meter:
        for frames in (1, 1, 2):
            session.run(None, {"x": np.ones((1, frames, 8), np.float32)})
    session.run(["idx"], {"x": np.ones((1, 1, 8), np.float32)})
    assert (meter.calls, meter.macs) == (3, 4 * 8 * 32)
