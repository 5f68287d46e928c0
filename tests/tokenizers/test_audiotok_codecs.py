"""The shipped codecs, audiotok-rvq and audiotok-distilled: what their weights do, and that they say what made them."""

import pytest
from safetensors import safe_open

import audiotok
from audiotok.metrics.stoi import stoi
from audiotok.models.mel_codec import MelCodec
from audiotok.tokenizers.own_codecs import WEIGHTS

TAUGHT_BY = {"audiotok-rvq": (), "audiotok-distilled": ("whisper-base",)}


@pytest.fixture(params=TAUGHT_BY)
def name(request):
    return request.param


@pytest.fixture
def file(name):
    return WEIGHTS / f"{name.removeprefix('audiotok-')}.safetensors"


def test_it_is_intelligible_and_better_with_more_codebooks(name, voice):
    codec = audiotok.load(name)
    assert codec.spec.bitrate == 4000
    scores = []
    for count in (1, 8):
        fewer = codec.with_codebooks(count)
        decoded = fewer.decode(fewer.encode(voice, 16000))
        scores.append(stoi(voice.numpy(), decoded.numpy()[0], 16000))
    assert scores[1] > scores[0]


def test_its_weights_say_what_made_them(file):
    _, metadata = MelCodec.load(file)
    assert metadata["command"].startswith("python recipes/train_codec.py")
    assert metadata["command"].endswith(f"weights/{file.name}")
    assert "sha256:" in metadata["data"]
    assert file.stat().st_size < 6_000_000


def test_it_says_what_it_learned_from_and_who_taught_it(name):
    card = audiotok.load(name).card
    assert "Asterisk" in card.training_data
    assert "sha256:" in card.training_data
    assert card.trained_with == TAUGHT_BY[name]
    assert card.auxiliary == (("SD",) if TAUGHT_BY[name] else ())


def test_it_holds_what_the_file_holds(name, file):
    with safe_open(file, "pt") as tensors:
        held = sum(tensors.get_tensor(key).numel() for key in tensors.keys())  # noqa: SIM118 (not a dict)
    assert held <= audiotok.load(name).num_parameters < 1.01 * held
