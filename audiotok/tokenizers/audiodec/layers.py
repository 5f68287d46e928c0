"""AudioDec's graph: causal convolutions around a residual quantizer, and the vocoder that may stand in for the decoder.

Parts have the names of the published state dicts, in which each causal convolution is wrapped once more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from audiotok.tokenizers._causal import CausalConv1d, CausalConvTranspose1d, Chain, Past, Remembers

STRIDES = (3, 4, 5, 5)  # of the encoder, first to last
DILATIONS = (1, 3, 9)
SILENCE = 8192  # samples that upstream's encoder has heard before a clip begins, which it takes for its whole past


@dataclass(frozen=True)
class Sizes:
    """The published sizes by default; tests use smaller ones."""

    width: int = 32
    dimension: int = 64
    codebooks: int = 8
    entries: int = 1024
    vocoder_width: int = 512


class Model(nn.Module):
    """`decoder` is the encoder's mirror image, or a `Vocoder`."""

    def __init__(self, decoder: nn.Module, sizes: Sizes = Sizes()) -> None:
        super().__init__()
        width = sizes.width
        self.encoder = Chain(
            conv=CausalConv1d(1, width, 7, bias=False),
            conv_blocks=Chain(*(_down(width << i, width << (i + 1), stride) for i, stride in enumerate(STRIDES))),
        )
        self.projector = Chain(project=CausalConv1d(width << len(STRIDES), sizes.dimension, 3, bias=False))
        self.quantizer = Quantizer(sizes)
        self.decoder = decoder

    def encode(self, samples: Tensor, past: Past) -> Tensor:
        """[1, 1, T] -> [K, F]"""
        return self.quantizer(self.projector(self.encoder(samples, past), past)[0].T)

    def decode(self, codes: Tensor, past: Past) -> Tensor:
        """[K, F] -> [1, 1, T]"""
        audio: Tensor = self.decoder(self.quantizer.vectors(codes[None]).sum(dim=1).mT, past)
        return audio

    @torch.no_grad()
    def begin_in_silence(self) -> None:
        """A clip is coded, as upstream, as if silence had come before it, and so is it decoded."""
        past: Past = {}
        self.decode(self.encode(self.quantizer.embed.new_zeros(1, 1, SILENCE), past), past)
        for module, kept in past.items():
            module.start = kept


