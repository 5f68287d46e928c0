"""Mimi in a stream: what `transformers` keeps between calls to encode, and what has to be kept to decode."""

from __future__ import annotations

import threading
from typing import Any

import torch
from torch import Tensor, nn

from audiotok.core.streaming import AudioStream, Row, RowAudioStream, RowTokenStream, TokenStream
from audiotok.core.tokenizer import Codec
from audiotok.tokenizers._twin import twin

_following = threading.Lock()


def token_stream(codec: Codec, model: Any, batch_size: int, sample_rate: int) -> TokenStream:
    follow_device(model)

    def begin() -> Row:
        encoder = _Encoder(codec, model)
        return Row(codec.spec, sample_rate, encoder.code, encoder.code_last)

    return RowTokenStream(codec, batch_size, begin)


def audio_stream(codec: Codec, model: Any, batch_size: int) -> AudioStream:
    follow_device(model)
    return RowAudioStream(codec, batch_size, lambda: _Decoder(model).push)


class _Encoder:
    """One clip: upstream's caches."""

    def __init__(self, codec: Codec, model: Any) -> None:
        self._codec, self._model = codec, model
        self._caches: dict[str, Any] = {}

    def code(self, samples: Tensor) -> Tensor:
        """[1, T] -> [K, n]"""
        return self._code(self._model, samples)

    @torch.no_grad()
    def _code(self, model: Any, samples: Tensor) -> Tensor:
        out = model.encode(
            samples[None].to(self._codec.device, self._model.dtype),
            num_quantizers=self._codec.spec.num_codebooks,
            use_streaming=True,
            **self._caches,
        )
        self._caches = {
            "encoder_past_key_values": out.encoder_past_key_values,
            "padding_cache": out.padding_cache,
        }
        return out.audio_codes[0].cpu()

    def code_last(self, samples: Tensor) -> Tensor:
        # Offline, each strided convolution fills its last window in its own way, which the streaming path leaves out.
        model = twin(self._model)
        for module in model.encoder.modules():
            if hasattr(module, "_get_extra_padding_for_conv1d"):
                module.register_forward_pre_hook(_fill_last_window)
        return self._code(model, samples)


class _Decoder:
    """One clip. Upstream's decoder keeps no state but its attention's, so what the causal convolutions still see is
    kept here and run again: one latent frame before the upsampling, a few transformer outputs before the SEANet."""

    def __init__(self, model: Any) -> None:
        self._decoder, self._quantizer = model.decoder, model.quantizer
        self._context = _receptive_field(self._decoder.decoder_seanet)
        self._latents: Tensor | None = None
        self._hidden: Tensor | None = None
        self._past: Any = None

    @torch.no_grad()
    def push(self, codes: Tensor) -> Tensor:
        """[K, n] -> [T]"""
        latents = self._quantizer.decode(codes[None])
        seen = latents if self._latents is None else torch.cat([self._latents, latents], dim=2)
        upsampled = self._decoder.upsample(seen)
        new = upsampled.shape[2] // seen.shape[2] * latents.shape[2]
        out = self._decoder.decoder_transformer(upsampled[:, :, -new:].mT, past_key_values=self._past, use_cache=True)
        hidden = out.last_hidden_state.mT
        heard = hidden if self._hidden is None else torch.cat([self._hidden, hidden], dim=2)
        audio = self._decoder.decoder_seanet(heard)[0, 0].float()
        self._latents, self._hidden, self._past = latents[:, :, -1:], heard[:, :, -self._context :], out.past_key_values
        return audio[-(audio.shape[0] // heard.shape[2] * new) :]


def follow_device(model: Any) -> None:
    """Upstream caches each codebook outside the module's buffers, where a move to another device misses it."""
    with _following:
        codebooks: list[Any] = [part for part in model.quantizer.modules() if getattr(part, "_embed", None) is not None]
        for codebook in codebooks:
            cached, buffer = codebook._embed, codebook.embed_sum
            if (cached.device, cached.dtype) != (buffer.device, buffer.dtype):
                codebook._embed = None
                _ = codebook.embed  # cached again, before another thread can find it missing


def _fill_last_window(module: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    hidden, *rest = args
    extra = int(module._get_extra_padding_for_conv1d(hidden))
    return (module._pad1d(hidden, (0, extra), mode=module.pad_mode), *rest)


def _receptive_field(seanet: nn.Module) -> int:
    """Input steps before the present one that a causal decoder's output depends on, rounded up."""
    steps, rate = 0.0, 1
    for module in seanet.modules():
        if isinstance(module, nn.ConvTranspose1d):
            steps += (module.kernel_size[0] / module.stride[0] - 1) / rate
            rate *= module.stride[0]
        elif isinstance(module, nn.Conv1d):
            steps += (module.kernel_size[0] - 1) * module.dilation[0] / rate
    return int(-(-steps // 1)) + 1
