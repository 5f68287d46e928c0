"""EnCodec (Meta): the published 24 kHz mono and 48 kHz stereo models, AudioGen's 16 kHz and MusicGen's 32 kHz ones at a
commit of the hub that their user names, and any model of the family as an object.

At 48 kHz upstream cuts the clip into segments of 1 s that overlap by 1%, divides each by its level and stores that
level as a float beside the codes. Here the level is the first codebook, a code a segment: 256 steps of 0.4 dB.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

import torch
from encodec import EncodecModel
from encodec.utils import _linear_overlap_add
from torch import Tensor

from audiotok.core.batching import Steps, decode_clips, decode_frames, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import AudioStream, Streaming, TokenStream
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption
from audiotok.files import torch_hub
from audiotok.files.assets import Asset, Url, fetch
from audiotok.tokenizers._levels import LEVELS, level_code, level_of, loudness
from audiotok.tokenizers._wrapper import as_weights
from audiotok.tokenizers.encodec import audiocraft, streams

_URL = "https://dl.fbaipublicfiles.com/encodec/v0"
_24KHZ = "encodec_24khz-d7cc33bc.th"
_48KHZ = "encodec_48khz-7e698e3e.th"
_24KHZ_SHA256 = "d7cc33bcf1aad7f2dad9836f36431530744abeace3ca033005e3290ed4fa47bf"


_CARD_48KHZ: dict[str, Any] = {  # what differs from that of 24 kHz
    "title": "EnCodec 48 kHz",
    "summary": "Meta's stereo codec for music, in segments of 1 s, with 16 codebooks of 1024 entries.",
    "domains": ("music",),
    "streamable": False,
    "training_data": "Jamendo and music owned by Meta",
    "weights": f"{_URL}/{_48KHZ}",
    "weights_sha256": "",
}


class EnCodec(Codec, Scalable, Embeddable):
    """Any model of the family, with its first `num_codebooks` residual quantizers. `wrap` chooses the class: it streams
    where the model can.
    """

    card = TokenizerCard(
        title="EnCodec 24 kHz",
        summary="Meta's causal convolutional codec with an LSTM and 32 residual codebooks of 1024 entries.",
        paper="https://arxiv.org/abs/2210.13438",
        code="https://github.com/facebookresearch/encodec",
        code_licence="MIT",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN+RNN",
        decoder="CNN+RNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        streamable=True,
        training_data="DNS Challenge 4, Common Voice, AudioSet, FSD50K, Jamendo",
        weights=f"{_URL}/{_24KHZ}",
        weights_sha256=_24KHZ_SHA256,
    )

    def __init__(self, model: Any, num_codebooks: int) -> None:
        """`model`: an `encodec.EncodecModel` or a `transformers.EncodecModel` (MusicGen's)."""
        self._segment = self._stride = 0  # samples; 0: the clip is coded in one piece
        if isinstance(model, EncodecModel):
            self.decode_sample_rate, self._channels, self._entries = (
                model.sample_rate,
                model.channels,
                model.quantizer.bins,
            )
            self._hop = math.prod(model.encoder.ratios)
            self._layers = model.quantizer.vq.layers
            if model.segment_length is not None:
                self._segment, self._stride = model.segment_length, model.segment_stride or 1
            if model.normalize != bool(self._segment):
                raise InvalidOption("an EnCodec with levels but no segments, or the reverse, was never published")
        else:
            config = model.config
            if config.normalize or config.chunk_length_s is not None:
                raise InvalidOption("of transformers only models without levels and segments; use encodec's at 48 kHz")
            self.decode_sample_rate, self._channels = config.sampling_rate, config.audio_channels
            self._entries, self._hop = config.codebook_size, math.prod(config.upsampling_ratios)
            self._layers = model.quantizer.layers
        self._model = model.eval().requires_grad_(False)
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        self._count = check_codebooks(num_codebooks, len(self._layers))
        sizes, strides = (self._entries,) * self._count, (1,) * self._count
        frame_rate = self.decode_sample_rate / self._hop
        if self._segment:
            frames = self._segment_frames
            sizes, strides = (LEVELS, *sizes), (frames, *strides)
            frame_rate = frames * self.decode_sample_rate / self._stride  # the overlap is coded twice: 151.5, not 150
        self.spec = TokenSpec(self.decode_sample_rate, frame_rate, sizes, strides, channels=self._channels)

    @property
    def _segment_frames(self) -> int:
        return math.ceil(self._segment / self._hop)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        if self._segment:
            return encode_clips(lambda clip: self._encode_segments(clip)[None], waveform, lengths, self.spec)
        return encode_clips(self._encode_pieces, waveform, lengths, self.spec, together=self.together)

    def _encode_pieces(self, clips: Tensor) -> Tensor:
        """[B, C, T] -> [B, K, frames]"""
        return self._quantize(self._model.encoder(as_weights(clips, self._model)))

    def _quantize(self, embedded: Tensor) -> Tensor:
        """[B, D, frames] -> [B, K, frames]"""
        if isinstance(self._model, EncodecModel):
            return self._model.quantizer.vq.encode(embedded, n_q=self._count).transpose(0, 1)
        # transformers takes a bandwidth, and rounds the number of codebooks that it pays for down.
        bits = math.log2(self._entries) * self._model.config.frame_rate / 1000
        return self._model.quantizer.encode(embedded, (self._count + 0.5) * bits).transpose(0, 1)

    def _encode_segments(self, clip: Tensor) -> Tensor:
        """[1, C, T] -> [1 + K, frames], the level first, held for its segment.

        Upstream cannot decode a last segment that is shorter than the overlap, as one clip in 150 has, and one of less
        than half a frame leaves the segment before it a frame short; such a clip is extended by up to 320 zeros.
        """
        shortest = self._hop * (math.ceil((self._segment - self._stride) / self._hop) - 1) + 1
        last = clip.shape[2] % self._stride
        if clip.shape[2] > self._stride and 0 < last < shortest:
            clip = torch.nn.functional.pad(clip, (0, shortest - last))
        codes = []
        for start in range(0, clip.shape[2], self._stride):
            piece = clip[:, :, start : start + self._segment]
            level = loudness(piece)
            frames = self._encode_pieces(piece / level)[0]
            codes.append(torch.cat([level_code(level).view(1, 1).expand(1, frames.shape[1]), frames]))
        return torch.cat(codes, dim=1)

    def _decode(self, tokens: Tokens) -> Tensor:
        if self._segment:
            return decode_clips(lambda codes: self._decode_segments(codes[0]), tokens)
        steps = Steps(1, self._hop)
        return decode_frames(self._vectors, self._model.decoder, tokens, steps=steps, together=self.together)

    def _vectors(self, codes: Tensor) -> Tensor:
        """[B, K, frames] -> [B, D, frames]"""
        return self._model.quantizer.decode(codes.transpose(0, 1))

    def _decode_segments(self, codes: Tensor) -> Tensor:
        """[1 + K, frames] -> [1, C, T]"""
        pieces = [
            self._model.decoder(self._vectors(piece[None, 1:])) * level_of(piece[0, 0])
            for piece in codes.split(self._segment_frames, dim=1)
        ]
        # Only codes that no encoder made (see _encode_segments) end in a piece that is too short for the overlap.
        pieces[-1] = torch.nn.functional.pad(
            pieces[-1], (0, max(0, self._segment - self._stride - pieces[-1].shape[2]))
        )
        return _linear_overlap_add(pieces, self._stride)

    def embed(self, tokens: Tokens) -> Tensor:
        quantized = tokens.codes[:, 1:] if self._segment else tokens.codes
        vectors = [self._layers[k].decode(quantized[:, k]).transpose(1, 2) for k in range(self._count)]
        if self._segment:  # the level is no vector of the quantizer
            vectors.insert(0, torch.zeros_like(vectors[0]))
        return torch.stack(vectors, dim=1)


class CausalEnCodec(EnCodec, Streaming):
    """An EnCodec whose model is causal, as that of 24 kHz is."""

    def stream(self, batch_size: int = 1, sample_rate: int | None = None) -> TokenStream:
        rate = sample_rate or self.spec.sample_rate
        return streams.token_stream(self, self._model, self._quantize, batch_size, rate)

    def stream_decode(self, batch_size: int = 1) -> AudioStream:
        return streams.audio_stream(self, self._model, batch_size)


def encodec(
    *,
    model: Literal["16khz", "24khz", "32khz", "48khz"] = "24khz",
    num_codebooks: int = 4,
    revision: str = "",
) -> EnCodec:
    """The published model. `num_codebooks` counts the residual quantizers: 2, 4, 8, 16 (32 at 24 kHz) are upstream's
    bandwidths of 1.5, 3, 6, 12 and 24 kbit/s at 24 kHz, and of 3, 6, 12, 24 at 48 kHz. Any number between works: each
    refines the last. 16 and 32 kHz have 4 of 2048 entries, and want a `revision`: the commit to load of
    facebook/audiogen-medium and of facebook/encodec_32khz.
    """
    if revision and model not in audiocraft.MODELS:
        raise InvalidOption(
            f"revision is for the models on the hub, {' and '.join(audiocraft.MODELS)}; the weights of {model} "
            "are known by hash"
        )
    if model == "24khz":
        return wrap(published_24khz(), num_codebooks)
    if model == "48khz":
        tokenizer, changes = wrap(_published_48khz(), num_codebooks), _CARD_48KHZ
    else:
        checkpoint = audiocraft.checkpoint(model, revision)
        tokenizer = wrap(audiocraft.published(model, checkpoint), num_codebooks)
        changes = {"weights": checkpoint.url, **audiocraft.MODELS[model].card}
    tokenizer.card = replace(tokenizer.card, **changes)
    return tokenizer


def wrap(model: Any, num_codebooks: int) -> EnCodec:
    """A model that is loaded already, as a tokenizer; one that is causal is `Streaming`."""
    return (CausalEnCodec if streams.is_causal(model) else EnCodec)(model, num_codebooks)


def published_24khz() -> EncodecModel:
    path = fetch(Asset(_24KHZ, _24KHZ_SHA256, (Url(f"{_URL}/{_24KHZ}"),)))
    model = EncodecModel.encodec_model_24khz(pretrained=False)
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return model


def _published_48khz() -> EncodecModel:
    """Checked by the eight digits of the sha256 that upstream wrote into the file's name; it published no more."""
    model = EncodecModel.encodec_model_48khz(pretrained=False)
    model.load_state_dict(torch_hub.state_dict(f"{_URL}/{_48KHZ}", check_hash=True))
    return model
