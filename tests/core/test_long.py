from pathlib import Path

import pytest
import soundfile
import torch
from torch import Tensor

import audiotok
from audiotok.core.audio import Audio
from audiotok.core.card import TokenizerCard
from audiotok.core.long import decode_long, encode_long
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens

WAVE = 0.2 * torch.randn(1, 1, 100_003, generator=torch.Generator().manual_seed(0))


class Smoothed(Tokenizer):
    """Level of 100-sample frames over 500 samples on both sides: a known, finite receptive field."""

    card = TokenizerCard("Smoothed", "", "", "", "", ("speech",), "DSP", "-", "T", "SQ", "fixed")

    def __init__(self, *, stride: int = 1) -> None:
        self.spec = TokenSpec(16000, 160.0, (1000, 1000), strides=(stride, 1))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        padded = torch.nn.functional.pad(waveform[0].abs().double(), (500, 500 + -waveform.shape[2] % 100))
        levels = (padded.unfold(1, 1100, 100).mean(dim=2) * 4000).round().long().clamp(0, 999)
        stride = self.spec.stride(0)
        held = levels[:, ::stride].repeat_interleave(stride, dim=1)[:, : levels.shape[1]]
        return Tokens.from_clips([torch.cat([held, levels])], self.spec)


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("chunk_s", [0.05, 0.5, 2.0, 100.0])
def test_seams_do_not_show_where_the_context_covers_the_receptive_field(stride: int, chunk_s: float) -> None:
    tokenizer = Smoothed(stride=stride)
    whole = tokenizer.encode(WAVE, 16000)
    long = encode_long(tokenizer, Audio.from_array(WAVE, 16000), chunk_s, context_s=500 / 16000)
    assert torch.equal(long.codes, whole.codes)
    assert torch.equal(long.num_samples, whole.num_samples)


def test_without_context_the_seams_show() -> None:
    tokenizer = Smoothed()
    long = encode_long(tokenizer, Audio.from_array(WAVE, 16000), 0.5, context_s=0.0)
    equal = (long.codes == tokenizer.encode(WAVE, 16000).codes).double().mean()
    assert 0.5 < equal < 1


@pytest.mark.parametrize("name", ["mulaw", "codec2:mode=1200"])
def test_a_file_at_another_rate_gives_what_encode_gives(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, WAVE[0, 0].repeat(6).numpy(), 44100)  # longer than what is read at a time
    tokenizer = audiotok.load(name)
    long, whole = encode_long(tokenizer, path), tokenizer.encode(path)
    assert torch.equal(long.codes, whole.codes)
    assert torch.equal(tokenizer.decode(long).lengths, whole.num_samples)


def test_stereo_is_refused_unless_downmixed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, WAVE[0].repeat(2, 1).T.numpy(), 16000)
    with pytest.raises(InvalidAudio, match="downmix=True"):
        encode_long(audiotok.load("mulaw"), path)
    assert int(encode_long(audiotok.load("mulaw"), path, downmix=True).lengths) == WAVE.shape[2]


