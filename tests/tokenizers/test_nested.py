"""`bpe(inner)` and `dedup(inner)`: tokens over tokens, that decode to what the inner codec decodes to."""

import numpy as np
import pytest
import torch

import audiotok
from audiotok.core.tokenizer import Codec
from audiotok.errors import InvalidData, InvalidOption
from audiotok.registry import canonical
from audiotok.tokenizers.bpe import BUNDLED
from audiotok.units.bpe import UnitBPE
from audiotok.units.flatten import flatten


@pytest.fixture(scope="module")
def audio() -> audiotok.Audio:
    """A tone with pauses, and a shorter one, at 16 kHz."""
    time = torch.arange(4000) / 16000
    tone = 0.5 * torch.sin(2 * torch.pi * 200 * time) * (time % 0.1 < 0.05)
    return audiotok.Audio.from_clips([tone[None], tone[None, :1500]], 16000)


@pytest.fixture(scope="module")
def model(audio, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("bpe") / "tokenizer.json"
    UnitBPE.train(flatten(audiotok.load("mulaw").encode(audio)), 256, 400).save(path)
    return str(path)


def test_bpe_over_a_codec_decodes_to_the_same_audio(audio, model) -> None:
    inner, outer = audiotok.load("mulaw"), audiotok.load(f"bpe(mulaw):model={model}")
    tokens = outer.encode(audio)
    assert int(tokens.lengths[0]) < 4000 / 4
    assert torch.equal(outer.decode(tokens).waveform, inner.decode(inner.encode(audio)).waveform)


@pytest.mark.parametrize("identifier", ["bpe(mulaw):model={model}", "dedup(mulaw):max_duration=64"])
def test_tokens_of_an_unknown_clip_decode_to_as_many_samples_as_their_durations_say(audio, model, identifier) -> None:
    outer = audiotok.load(identifier.format(model=model))
    tokens = outer.encode(audio)
    bare = audiotok.Tokens(tokens.codes, tokens.lengths, tokens.spec, durations=tokens.durations)
    assert outer.decode(bare).lengths.tolist() == [4000, 1500]


def test_dedup_over_a_codec_decodes_to_the_same_audio(audio) -> None:
    inner, outer = audiotok.load("mulaw"), audiotok.load("dedup(mulaw):max_duration=64")
    tokens = outer.encode(audio)
    assert int(tokens.lengths[0]) < 4000
    assert torch.equal(outer.decode(tokens).waveform, inner.decode(inner.encode(audio)).waveform)


def test_over_a_codec_it_is_a_codec(model) -> None:
    assert isinstance(audiotok.load(f"bpe(mulaw):model={model}"), Codec)
    assert isinstance(audiotok.load("dedup(mulaw):max_duration=4"), Codec)


def test_identifiers_keep_their_inner_one(model) -> None:
    assert canonical("dedup(mulaw):max_duration=4") == "dedup(mulaw:sample_rate=16000):max_duration=4"


def test_dedup_over_a_codec_needs_a_longest_run() -> None:
    with pytest.raises(InvalidOption, match="max_duration=16"):
        audiotok.load("dedup(mulaw)")


def test_a_model_of_another_alphabet_is_refused(tmp_path) -> None:
    UnitBPE.train([np.array([0, 1])], 2, 2).save(tmp_path / "t.json")
    with pytest.raises(InvalidOption, match="learnt over 2 codes, the tokenizer has 256"):
        audiotok.load(f"bpe(mulaw):model={tmp_path / 't.json'}")


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidData, match=r"nowhere\.json"):
        audiotok.load("bpe(mulaw):model=nowhere.json")


def test_a_bundled_model_is_had_by_name() -> None:
    bpe = UnitBPE.load(BUNDLED / "whisper-units-2048.json")
    assert (bpe.alphabet, bpe.vocab_size) == (500, 2048)


def test_bpe_without_a_model_says_what_is_missing() -> None:
    with pytest.raises(InvalidOption, match="model=…"):
        audiotok.load("bpe(mulaw)")


def test_the_inner_tokenizer_moves_along(model) -> None:
    outer = audiotok.load(f"bpe(mulaw):model={model}").to("meta")
    assert outer.inner.device == torch.device("meta")
