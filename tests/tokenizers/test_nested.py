"""`bpe(inner)` and `dedup(inner)`: tokens over tokens, that decode to what the inner codec decodes to."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import audiotok
from audiotok.core.tokenizer import Codec
from audiotok.errors import InvalidData, InvalidOption
from audiotok.lm import patterns
from audiotok.registry import canonical
from audiotok.tokenizers.bpe import BUNDLED, bpe
from audiotok.tokenizers.dedup import dedup
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


@pytest.mark.parametrize("longest", [0, 4000])
def test_what_a_language_model_writes_in_merged_tokens_is_heard_to_its_end(audio, model, longest) -> None:
    outer = audiotok.load(f"bpe(mulaw):model={model}")
    whole = outer.decode(outer.encode(audio))
    pattern = patterns.get("flatten", outer.spec, max_duration=longest or None)
    written = pattern.invert(pattern.apply(outer.encode(audio)))
    assert torch.equal(outer.decode(written).waveform, whole.waveform)
    assert outer.decode(written).lengths.tolist() == [4000, 1500]
    guessed = replace(written, durations=torch.ones_like(written.codes[:, 0]))
    assert torch.equal(outer.decode(guessed).waveform, whole.waveform)


class Held(Codec):
    """Signs of 10-sample frames, and one more held over two of them."""

    card = audiotok.load("mulaw").card
    spec = audiotok.TokenSpec(16000, 1600.0, (2, 2), strides=(2, 1))
    decode_sample_rate = 16000

    def _encode(self, waveform, lengths) -> audiotok.Tokens:
        signs = (waveform[:, :, ::10] > 0).long()
        held = signs[:, :, torch.arange(signs.shape[2]) // 2 * 2]
        return audiotok.Tokens(torch.cat([held, signs], dim=1), (lengths + 9) // 10, self.spec)

    def _decode(self, tokens) -> torch.Tensor:
        return tokens.codes[:, 1:].repeat_interleave(10, dim=2).float()


def test_merged_tokens_of_held_codes_last_as_long_as_the_frames_under_them(audio, tmp_path) -> None:
    inner = Held()
    UnitBPE.train(flatten(inner.encode(audio)), 4, 8).save(tmp_path / "t.json")
    outer = bpe(inner, model=str(tmp_path / "t.json"))
    tokens = outer.encode(audio.waveform[:1, :, :30], 16000)  # 3 frames, 5 codes
    assert outer.decode(replace(tokens, num_samples=None)).lengths.tolist() == [30]


class Dropping(Codec):
    """Signs of a clip's halves of frames; the end that fills no window of 400 samples is left out."""

    card = audiotok.load("mulaw").card
    spec = audiotok.TokenSpec(16000, 50.0, (2, 2))
    decode_sample_rate = 16000

    def _encode(self, waveform, lengths) -> audiotok.Tokens:
        frames = ((lengths - 400) // 320 + 1).clamp(min=1)
        starts = (320 * torch.arange(int(frames.max()))).clamp(max=waveform.shape[2] - 1)
        inside = torch.arange(len(starts)) < frames[:, None, None]
        halves = [waveform[:, 0, starts], waveform[:, 0, (starts + 160).clamp(max=waveform.shape[2] - 1)]]
        return audiotok.Tokens((torch.stack(halves, dim=1) > 0).long() * inside, frames, self.spec)

    def _decode(self, tokens) -> torch.Tensor:
        held = 0.5 + tokens.codes.transpose(1, 2).flatten(1).repeat_interleave(160, dim=1).float()
        return torch.nn.functional.pad(held, (0, 80), value=0.25)[:, None]


@pytest.mark.parametrize("samples", [719, 720, 3919])
def test_the_end_that_a_codec_drops_is_filled_as_that_codec_alone_does(audio, tmp_path, samples) -> None:
    inner = Dropping()
    UnitBPE.train(flatten(inner.encode(audio)), 4, 8).save(tmp_path / "t.json")
    clips = audiotok.Audio.from_clips([audio.waveform[0, :, :samples], audio.waveform[0, :, :500]], 16000)
    alone = inner.decode(inner.encode(clips))
    for outer in (bpe(inner, model=str(tmp_path / "t.json")), dedup(inner, max_duration=16)):
        nested = outer.decode(outer.encode(clips))
        assert torch.equal(nested.waveform, alone.waveform)
        assert torch.equal(nested.lengths, alone.lengths)


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
