"""The shipped residual codec: what its weights do, and that they say what made them."""

from safetensors import safe_open

import audiotok
from audiotok.metrics.stoi import stoi
from audiotok.tokenizers.own_codecs import WEIGHTS
from audiotok.train.model import MelCodec

RVQ = WEIGHTS / "rvq.safetensors"


def test_it_is_intelligible_and_better_with_more_codebooks(voice):
    codec = audiotok.load("audiotok-rvq")
    assert codec.spec.bitrate == 4000
    scores = []
    for count in (1, 8):
        fewer = codec.with_codebooks(count)
        decoded = fewer.decode(fewer.encode(voice, 16000))
        scores.append(stoi(voice.numpy(), decoded.numpy()[0], 16000))
    assert scores[1] > scores[0]


def test_its_weights_say_what_made_them():
    _, metadata = MelCodec.load(RVQ)
    assert metadata["command"].startswith("python recipes/train_codec.py")
    assert "sha256:" in metadata["data"]
    assert RVQ.stat().st_size < 6_000_000


def test_it_says_what_it_learned_from_and_that_nobody_taught_it():
    card = audiotok.load("audiotok-rvq").card
    assert "Asterisk" in card.training_data
    assert "sha256:" in card.training_data
    assert card.trained_with == ()
    assert card.auxiliary == ()


def test_it_holds_what_the_file_holds():
    with safe_open(RVQ, "pt") as file:
        held = sum(file.get_tensor(name).numel() for name in file.keys())  # noqa: SIM118 (not a dict)
    assert held <= audiotok.load("audiotok-rvq").num_parameters < 1.01 * held
