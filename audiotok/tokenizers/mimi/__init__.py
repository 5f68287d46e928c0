"""Mimi, the 12.5 Hz speech codec of Moshi, through `transformers`' MimiModel."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from audiotok.core.batching import Steps, decode_frames, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import AudioStream, Streaming, TokenStream
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint, load_pretrained
from audiotok.tokenizers._wrapper import Wrapper
from audiotok.tokenizers.mimi.streams import audio_stream, follow_device, token_stream

CHECKPOINT = Checkpoint(
    "kyutai/mimi",
    "89091b3e466eb6a9d11e537bf26b144f194978f7",
    (
        ("config.json", ""),
        ("model.safetensors", "bac7e85083dcded655d24eaadde7e6eea34c0da1b35fa2d284e641bd2b942a5e"),
    ),
)


class Mimi(Wrapper, Codec, Scalable, Embeddable, Streaming):
    """One semantic codebook distilled from WavLM and up to 31 acoustic ones in parallel to it, 2048 entries each."""

    card = TokenizerCard(
        title="Mimi",
        summary="Causal 12.5 Hz codec with transformers in the bottleneck; its first codebook is distilled from WavLM.",
        paper="https://arxiv.org/abs/2410.00037",
        code="https://github.com/kyutai-labs/moshi",
        code_licence="MIT",
        licence="CC-BY-4.0",
        domains=("speech",),
        encoder="CNN+T",
        decoder="CNN+T",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("SD",),
        joint=True,
        streamable=True,
        training_data="7 million hours of audio from the web, mostly English speech (not published)",
        trained_with=("microsoft/wavlm-large",),
        weights=CHECKPOINT.url,
        weights_sha256=CHECKPOINT.sha256,
    )

    def __init__(self, *, num_codebooks: int = 8) -> None:
        from transformers import MimiModel

        self._adopt(load_pretrained(MimiModel, CHECKPOINT), num_codebooks)

    def _adopt(self, model: Any, num_codebooks: int = 8) -> None:
        self._model = model.eval().requires_grad_(False)
        self.decode_sample_rate = model.config.sampling_rate
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        config = self._model.config
        check_codebooks(num_codebooks, config.num_quantizers)
        self.spec = TokenSpec(config.sampling_rate, config.frame_rate, (config.codebook_size,) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        follow_device(self._model)
        return encode_clips(self._encode_clips, waveform, lengths, self.spec, together=self.together)

    def _encode_clips(self, clips: Tensor) -> Tensor:
        return self._model.encode(clips.to(self._model.dtype), num_quantizers=self.spec.num_codebooks).audio_codes

    def _decode(self, tokens: Tokens) -> Tensor:
        follow_device(self._model)
        # As upstream's `decode` does.
        vectors, decoder = self._model.quantizer.decode, self._model.decoder
        steps = Steps(1, int(self.spec.hop))
        return decode_frames(
            vectors, lambda v: decoder(v).audio_values, tokens, steps=steps, together=self.together, module=decoder
        )

    def embed(self, tokens: Tokens) -> Tensor:
        follow_device(self._model)
        quantizer = self._model.quantizer
        semantic, acoustic = quantizer.semantic_residual_vector_quantizer, quantizer.acoustic_residual_vector_quantizer
        layers = [(semantic, layer) for layer in semantic.layers] + [(acoustic, layer) for layer in acoustic.layers]
        # Each half projects the sum of its vectors, without a bias, so that the projection can go to each of them.
        vectors = [
            (half.output_proj or nn.Identity())(layer.decode(codes)).mT
            for (half, layer), codes in zip(layers, tokens.codes.unbind(1), strict=False)
        ]
        return torch.stack(vectors, dim=1)

    def stream(self, batch_size: int = 1, sample_rate: int | None = None) -> TokenStream:
        return token_stream(self, self._model, batch_size, sample_rate or self.spec.sample_rate)

    def stream_decode(self, batch_size: int = 1) -> AudioStream:
        return audio_stream(self, self._model, batch_size)
