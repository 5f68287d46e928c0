"""EnCodec in a stream: upstream's modules one by one, each with what it still sees of the chunks before.

The first chunk goes through them as a whole clip does. Upstream begins a clip by mirroring it at each convolution, and
the widest of the mirrors, at the frame rate, is six frames long: seven are waited for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from encodec import EncodecModel
from encodec.modules import SLSTM, SConv1d, SConvTranspose1d
from encodec.modules.conv import get_extra_padding_for_conv1d, pad1d
from encodec.modules.seanet import SEANetResnetBlock
from torch import Tensor, nn

from audiotok.core.streaming import AudioStream, Row, RowAudioStream, RowTokenStream, TokenStream, frame_samples
from audiotok.core.tokenizer import Codec
from audiotok.tokenizers._wrapper import as_weights

Past = dict[nn.Module, Any]  # of one clip: inputs that a convolution still sees, the states of an LSTM


def is_causal(model: Any) -> bool:
    """Whether no part of it looks ahead, once a clip has begun; `transformers`' class is not looked into."""
    if not isinstance(model, EncodecModel) or model.segment_length is not None or model.channels != 1:
        return False
    layers = [module for module in model.modules() if isinstance(module, (SConv1d, SConvTranspose1d))]
    return all(layer.causal and getattr(layer, "trim_right_ratio", 1) == 1 for layer in layers)


def token_stream(
    codec: Codec, model: EncodecModel, quantize: Callable[[Tensor], Tensor], batch_size: int, sample_rate: int
) -> TokenStream:
    """`quantize`: what the encoder gives, [1, D, n] -> [1, K, n]."""
    waited = first_frames(model.encoder, frame_samples(codec.spec))

    def begin() -> Row:
        past: Past = {}

        @torch.no_grad()
        def encode(samples: Tensor) -> Tensor:
            """[1, T] -> [K, n]; a T that is no multiple of a frame is the clip's last."""
            clip = as_weights(samples[None].to(codec.device), model)
            return quantize(_forward(model.encoder.model, clip, past))[0].cpu()

        return Row(codec.spec, sample_rate, encode, encode, waited)

    return RowTokenStream(codec, batch_size, begin)


def audio_stream(codec: Codec, model: EncodecModel, batch_size: int) -> AudioStream:
    def begin() -> Callable[[Tensor], Tensor]:
        past: Past = {}

        @torch.no_grad()
        def decode(codes: Tensor) -> Tensor:
            """[K, n] -> [T]"""
            return _forward(model.decoder.model, model.quantizer.decode(codes[:, None]), past)[0, 0].float()

        return decode

    return RowAudioStream(codec, batch_size, begin, first_frames(model.decoder, 1))


def first_frames(part: Any, inputs: int) -> int:
    """Frames, of that many inputs of the encoder or decoder, in which each convolution finds what it mirrors."""
    most = 1
    for module in part.modules():
        if isinstance(module, SConv1d):
            most = max(most, math.ceil((_context(module) + 1) / inputs))  # what it mirrors, and the first input
            inputs //= _layer(module).stride[0]
        elif isinstance(module, SConvTranspose1d):
            inputs *= _layer(module).stride[0]
    return most


def _forward(module: Any, x: Tensor, past: Past) -> Tensor:
    """[1, C, T] -> [1, C', T'], as upstream's module gives for what follows the past."""
    if isinstance(module, nn.Sequential):
        for part in module:
            x = _forward(part, x, past)
        return x
    if isinstance(module, SEANetResnetBlock):
        return _forward(module.shortcut, x, past) + _forward(module.block, x, past)
    if isinstance(module, SLSTM):
        steps = x.permute(2, 0, 1)
        y, past[module] = module.lstm(steps, past.get(module))
        return (y + steps if module.skip else y).permute(1, 2, 0)
    if isinstance(module, (SConv1d, SConvTranspose1d)):
        return _convolve(module, x, past)
    return module(x)


def _convolve(module: Any, x: Tensor, past: Past) -> Tensor:
    before = past.get(module)
    seen = x if before is None else torch.cat([before, x], dim=2)
    past[module] = seen[:, :, seen.shape[2] - _context(module) :].clone()  # a view would keep the whole chunk
    if before is None:
        return module(x)
    if isinstance(module, SConvTranspose1d):
        return module(seen)[:, :, before.shape[2] * _layer(module).stride[0] :]
    layer = _layer(module)
    extra = get_extra_padding_for_conv1d(seen, layer.kernel_size[0], layer.stride[0])  # to fill the last window
    return module.conv(pad1d(seen, (0, extra), mode=module.pad_mode))


def _context(module: nn.Module) -> int:
    """Inputs before the present one, or the present stride, that a causal layer sees."""
    layer = _layer(module)
    if isinstance(module, SConvTranspose1d):
        return math.ceil(layer.kernel_size[0] / layer.stride[0]) - 1
    return (layer.kernel_size[0] - 1) * layer.dilation[0] - (layer.stride[0] - 1)


def _layer(module: Any) -> Any:
    """PyTorch's own, of which upstream's is a wrapper."""
    return module.convtr.convtr if isinstance(module, SConvTranspose1d) else module.conv.conv
