from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import audiotok
from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import Identifier
from audiotok.core.tokenizer import Codec, Scalable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens, TokenizerFailed
from audiotok.tokenizers.dedup import dedup

WAVE = 0.1 * torch.randn(1, 1, 1601, generator=torch.Generator().manual_seed(0))


class Broken(Codec):
    """Signs of 10-sample frames; returns what it is told to return."""

    card = TokenizerCard("Broken", "", "", "", "", ("speech",), "DSP", "DSP", "T", "SQ", "fixed")
    spec = TokenSpec(16000, 1600.0, (2,))
    decode_sample_rate = 16000

    def __init__(self, spec: TokenSpec | None = None, decoded: Tensor | None = None) -> None:
        self._returned_spec, self._decoded = spec or self.spec, decoded

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        codes = (waveform[:, :, ::10] > 0).long()
        return Tokens(codes, (lengths + 9) // 10, self._returned_spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        return self._decoded if self._decoded is not None else tokens.codes.repeat_interleave(10, dim=2).float()


class Peeking(Codec):
    """Notes what it is told of a clip's length."""

    card, spec, decode_sample_rate = Broken.card, Broken.spec, 16000

    def __init__(self) -> None:
        self.seen: list[Tensor | None] = []

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return Tokens((waveform[:, :, ::10] > 0).long(), (lengths + 9) // 10, self.spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        self.seen.append(tokens.num_samples)
        return tokens.codes.repeat_interleave(10, dim=2).float()


@pytest.mark.parametrize("kind", ["audio", "path", "tensor", "array", "int16"])
def test_every_kind_of_audio_gives_the_same_codes(kind: str, tmp_path: Path) -> None:
    pcm = (WAVE[0, 0] * 32768).round().numpy().astype(np.int16)
    wave = torch.from_numpy(pcm / np.float32(32768))
    audio = audiotok.Audio.from_array(wave, 16000)
    audio.save(tmp_path / "a.wav")
    given = {"audio": audio, "path": tmp_path / "a.wav", "tensor": wave, "array": wave.numpy(), "int16": pcm}[kind]
    rate = 16000 if kind in ("tensor", "array", "int16") else None
    tokenizer = audiotok.load("mulaw")
    assert torch.equal(tokenizer.encode(given, rate).codes, tokenizer.encode(audio).codes)


def test_integers_stored_as_floats_are_refused_in_whatever_they_come() -> None:
    tokenizer, pcm = audiotok.load("mulaw"), (WAVE * 32768).round()
    for given in (pcm, audiotok.Audio.from_clips([pcm[0]], 16000), [audiotok.Audio.from_clips([pcm[0]], 16000)]):
        with pytest.raises(InvalidAudio, match="divide by the integers' full scale"):
            tokenizer.encode(given, 16000)


def test_another_rate_is_resampled() -> None:
    tokenizer = audiotok.load("mulaw:sample_rate=8000")
    resampled = audiotok.Audio.from_array(WAVE, 44100).resample(8000)
    assert torch.equal(tokenizer.encode(WAVE, 44100).codes, tokenizer.encode(resampled).codes)


def test_a_rate_that_contradicts_the_audio_is_refused() -> None:
    with pytest.raises(InvalidAudio, match="contradicts"):
        audiotok.load("mulaw").encode(audiotok.Audio.from_array(WAVE, 16000), 8000)


def test_stereo_into_mono_is_refused_unless_downmixed() -> None:
    stereo = torch.cat([WAVE, -0.5 * WAVE], dim=1)
    tokenizer = audiotok.load("mulaw")
    with pytest.raises(InvalidAudio, match="downmix=True"):
        tokenizer.encode(stereo, 16000)
    mean = tokenizer.encode(0.25 * WAVE, 16000)
    assert torch.equal(tokenizer.encode(stereo, 16000, downmix=True).codes, mean.codes)


def test_decoded_audio_is_as_long_as_what_went_in() -> None:
    tokenizer = audiotok.load("codec2")
    audio = audiotok.Audio.from_clips([WAVE[0, :, :n] for n in (1, 100, 1601)], 8000)
    assert tokenizer.decode(tokenizer.encode(audio)).lengths.tolist() == [1, 100, 1601]


def test_codes_from_elsewhere_decode_to_whole_frames() -> None:
    tokenizer = audiotok.load("codec2")
    codes = torch.zeros(1, tokenizer.spec.num_codebooks, 5, dtype=torch.int64)
    assert tokenizer.decode(Tokens(codes, torch.tensor([5]), tokenizer.spec)).lengths.tolist() == [800]


def test_tokens_of_another_tokenizer_are_refused() -> None:
    tokens = audiotok.load("codec2:mode=2400").encode(WAVE, 8000)
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        audiotok.load("codec2:mode=3200").decode(tokens)
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        audiotok.load("codec2:mode=2400").decode(replace(tokens, tokenizer="other"))


def test_an_empty_clip_is_not_decoded() -> None:
    tokenizer = audiotok.load("codec2")
    codes = torch.zeros(1, tokenizer.spec.num_codebooks, 0, dtype=torch.int64)
    with pytest.raises(InvalidTokens, match="nothing to decode"):
        tokenizer.decode(Tokens(codes, torch.tensor([0]), tokenizer.spec))


class Signs(Broken):
    """Broken with an option that only its decoder has, and one that its codes depend on."""

    decoder_options = frozenset({"loud"})


def named(identifier: str, inner: Codec | None = None) -> Codec:
    """What audiotok.load would make of the identifier."""
    codec: Codec = dedup(inner, max_duration=4) if inner else Signs()  # type: ignore[assignment]
    codec._identifier = Identifier.parse(identifier)
    return codec


@pytest.mark.parametrize(
    ("made_by", "decoded"),
    [
        ("signs:bands=2,loud=1", True),
        ("signs:bands=2", True),
        ("signs:bands=3,loud=1", False),
        ("noughts:bands=2,loud=1", False),
        ("dedup(signs:bands=2,loud=1):max_duration=4", False),
        ("no identifier", False),
    ],
)
def test_tokens_are_decoded_whatever_decoder_their_tokenizer_has(made_by: str, decoded: bool) -> None:
    codec = named("signs:bands=2,loud=5")
    tokens = replace(codec.encode(WAVE, 16000), tokenizer=made_by)
    if decoded:
        assert codec.decode(tokens).lengths.tolist() == [1601]
    else:
        with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
            codec.decode(tokens)


def test_so_are_tokens_of_tokenizers_that_are_nested() -> None:
    codec = named("dedup(signs:bands=2,loud=5):max_duration=4", named("signs:bands=2,loud=5"))
    tokens = codec.encode(WAVE, 16000)
    assert tokens.tokenizer == codec.identifier
    codec.decode(replace(tokens, tokenizer="dedup(signs:bands=2):max_duration=4"))
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        codec.decode(replace(tokens, tokenizer="dedup(signs:bands=2):max_duration=8"))


def test_tokens_that_do_not_match_the_spec_are_the_tokenizers_failure() -> None:
    with pytest.raises(TokenizerFailed, match="do not match its spec"):
        Broken(spec=TokenSpec(16000, 1600.0, (3,))).encode(WAVE, 16000)


@pytest.mark.parametrize(
    ("decoded", "message"),
    [
        (torch.full((1, 1, 1610), torch.nan), "NaN"),
        (torch.zeros(1, 1, 800), "too few"),
        (torch.zeros(1610), "decoded to"),
    ],
)
def test_nonsense_from_a_decoder_is_the_tokenizers_failure(decoded: Tensor, message: str) -> None:
    tokenizer = Broken(decoded=decoded)
    with pytest.raises(TokenizerFailed, match=message):
        tokenizer.decode(tokenizer.encode(WAVE, 16000))


def test_a_decoder_that_ends_part_of_a_frame_early_is_padded() -> None:
    tokenizer = Broken(decoded=torch.ones(1, 1, 1595))
    decoded = tokenizer.decode(tokenizer.encode(WAVE, 16000))
    assert decoded.lengths.tolist() == [1601]
    assert int(decoded.waveform.sum()) == 1595


class Words(Codec):
    """Tokens of unlike durations, which their codes tell: 0 lasts 10 samples, 1 lasts 20."""

    card, decode_sample_rate = Broken.card, 16000
    spec = replace(Broken.spec, variable_rate=True)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return Tokens((waveform[:, :, ::10] > 0).long(), (lengths + 9) // 10, self.spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        codes = [clip[0, :n] for clip, n in zip(tokens.codes, tokens.lengths.tolist(), strict=True)]
        clips = [code.repeat_interleave(10 * (code + 1)) for code in codes]
        return torch.nn.utils.rnn.pad_sequence(clips, batch_first=True)[:, None].float()


def test_where_no_durations_are_coded_the_decoder_says_how_long_a_clip_is() -> None:
    codec = Words()
    tokens = Tokens.from_clips([torch.tensor([[0, 1, 1]]), torch.tensor([[0]])], codec.spec)
    assert codec.decode(tokens).lengths.tolist() == [50, 10]
    with pytest.raises(InvalidTokens, match="only the audio that decode returns"):
        codec.decoded_lengths(tokens)
    known = replace(tokens, num_samples=torch.tensor([45, 7]))
    assert codec.decode(known).lengths.tolist() == codec.decoded_lengths(known).tolist() == [45, 7]


def test_a_decoder_that_gives_no_sample_is_the_tokenizers_failure() -> None:
    codec = Broken(decoded=torch.zeros(1, 1, 0))
    codec.spec = Words.spec
    with pytest.raises(TokenizerFailed, match="to no samples"):
        codec.decode(Tokens.from_clips([torch.tensor([[0]])], codec.spec))


def test_a_decoder_does_not_see_how_many_samples_the_clip_had() -> None:
    codec = Peeking()
    tokens = codec.encode(WAVE, 16000)
    assert tokens.num_samples is not None
    assert codec.decode(tokens).waveform.shape[2] == 1601
    assert codec.seen == [None]


def test_codes_that_are_no_tokens_are_refused_with_what_to_do() -> None:
    codec = Broken()
    codes = codec.encode(WAVE, 16000).codes
    for given in (codes, [codes], None):
        with pytest.raises(InvalidTokens, match=r"Broken takes Tokens, got .*Tokens.from_clips\(codes, codec.spec\)"):
            codec.decode(given)  # type: ignore[arg-type]
    assert codec.decode(Tokens.from_clips(codes, codec.spec)).lengths.tolist() == [1610]


def test_vectors_are_those_of_the_tokenizers_own_tokens() -> None:
    codec, other = (audiotok.load(f"{name}:num_codebooks=1") for name in ("audiotok-rvq", "audiotok-distilled"))
    tokens = codec.encode(WAVE, 16000)
    assert codec.embed(tokens).shape[:2] == (1, 1)
    assert torch.equal(codec.embed(replace(tokens, tokenizer=None)), codec.embed(tokens))
    for foreign in (other.encode(WAVE, 16000), tokens.codes):
        with pytest.raises(InvalidTokens, match=r"takes (tokens of|Tokens)"):
            codec.embed(foreign)


@pytest.mark.parametrize("number", ["4", 1.0, True, None])
def test_a_number_of_codebooks_that_is_no_integer_is_refused(number: object) -> None:
    with pytest.raises(InvalidOption, match="num_codebooks must be an integer, got"):
        Prefixes().with_codebooks(number)  # type: ignore[arg-type]
    assert Prefixes().with_codebooks(np.int64(2)).spec.num_codebooks == 2


class Prefixes(Broken, Scalable):
    """Broken with a number of codebooks."""

    def _set_codebooks(self, num_codebooks: int) -> None:
        self.spec = replace(self.spec, codebook_sizes=(2,) * num_codebooks)
