"""The shape that tokens have and the bits they cost, and whether tensors are tokens of such a shape."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor

from audiotok.errors import InvalidTokens

_SLOWEST = 1e-6  # frames/s; fewer would be a hop without end


@dataclass(frozen=True)
class TokenSpec:
    """Specification of a tokenizer's codes: their rate, their codebooks, and thereby their nominal bitrate.

    >>> TokenSpec(sample_rate=24000, frame_rate=75.0, codebook_sizes=(1024,) * 8).bitrate  # EnCodec at 6 kbit/s
    6000.0
    """

    sample_rate: int  # Hz that encode expects
    frame_rate: float  # frames/s of the finest codebook, computed, never rounded (DAC 44.1 kHz: 44100 / 512)
    codebook_sizes: tuple[int, ...]  # entries per codebook, coarse to fine
    strides: tuple[int, ...] = ()  # frames that one code of codebook k covers; () = all 1 (SNAC 24 kHz: 4, 2, 1)
    global_sizes: tuple[int, ...] = ()  # codes per clip, not per frame (BiCodec)
    channels: int = 1
    variable_rate: bool = False  # fewer tokens than frames, depending on the audio (BPE, deduplicated units)
    max_duration: int = 0  # longest run that a coded duration can say; 0 = decode needs no durations

    def __post_init__(self) -> None:
        for name in ("codebook_sizes", "strides", "global_sizes"):
            try:
                object.__setattr__(self, name, tuple(operator.index(value) for value in getattr(self, name)))
            except TypeError as error:
                raise InvalidTokens(f"{name} must be integers, got {getattr(self, name)!r}") from error
        if not self.codebook_sizes or min(self.codebook_sizes + self.global_sizes) < 1:
            raise InvalidTokens(f"a spec needs codebooks of at least one entry, got {self.codebook_sizes}")
        if self.strides and (len(self.strides) != self.num_codebooks or min(self.strides) < 1):
            raise InvalidTokens(f"strides must be one per codebook (K={self.num_codebooks}), got {self.strides}")
        if self.sample_rate <= 0 or self.channels < 1 or self.max_duration < 0:
            raise InvalidTokens(f"a spec needs a positive sample_rate and channels, got {self}")
        if not _SLOWEST <= self.frame_rate < math.inf:
            raise InvalidTokens(f"a spec needs a frame_rate of at least {_SLOWEST:g} frames/s, got {self.frame_rate}")

    @property
    def num_codebooks(self) -> int:
        return len(self.codebook_sizes)

    @property
    def hop(self) -> Fraction:
        """Samples per frame, exact (24000 Hz / 75 = 320)."""
        return Fraction(self.sample_rate) / Fraction(self.frame_rate).limit_denominator(10**6)

    @property
    def token_rate(self) -> float | None:
        """Codes per second over all codebooks; None where it depends on the audio."""
        if self.variable_rate:
            return None
        return self.frame_rate * sum(1 / self.stride(k) for k in range(self.num_codebooks))

    @property
    def bitrate(self) -> float | None:
        """Nominal bit/s, codes of a whole clip left out; None where it depends on the audio."""
        if self.variable_rate:
            return None
        return self.frame_rate * sum(math.log2(size) / self.stride(k) for k, size in enumerate(self.codebook_sizes))

    def stride(self, codebook: int) -> int:
        return self.strides[codebook] if self.strides else 1

    def num_codes(self, frames: int) -> int:
        """Codes that a clip of so many frames is made of: one that is held over a stride counts once."""
        return sum(math.ceil(frames / self.stride(k)) for k in range(self.num_codebooks)) + len(self.global_sizes)

    def bits(self, frames: int) -> float:
        """Bits that storing a clip of `frames` frames costs: the one account of the rate.

        log2(size) for every code, plus log2(longest run) for every duration that decode needs.
        """
        held = sum(math.ceil(frames / self.stride(k)) * math.log2(size) for k, size in enumerate(self.codebook_sizes))
        whole = sum(math.log2(size) for size in self.global_sizes)
        return held + whole + (frames * math.log2(self.max_duration) if self.max_duration else 0.0)


def real_frames(lengths: Tensor, frames: int) -> Tensor:
    """[B] lengths -> [B, T] bool, True where a frame is none of the padding."""
    return torch.arange(frames, device=lengths.device) < lengths[:, None]


def check_tensors(
    spec: TokenSpec,
    codes: Tensor,
    lengths: Tensor,
    durations: Tensor | None,
    global_codes: Tensor | None,
    num_samples: Tensor | None,
) -> None:
    """Raises InvalidTokens unless the fields of `Tokens` fit each other and the spec."""
    _check_codes(codes, spec)
    batch, _, frames = codes.shape
    _check_shape("lengths", lengths, (batch,))
    if batch and (int(lengths.min()) < 0 or int(lengths.max()) > frames):
        raise InvalidTokens(f"lengths must lie in 0..{frames}, got {lengths.tolist()}")
    _check_held(codes, lengths, spec)
    if durations is not None:
        _check_shape("durations", durations, (batch, frames))
        if bool((durations[real_frames(lengths, frames)] < 1).any()):
            raise InvalidTokens("durations must be at least 1: each token stands for one base code or more")
    elif spec.max_duration:
        raise InvalidTokens(f"durations are missing: this spec codes runs of up to {spec.max_duration}")
    if num_samples is not None:
        _check_shape("num_samples", num_samples, (batch,))
        _check_num_samples(num_samples, lengths, spec)
    expected = len(spec.global_sizes)
    if (global_codes is None) != (expected == 0):
        raise InvalidTokens(f"global_codes must be [B, {expected}] for this spec, got {shape_of(global_codes)}")
    if global_codes is not None:
        _check_shape("global_codes", global_codes, (batch, expected))
        _check_range(global_codes[:, :, None], spec.global_sizes, "global_codes")


def _check_held(codes: Tensor, lengths: Tensor, spec: TokenSpec) -> None:
    """Raises InvalidTokens where a code that is to be held over a stride changes within it: it would cost more bits
    than its spec counts."""
    for k, stride in enumerate(spec.strides):
        if stride > 1:
            code = codes[:, k]
            first = torch.arange(code.shape[1], device=code.device) // stride * stride
            if bool(((code != code[:, first]) & real_frames(lengths, code.shape[1])).any()):
                raise InvalidTokens(f"codebook {k} changes within its stride of {stride} frames")


def _check_num_samples(num_samples: Tensor, lengths: Tensor, spec: TokenSpec) -> None:
    """At a fixed rate the frames must cover the clip, give or take what upstream encoders leave out at its end."""
    if not len(num_samples):
        return
    slack = 2 + max(spec.strides, default=1)  # frames
    most = torch.full_like(lengths, 2**53) if spec.variable_rate else ((lengths + slack) * float(spec.hop)).ceil()
    if bool(((num_samples < 0) | (num_samples > most)).any()):
        raise InvalidTokens(
            f"num_samples must lie in 0..frames × {float(spec.hop):g} samples, got {num_samples.tolist()} for "
            f"{lengths.tolist()} frames"
        )


def shape_of(value: object) -> str:
    return f"{value.dtype} {list(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def _check_shape(name: str, value: object, shape: tuple[int, ...]) -> None:
    if not isinstance(value, Tensor) or value.dtype != torch.int64 or tuple(value.shape) != shape:
        raise InvalidTokens(f"{name} must be int64 {list(shape)}, got {shape_of(value)}")


def _check_codes(codes: object, spec: TokenSpec) -> None:
    if not isinstance(codes, Tensor) or codes.ndim != 3 or codes.shape[1] != spec.num_codebooks:
        raise InvalidTokens(
            f"codes must be [B, K={spec.num_codebooks}, T], got {shape_of(codes)}; "
            "was it encoded with another num_codebooks, or are the axes swapped?"
        )
    if codes.dtype != torch.int64:
        raise InvalidTokens(f"codes must be int64, got {codes.dtype}; use codes.long() if they are indices")
    _check_range(codes, spec.codebook_sizes, "codes")


def _check_range(codes: Tensor, sizes: tuple[int, ...], name: str) -> None:
    """[B, K, T] against [K] sizes."""
    if not codes.numel():
        return
    limit = torch.tensor(sizes, device=codes.device)[None, :, None]
    bad = (codes < 0) | (codes >= limit)
    if bool(bad.any()):
        b, k, t = (int(i) for i in bad.nonzero()[0])
        raise InvalidTokens(
            f"{name}[{b}, {k}, {t}] is {int(codes[b, k, t])}, expected 0 <= code < {sizes[k]}; "
            f"{int(bad.sum())} of {codes.numel()} are out of range"
        )
