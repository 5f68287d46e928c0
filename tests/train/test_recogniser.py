"""Whisper's encoder, read back from CTranslate2's file."""

import numpy as np
import pytest
import torch

from audiotok import data
from audiotok.errors import AudiotokError
from audiotok.files.whisper import whisper_tiny_en_folder
from audiotok.models.mel import log_mel
from audiotok.train.recogniser import WhisperEar

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def folder():
    try:
        return whisper_tiny_en_folder()
    except AudiotokError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def ear(folder) -> WhisperEar:
    return WhisperEar(folder)


@pytest.fixture(scope="module")
def speech() -> torch.Tensor:
    clip = next(clip for clip in data.load("mini") if clip.domain == "speech")
    try:
        return data.read(clip).waveform[0, 0]
    except AudiotokError as error:
        pytest.skip(str(error))


def test_on_whisper_s_own_input_it_is_ctranslate2_s_encoder(ear, folder, speech, monkeypatch):
    from ctranslate2 import StorageView
    from ctranslate2.models import Whisper
    from faster_whisper.feature_extractor import FeatureExtractor

    mel = FeatureExtractor(feature_size=80)(speech.numpy(), padding=0)[None].astype(np.float32)
    model = Whisper(str(folder), compute_type="float32", intra_threads=1)
    expected = np.array(model.encode(StorageView.from_array(np.ascontiguousarray(mel)), to_cpu=True))
    monkeypatch.setattr(ear, "whisper_input", lambda frames: torch.from_numpy(mel).transpose(1, 2))
    actual = ear(torch.zeros(1, mel.shape[2], 128))
    assert np.abs(actual.numpy() - expected).max() < 1e-3


def test_our_frames_sound_to_it_as_the_recording_does(ear, speech):
    from audiotok.units.encoders import open_encoder

    actual = ear(log_mel(speech)[None])[0]
    expected = open_encoder("whisper-tiny.en")(speech)
    count = min(len(actual), len(expected))
    assert float(torch.cosine_similarity(actual[:count], expected[:count], dim=1).mean()) > 0.95


def test_the_gradient_flows_through_and_the_weights_stay(ear, speech):
    frames = log_mel(speech[:16000])[None].requires_grad_()
    ear(frames).square().mean().backward()
    assert float(frames.grad.abs().sum()) > 0
    assert all(parameter.grad is None for parameter in ear.parameters())
