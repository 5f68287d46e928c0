"""K codebooks as one sequence of codes, and back: frame after frame, in a frame coarse to fine.

Codebook k's codes are raised by the sizes of those before it, so that a code says where it comes from. A code that is
held over a stride stands once, in its first frame.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens

Codes = NDArray[np.int32]  # [N] of one clip


def flatten(tokens: Tokens) -> list[Codes]:
    """One sequence per clip."""
    codes = (tokens.codes.cpu() + _offsets(tokens.spec)[:, None]).numpy().astype(np.int32)
    places = _places(tokens.spec, codes.shape[2])
    return [clip.T[:frames][places[:frames]] for clip, frames in zip(codes, tokens.lengths.tolist(), strict=True)]


def unflatten(clips: list[Codes], spec: TokenSpec) -> tuple[Tensor, Tensor]:
    """-> codes [B, K, T], lengths [B]. Raises InvalidTokens where a sequence is not one that `flatten` gives."""
    return_codes, lengths = [], []
    for index, clip in enumerate(clips):
        frames = _frames(spec, len(clip))
        places = _places(spec, frames)
        if places.sum() != len(clip):
            raise InvalidTokens(
                f"clip {index}: {len(clip)} codes are no whole frames of {spec.num_codebooks} codebooks"
            )
        codes = np.zeros(places.shape, dtype=np.int64)
        codes[places] = clip
        codes = codes - _offsets(spec).numpy() * places
        wrong = places & ((codes < 0) | (codes >= np.array(spec.codebook_sizes)))
        if wrong.any():
            frame, k = (int(i) for i in np.argwhere(wrong)[0])
            raise InvalidTokens(f"clip {index}, frame {frame}: expected a code of codebook {k}, got another's")
        for k, stride in enumerate(spec.strides):
            codes[:, k] = codes[np.arange(frames) // stride * stride, k]
        return_codes.append(torch.from_numpy(codes))
        lengths.append(frames)
    padded = nn.utils.rnn.pad_sequence(return_codes, batch_first=True).transpose(1, 2).contiguous()
    return padded, torch.tensor(lengths, dtype=torch.int64)


def _offsets(spec: TokenSpec) -> Tensor:
    """[K]"""
    return torch.tensor(list(accumulate(spec.codebook_sizes, initial=0))[:-1])


def _places(spec: TokenSpec, frames: int) -> NDArray[np.bool_]:
    """[T, K], True where a code starts."""
    strides = [spec.stride(k) for k in range(spec.num_codebooks)]
    return np.arange(frames)[:, None] % np.array(strides) == 0


def _frames(spec: TokenSpec, codes: int) -> int:
    """The fewest frames that hold so many codes."""
    strides = [spec.stride(k) for k in range(spec.num_codebooks)]
    frames = max(0, int(codes / sum(1 / stride for stride in strides)) - max(strides))
    while sum(-(-frames // stride) for stride in strides) < codes:
        frames += 1
    return frames