def test_files_that_load_refuses_are_refused(tmp_path: Path) -> None:
    tokenizer = audiotok.load("mulaw")
    soundfile.write(tmp_path / "cut.wav", WAVE[0, 0].numpy(), 16000)
    (tmp_path / "cut.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:5000])
    (tmp_path / "text.wav").write_text("hello")
    for name, message in (("cut.wav", "cut short"), ("text.wav", "not an audio file"), ("none.wav", "no such file")):
        with pytest.raises(InvalidAudio, match=message):
            encode_long(tokenizer, tmp_path / name)


@pytest.mark.parametrize("arguments", [(0, 1), (-1, 1), (1, -1)])
def test_impossible_chunks_are_refused(arguments: tuple[float, float]) -> None:
    with pytest.raises(InvalidOption, match="chunk_s must be positive"):
        encode_long(Smoothed(), Audio.from_array(WAVE, 16000), *arguments)


def test_a_batch_is_refused() -> None:
    with pytest.raises(InvalidAudio, match="one clip"):
        encode_long(Smoothed(), Audio.from_array(WAVE.repeat(2, 1, 1), 16000))


class Interpolated(Codec):
    """Values of 100-sample frames, blurred over two frames on both sides; decoded at another rate than encoded."""

    card = TokenizerCard("Interpolated", "", "", "", "", ("speech",), "DSP", "DSP", "T", "SQ", "fixed")
    decode_sample_rate = 24000

    def __init__(self, *, stride: int = 1, voices: int = 0) -> None:
        whole = (voices,) if voices else ()
        self.spec = TokenSpec(16000, 160.0, (100, 100), strides=(stride, 1), global_sizes=whole)
        self.batches: list[int] = []

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        raise NotImplementedError

    def _decode(self, tokens: Tokens) -> Tensor:
        self.batches.append(len(tokens))
        values = tokens.codes.sum(dim=1).double() * tokens.mask
        if tokens.global_codes is not None:
            values = values * (1 + tokens.global_codes)
        blurred = torch.nn.functional.pad(values, (2, 2)).unfold(1, 5, 1).mean(dim=2)
        return blurred.repeat_interleave(150, dim=1)[:, None].float() / 1000


def random_tokens(codec: Codec, frames: int, num_samples: int | None = None) -> Tokens:
    generator = torch.Generator().manual_seed(frames)
    spec = codec.spec
    codes = [
        torch.randint(size, (-(-frames // spec.stride(k)),), generator=generator).repeat_interleave(spec.stride(k))[
            :frames
        ]
        for k, size in enumerate(spec.codebook_sizes)
    ]
    samples = None if num_samples is None else torch.tensor([num_samples])
    whole = torch.tensor([[1] * len(spec.global_sizes)]) if spec.global_sizes else None
    return Tokens(torch.stack(codes)[None], torch.tensor([frames]), spec, global_codes=whole, num_samples=samples)


def joined(codec: Codec, tokens: Tokens, chunk_s: float, context_s: float = 2.0) -> Tensor:
    return torch.cat([piece.waveform for piece in decode_long(codec, tokens, chunk_s, context_s)], dim=2)


@pytest.mark.parametrize(("stride", "voices"), [(1, 0), (3, 0), (1, 2)])
@pytest.mark.parametrize("chunk_s", [0.05, 0.5, 2.0, 100.0])
@pytest.mark.parametrize("batched", [False, True])
def test_pieces_of_decoded_audio_join_to_the_whole(stride: int, voices: int, chunk_s: float, batched: bool) -> None:
    codec = Interpolated(stride=stride, voices=voices)
    codec.batched = batched
    for tokens in (random_tokens(codec, 803), random_tokens(codec, 803, 80_201)):
        whole = codec.decode(tokens).waveform
        assert torch.equal(joined(codec, tokens, chunk_s, context_s=2 / 160), whole)


def test_chunks_are_decoded_together_where_clips_are() -> None:
    codec = Interpolated()
    tokens = random_tokens(codec, 1600)
    for batched, most in ((False, 1), (True, 8)):
        codec.batches, codec.batched = [], batched
        joined(codec, tokens, 0.5)
        assert max(codec.batches) == most


@pytest.mark.parametrize("name", ["mulaw", "codec2:mode=1200"])
def test_a_codec_that_streams_decodes_long_clips_in_its_stream(name: str) -> None:
    codec = audiotok.load(name)
    assert isinstance(codec, Codec)
    tokens = codec.encode(WAVE, 16000)
    torch.testing.assert_close(joined(codec, tokens, 0.7), codec.decode(tokens).waveform, rtol=0, atol=0)


def test_tokens_that_decode_refuses_are_refused_at_once() -> None:
    codec = Interpolated()
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        decode_long(codec, random_tokens(Interpolated(stride=2), 8))
    two = Tokens.collate([random_tokens(codec, 8), random_tokens(codec, 9)])
    with pytest.raises(InvalidTokens, match="takes one clip"):
        decode_long(codec, two)
    with pytest.raises(InvalidOption, match="chunk_s must be positive"):
        decode_long(codec, random_tokens(codec, 8), chunk_s=0)


def test_codes_that_are_no_tokens_are_refused_with_what_to_do() -> None:
    codec = audiotok.load("mulaw")
    with pytest.raises(InvalidTokens, match=r"takes Tokens, got torch\.int64"):
        decode_long(codec, codec.encode(WAVE[..., :100], 16000).codes)  # type: ignore[arg-type]
