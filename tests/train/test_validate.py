"""Validation with the leaderboard's metrics."""

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.models.mel_codec import MelCodec
from audiotok.train.validate import reconstruct, validate, waveforms


@pytest.fixture
def codec(config, vowel, stream) -> MelCodec:
    codec = MelCodec(config)
    codec.start(stream.sample())
    codec(stream.crops(2, 40, torch.Generator()).frames)  # k-means
    return codec


def test_a_reconstruction_is_as_long_as_the_clip(codec, vowel):
    assert len(reconstruct(codec.eval(), vowel[:1001], 2)) == 1001


def test_validation_changes_neither_the_codec_nor_the_random_state(codec, vowel):
    before = torch.get_rng_state()
    scores = validate(codec.train(), [vowel], (1, 3))
    assert codec.training
    assert torch.equal(torch.get_rng_state(), before)
    assert set(scores) == {"estoi/1", "mel_distance/1", "estoi/3", "mel_distance/3"}


def test_what_is_undefined_has_no_value(codec):
    assert "estoi/3" not in validate(codec, [torch.zeros(8000)])


def test_long_clips_are_validated_on_their_beginnings(vowels):
    whole = waveforms(vowels, 1, shortest_s=0.1)[0]
    (beginning,) = waveforms(vowels, 1, shortest_s=0.1, longest_s=0.25)
    assert torch.allclose(beginning[:3900], whole[:3900], atol=1e-3)
    assert len(beginning) == 4000


def test_no_clip_of_a_useful_length_is_an_error(vowels):
    with pytest.raises(InvalidData, match="no clip of at least 10 s"):
        waveforms(vowels, 2, shortest_s=10, longest_s=20)
