"""Discrete audio tokens, the shape they have and the bits they cost. Knows nothing of models or audio."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from audiotok.errors import CannotWrite, InvalidTokens
from audiotok.files.atomic import atomic_write
from audiotok.files.safetensors import dump

FILE_FORMAT = "audiotok.tokens.v1"
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


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of a batch of clips, the only input of `decode`."""

    codes: Tensor  # [B, K, T] int64, 0 <= code < codebook_sizes[k]; padded with 0
    lengths: Tensor  # [B] int64, frames (tokens, where the rate is variable)
    spec: TokenSpec
    durations: Tensor | None = None  # [B, T] int64, base codes per token (deduplicated units, BPE)
    global_codes: Tensor | None = None  # [B, G] int64
    num_samples: Tensor | None = None  # [B] int64, of the clip at spec.sample_rate; decode may trim with it, no more
    tokenizer: str | None = None  # identifier of what encoded them; None for codes from elsewhere (an LM)
    weights_sha256: str | None = None  # of the local files that it names, if any, as in `mel:checkpoint=FILE`

    def __post_init__(self) -> None:
        _check_codes(self.codes, self.spec)
        batch, _, frames = self.codes.shape
        _check_shape("lengths", self.lengths, (batch,))
        if batch and (int(self.lengths.min()) < 0 or int(self.lengths.max()) > frames):
            raise InvalidTokens(f"lengths must lie in 0..{frames}, got {self.lengths.tolist()}")
        _check_held(self)
        if self.durations is not None:
            _check_shape("durations", self.durations, (batch, frames))
            if bool((self.durations[self.mask] < 1).any()):
                raise InvalidTokens("durations must be at least 1: each token stands for one base code or more")
        elif self.spec.max_duration:
            raise InvalidTokens(f"durations are missing: this spec codes runs of up to {self.spec.max_duration}")
        if self.num_samples is not None:
            _check_shape("num_samples", self.num_samples, (batch,))
            _check_num_samples(self.num_samples, self.lengths, self.spec)
        expected = len(self.spec.global_sizes)
        if (self.global_codes is None) != (expected == 0):
            raise InvalidTokens(f"global_codes must be [B, {expected}] for this spec, got {_shape(self.global_codes)}")
        if self.global_codes is not None:
            _check_shape("global_codes", self.global_codes, (batch, expected))
            _check_range(self.global_codes[:, :, None], self.spec.global_sizes, "global_codes")

    @classmethod
    def from_clips(
        cls,
        codes: Sequence[Tensor] | Tensor,
        spec: TokenSpec,
        tokenizer: str | None = None,
        global_codes: Tensor | None = None,
    ) -> Tokens:
        """[K, T_i] each, or [B, K, T] -> one batch, padded with 0; with the codes of whole clips [B, G] where the spec
        has some.
        """
        codes = list(codes)
        if not codes:
            raise InvalidTokens("no clips: a batch needs at least one")
        for clip in codes:
            if not isinstance(clip, Tensor) or clip.ndim != 2 or clip.shape[0] != spec.num_codebooks:
                raise InvalidTokens(
                    f"codes must be a tensor [K={spec.num_codebooks}, T] for each clip, or [B, K, T] of all, got "
                    f"{_shape(clip)}; was it encoded with another num_codebooks, or are the axes swapped?"
                )
        lengths = torch.tensor([clip.shape[1] for clip in codes], dtype=torch.int64, device=codes[0].device)
        padded = torch.nn.utils.rnn.pad_sequence([clip.T for clip in codes], batch_first=True).transpose(1, 2)
        return cls(padded.contiguous(), lengths, spec, tokenizer=tokenizer, global_codes=global_codes)

    def __len__(self) -> int:
        return self.codes.shape[0]

    def __getitem__(self, index: int | slice) -> Tokens:
        """One clip, or those of a slice, without padding beyond the longest; still with a batch axis."""
        row = index if isinstance(index, slice) else slice(index, index + 1 or None)
        frames = max(self.lengths[row].tolist(), default=0) if isinstance(index, slice) else int(self.lengths[index])
        return replace(
            self,
            codes=self.codes[row, :, :frames],
            lengths=self.lengths[row],
            durations=None if self.durations is None else self.durations[row, :frames],
            global_codes=None if self.global_codes is None else self.global_codes[row],
            num_samples=None if self.num_samples is None else self.num_samples[row],
        )

    @property
    def mask(self) -> Tensor:
        """[B, T] bool, True on real frames."""
        return torch.arange(self.codes.shape[2], device=self.codes.device) < self.lengths[:, None]

    def to(self, device: str | torch.device, *, non_blocking: bool = False) -> Tokens:
        return self._with({n: value.to(device, non_blocking=non_blocking) for n, value in self._tensors().items()})

    def pin_memory(self) -> Tokens:
        return self._with({name: value.pin_memory() for name, value in self._tensors().items()})

    def bits(self) -> Tensor:
        """[B] float64: bits needed to store each clip, counted by `TokenSpec.bits`."""
        bits = [self.spec.bits(frames) for frames in self.lengths.tolist()]
        return torch.tensor(bits, dtype=torch.float64, device="cpu")

    @staticmethod
    def collate(batch: Sequence[Tokens]) -> Tokens:
        """Join batches of one spec into one, padded with 0 to the longest; a DataLoader's collate_fn."""
        if not batch:
            raise InvalidTokens("nothing to collate: pass at least one Tokens")
        first = batch[0]
        weights = {tokens.weights_sha256 for tokens in batch}
        for tokens in batch:
            if tokens.spec != first.spec or tokens.tokenizer != first.tokenizer:
                raise InvalidTokens(
                    f"tokens of two tokenizers do not go into one batch: {first.tokenizer} {first.spec} "
                    f"and {tokens.tokenizer} {tokens.spec}"
                )
        if len(weights - {None}) > 1:
            raise InvalidTokens(f"tokens made with different weights do not go into one batch: sha256 {weights}")
        frames = max(tokens.codes.shape[2] for tokens in batch)

        joined = {}
        for name in first._tensors():
            values = [tokens._tensors().get(name) for tokens in batch]
            present = [value for value in values if value is not None]
            if len(present) < len(batch):
                continue  # num_samples or durations that only some carry
            if name in ("codes", "durations"):
                present = [torch.nn.functional.pad(value, (0, frames - value.shape[-1])) for value in present]
            joined[name] = torch.cat(present)
        together = first if len(weights) == 1 else replace(first, weights_sha256=None)
        return together._with({"num_samples": None, "durations": None, **joined})

    def save(self, path: str | Path) -> None:
        """Write a safetensors file atomically; codes in the smallest of uint8, int16 and int32 that fits.

        Equal tokens are equal bytes.

        Raises CannotWrite.
        """
        path = Path(path)
        tensors = {name: value.detach().cpu().contiguous() for name, value in self._tensors().items()}
        tensors["codes"] = tensors["codes"].to(_stored_type(max(self.spec.codebook_sizes)))
        metadata = {"format": FILE_FORMAT, "spec": json.dumps(asdict(self.spec)), "tokenizer": self.tokenizer or ""}
        if self.weights_sha256:
            metadata["weights_sha256"] = self.weights_sha256
        try:
            with atomic_write(path) as partial:
                partial.write_bytes(dump(tensors, metadata))
        except (SafetensorError, OSError) as error:
            raise CannotWrite(f"{path}: cannot be written ({error})") from error

    @classmethod
    def load(cls, path: str | Path) -> Tokens:
        """Read a file written by `save`. Raises InvalidTokens if it is truncated, of another format or inconsistent."""
        path = Path(path)
        if not path.is_file():
            raise InvalidTokens(f"{path}: no such file")
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        except (SafetensorError, OSError) as error:
            raise InvalidTokens(f"{path}: not a whole safetensors file ({error}); was it cut in the middle?") from error
        if metadata.get("format") != FILE_FORMAT:
            raise InvalidTokens(f"{path}: expected a file of format {FILE_FORMAT}, got {metadata.get('format')!r}")
        try:
            spec = TokenSpec(**json.loads(metadata["spec"]))
            stored = tensors["codes"].dtype
            if stored.is_floating_point or stored.is_complex or stored == torch.bool:
                raise InvalidTokens(f"codes must be integers, got {stored}")
            tensors["codes"] = tensors["codes"].long()
            tokenizer, weights = (metadata.get(name) or None for name in ("tokenizer", "weights_sha256"))
            return cls(**tensors, spec=spec, tokenizer=tokenizer, weights_sha256=weights)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidTokens(f"{path}: the tokens in it do not fit together ({error})") from error

    def _with(self, tensors: Mapping[str, Tensor | None]) -> Tokens:
        return replace(self, **tensors)  # type: ignore[arg-type]  # mypy checks ** against every field

    def _tensors(self) -> dict[str, Tensor]:
        names = ("codes", "lengths", "durations", "global_codes", "num_samples")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def check_is_tokens(value: object, whose: str) -> None:
    """Raises InvalidTokens unless the argument of `whose` is Tokens."""
    if not isinstance(value, Tokens):
        raise InvalidTokens(
            f"{whose} takes Tokens, got {_shape(value)}; make them from codes [B, K, T] or a list of [K, T] with "
            "Tokens.from_clips(codes, codec.spec)"
        )