class Quantizer(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        tables = torch.zeros(sizes.codebooks, sizes.dimension, sizes.entries)
        self.register_buffer("embed", tables)
        self.embed: Tensor  # [K, D, entries]

    def forward(self, x: Tensor) -> Tensor:
        """[F, D] -> [K, F]"""
        codes = []
        for table in self.embed:
            # The square of the distance; upstream's order of operations, which decides between near neighbours.
            distances = x.pow(2).sum(1, keepdim=True) - 2 * x @ table + table.pow(2).sum(0, keepdim=True)
            codes.append(distances.argmin(dim=1))
            quantized = x + (table.T[codes[-1]] - x)  # what upstream subtracts, rounded as there
            x = x - quantized
        return torch.stack(codes)

    def vectors(self, codes: Tensor) -> Tensor:
        """[B, K, F] -> [B, K, F, D]"""
        return torch.stack([table.T[code] for table, code in zip(self.embed, codes.unbind(1), strict=True)], dim=1)


def mirror(sizes: Sizes = Sizes()) -> Chain:
    """The decoder of the models that upstream calls symmetric."""
    widths = [sizes.width << i for i in range(len(STRIDES), -1, -1)]
    return Chain(
        conv1=CausalConv1d(sizes.dimension, widths[0], 7, bias=False),
        conv_blocks=Chain(*map(_up, widths, widths[1:], reversed(STRIDES))),
        conv2=CausalConv1d(sizes.width, 1, 7, bias=False),
    )


class Vocoder(nn.Module, Remembers):
    """A causal HiFi-GAN. One kernel: its convolutions are in three groups; several: the mean over their stacks."""

    def __init__(self, kernels: Sequence[int], sizes: Sizes = Sizes()) -> None:
        super().__init__()
        widths = [sizes.vocoder_width >> i for i in range(len(STRIDES) + 1)]
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", torch.zeros(sizes.dimension))
        self.register_buffer("scale", torch.ones(sizes.dimension))
        self.input_conv = weight_norm(CausalConv1d(sizes.dimension, widths[0], 7))
        self.upsamples = nn.ModuleList(
            weight_norm(CausalConvTranspose1d(*shape))
            for shape in zip(widths, widths[1:], reversed(STRIDES), strict=False)
        )
        self.blocks = nn.ModuleList(
            _Grouped(width, *kernels) if len(kernels) == 1 else _Fused(width, kernels) for width in widths[1:]
        )
        self.output_conv = weight_norm(CausalConv1d(widths[-1], 1, 7))

    def forward(self, x: Tensor, past: Past) -> Tensor:
        x = self.input_conv(((x.mT - self.mean) / self.scale).mT, past)
        for upsample, block in zip(self.upsamples, self.blocks, strict=True):
            x = block(upsample(nn.functional.leaky_relu(x, 0.1), past), past)
        return self.output_conv(nn.functional.leaky_relu(x), past).tanh()


class _Stack(nn.Module, Remembers):
    def __init__(self, width: int, kernel: int, groups: int = 1) -> None:
        super().__init__()

        def convolve(dilation: int) -> nn.Module:
            return weight_norm(CausalConv1d(width, width, kernel, dilation=dilation, groups=groups))

        self.convs1 = nn.ModuleList(map(convolve, (1, 3, 5)))
        self.convs2 = nn.ModuleList(map(convolve, (1, 1, 1)))

    def forward(self, x: Tensor, past: Past) -> Tensor:
        for first, second in zip(self.convs1, self.convs2, strict=True):
            inner = first(nn.functional.leaky_relu(x, 0.1), past)
            x = second(nn.functional.leaky_relu(inner, 0.1), past) + x
        return x


class _Fused(nn.Module, Remembers):
    def __init__(self, width: int, kernels: Sequence[int]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(_Stack(width, kernel) for kernel in kernels)

    def forward(self, x: Tensor, past: Past) -> Tensor:
        return torch.stack([block(x, past) for block in self.blocks]).sum(dim=0) / len(self.blocks)


class _Grouped(_Stack):
    GROUPS = 3

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__(self.GROUPS * width, kernel, self.GROUPS)
        self.conv_out = weight_norm(nn.Conv1d(self.GROUPS * width, width, 1, bias=False))

    def forward(self, x: Tensor, past: Past) -> Tensor:
        return self.conv_out(super().forward(x.repeat(1, self.GROUPS, 1), past))


class _Residual(Chain):
    def __init__(self, width: int, dilation: int) -> None:
        conv1 = CausalConv1d(width, width, 7, dilation=dilation, bias=False)
        super().__init__(elu1=nn.ELU(), conv1=conv1, elu2=nn.ELU(), conv2=nn.Conv1d(width, width, 1, bias=False))

    def forward(self, x: Tensor, past: Past) -> Tensor:  # type: ignore[override]
        return x + super().forward(x, past)


def _down(inputs: int, outputs: int, stride: int) -> Chain:
    units = Chain(*(_Residual(inputs, dilation) for dilation in DILATIONS))
    return Chain(res_units=units, conv=CausalConv1d(inputs, outputs, 2 * stride, stride))


def _up(inputs: int, outputs: int, stride: int) -> Chain:
    units = Chain(*(_Residual(outputs, dilation) for dilation in DILATIONS))
    return Chain(conv=CausalConvTranspose1d(inputs, outputs, stride), res_units=units)


def load_state(model: Model, coder: dict[str, Tensor], decoder: dict[str, Tensor]) -> None:
    """From upstream's names: of the model whose codes these are, and of the one that decodes them."""
    state = {name: value for name, value in coder.items() if name.startswith(("encoder.", "projector."))}
    tables = [coder[f"quantizer.codebook.layers.{k}.embed"] for k in range(len(model.quantizer.embed))]
    state["quantizer.embed"] = torch.stack(tables)
    if isinstance(model.decoder, Vocoder):
        state |= {f"decoder.{name}": value for name, value in decoder.items()}
    else:
        state |= {name: value for name, value in decoder.items() if name.startswith("decoder.")}
    # The buffer of each convolution is upstream's past, which is made anew here.
    kept = {name: value for name, value in state.items() if not name.endswith(".pad_buffer")}
    model.load_state_dict({re.sub(r"\.(de)?conv\.(weight|bias)", r".\2", name): v for name, v in kept.items()})
