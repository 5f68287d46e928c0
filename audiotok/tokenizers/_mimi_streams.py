"""Mimi in a stream: what `transformers` keeps between calls to encode, and what has to be kept to decode."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidTokens
from audiotok.streaming import (
    AudioStream,
    Resampler,
    TokenStream,
    check_batch_size,
    check_chunk,
    chosen_rows,
    frame_samples,
)
from audiotok.tokenizer import Codec
from audiotok.tokens import Tokens


class MimiTokenStream(TokenStream):
    def __init__(self, codec: Codec, model: Any, batch_size: int, sample_rate: int) -> None:
        follow_device(model)
        self._codec, self._model, self._sample_rate = codec, model, sample_rate
        self._rows = [_EncoderRow(codec, model, sample_rate) for _ in range(check_batch_size(batch_size))]

    def push(self, chunk: Tensor) -> Tokens | None:
        check_chunk(chunk, len(self._rows))
        return self._tokens([row.push(samples) for row, samples in zip(self._rows, chunk, strict=True)])

    def flush(self) -> Tokens | None:
        tokens = self._tokens([row.flush() for row in self._rows])
        self.reset()
        return tokens

    def reset(self, mask: Tensor | None = None) -> None:
        for index in chosen_rows(mask, len(self._rows)):
            self._rows[index] = _EncoderRow(self._codec, self._model, self._sample_rate)

    def _tokens(self, codes: list[Tensor]) -> Tokens | None:
        if not any(code.shape[1] for code in codes):
            return None
        return Tokens.from_clips(codes, self._codec.spec, tokenizer=self._codec.identifier)


class MimiAudioStream(AudioStream):
    def __init__(self, codec: Codec, model: Any, batch_size: int) -> None:
        follow_device(model)
        self._codec, self._model = codec, model
        self._rows = [_DecoderRow(model) for _ in range(check_batch_size(batch_size))]

    def push(self, tokens: Tokens) -> Tensor | None:
        if tokens.spec != self._codec.spec or len(tokens) != len(self._rows):
            raise InvalidTokens(
                f"this stream takes {len(self._rows)} clips of {self._codec.spec}, got {len(tokens)} of {tokens.spec}"
            )
        tokens = tokens.to(self._codec.device)
        if not int(tokens.lengths.max()):
            return None
        clips = [
            row.push(codes[:, :n]) if n else codes.new_zeros(0).float()
            for row, codes, n in zip(self._rows, tokens.codes, tokens.lengths.tolist(), strict=True)
        ]
        return nn.utils.rnn.pad_sequence(clips, batch_first=True)[:, None]

    def flush(self) -> Tensor | None:
        self.reset()
        return None  # every frame was decoded when it came

    def reset(self, mask: Tensor | None = None) -> None:
        for index in chosen_rows(mask, len(self._rows)):
            self._rows[index] = _DecoderRow(self._model)


class _EncoderRow:
    """One clip: samples that are not yet a whole frame, and upstream's caches."""

    def __init__(self, codec: Codec, model: Any, sample_rate: int) -> None:
        self._codec, self._model = codec, model
        self._hop = frame_samples(codec.spec)
        self._resampler = Resampler(sample_rate, codec.spec.sample_rate, channels=1)
        self._rest = torch.zeros(1, 0, device=codec.device)
        self._caches: dict[str, Any] = {}

    def push(self, samples: Tensor) -> Tensor:
        """[1, T] -> [K, n]"""
        return self._code_whole_frames(self._resampler.push(samples.cpu()))

    @torch.no_grad()
    def flush(self) -> Tensor:
        codes = self._code_whole_frames(self._resampler.flush())
        if not self._rest.shape[1]:
            return codes
        # Offline, each strided convolution fills its last window in its own way, which the streaming path leaves out.
        hooks = [
            module.register_forward_pre_hook(_fill_last_window, with_kwargs=False)
            for module in self._model.encoder.modules()
            if hasattr(module, "_get_extra_padding_for_conv1d")
        ]
        try:
            return torch.cat([codes, self._code(self._rest)], dim=1)
        finally:
            for hook in hooks:
                hook.remove()

    @torch.no_grad()
    def _code_whole_frames(self, samples: Tensor) -> Tensor:
        samples = torch.cat([self._rest, samples.to(self._rest.device)], dim=1)
        whole = samples.shape[1] // self._hop * self._hop
        self._rest = samples[:, whole:]
        if not whole:
            return torch.zeros(self._codec.spec.num_codebooks, 0, dtype=torch.int64, device=samples.device)
        return self._code(samples[:, :whole])

    def _code(self, samples: Tensor) -> Tensor:
        out = self._model.encode(
            samples[None].to(self._model.dtype),
            num_quantizers=self._codec.spec.num_codebooks,
            use_streaming=True,
            **self._caches,
        )
        self._caches = {
            "encoder_past_key_values": out.encoder_past_key_values,
            "padding_cache": out.padding_cache,
        }
        return out.audio_codes[0]


class _DecoderRow:
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
    for module in model.quantizer.modules():
        cached = getattr(module, "_embed", None)
        if cached is not None and (cached.device, cached.dtype) != (module.embed_sum.device, module.embed_sum.dtype):
            module._embed = None


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