def _check_held(tokens: Tokens) -> None:
    """Raises InvalidTokens where a code that is to be held over a stride changes within it: it would cost more bits
    than its spec counts."""
    for k, stride in enumerate(tokens.spec.strides):
        if stride > 1:
            codes = tokens.codes[:, k]
            first = torch.arange(codes.shape[1], device=codes.device) // stride * stride
            if bool(((codes != codes[:, first]) & tokens.mask).any()):
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


def _stored_type(codebook_size: int) -> torch.dtype:
    fitting = (t for t in (torch.uint8, torch.int16, torch.int32) if codebook_size - 1 <= torch.iinfo(t).max)
    return next(fitting, torch.int64)


def _shape(value: object) -> str:
    return f"{value.dtype} {list(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def _check_shape(name: str, value: object, shape: tuple[int, ...]) -> None:
    if not isinstance(value, Tensor) or value.dtype != torch.int64 or tuple(value.shape) != shape:
        raise InvalidTokens(f"{name} must be int64 {list(shape)}, got {_shape(value)}")


def _check_codes(codes: object, spec: TokenSpec) -> None:
    if not isinstance(codes, Tensor) or codes.ndim != 3 or codes.shape[1] != spec.num_codebooks:
        raise InvalidTokens(
            f"codes must be [B, K={spec.num_codebooks}, T], got {_shape(codes)}; "
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
