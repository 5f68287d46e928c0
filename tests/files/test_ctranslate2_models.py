"""Encoding in CTranslate2 costs what torch counts for the same encoder, and what is worked out by hand."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from audiotok.errors import AssetUnavailable
from audiotok.files import ctranslate2_models
from audiotok.files.ctranslate2_models import Whisper, encoder_macs
from audiotok.files.meter import metering
from audiotok.files.whisper import whisper_tiny_en_folder
from audiotok.units.whisper import hidden_layers, whisper_encoder


def test_a_small_encoder_costs_what_is_worked_out_by_hand(tmp_path, monkeypatch) -> None:
    shapes = {
        "encoder/conv1/weight": (16, 80, 3),
        "encoder/conv2/weight": (16, 16, 3),
        "encoder/position_encodings/encodings": (1500, 16),
        "encoder/layer_0/self_attention/linear_0/weight": (48, 16),
        "encoder/layer_0/self_attention/linear_1/weight": (16, 16),
        "encoder/layer_0/ffn/linear_0/weight": (64, 16),
        "encoder/layer_0/ffn/linear_1/weight": (16, 64),
        "encoder/layer_0/ffn/linear_1/bias": (16,),
        "decoder/layer_0/ffn/linear_0/weight": (64, 16),
    }
    arrays = {name: np.zeros(shape, np.float16) for name, shape in shapes.items()}
    monkeypatch.setattr(ctranslate2_models, "read_arrays", lambda path: arrays)
    convolutions = 20 * 16 * 80 * 3 + 10 * 16 * 16 * 3
    layer = 10 * (4 * 16 * 16 + 2 * 64 * 16) + 2 * 10 * 10 * 16
    assert encoder_macs(tmp_path, 2, 80, 20) == 2 * (convolutions + layer)


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return whisper_tiny_en_folder()
    except AssetUnavailable as error:
        pytest.skip(str(error))


@pytest.mark.weights
def test_a_forked_process_may_drop_a_model_of_its_parent(folder: Path) -> None:
    models = [Whisper(str(folder), compute_type="float32")]
    process = multiprocessing.get_context("fork").Process(target=models.clear)
    process.start()
    process.join(20)
    process.kill()
    assert process.exitcode == 0


@pytest.mark.weights
def test_a_call_costs_what_torch_counts(folder: Path) -> None:
    from ctranslate2 import StorageView

    encoder, mel = whisper_encoder(folder), np.zeros((1, 80, 201), np.float32)
    encoder.set_attn_implementation("eager")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        list(hidden_layers(encoder, torch.from_numpy(mel)))
    model = Whisper(str(folder), compute_type="float32")
    with metering() as meter:
        model.encode(StorageView.from_array(mel), to_cpu=True)
    assert meter.macs == counter.get_total_flops() // 2
