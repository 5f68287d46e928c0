"""Codes as vectors, for the heads that are trained by gradient: of all codebooks projected to one size and added up.

Codes have the tokenizer's own vectors where it has some (`Embeddable`), frozen, else a table that is learned. Frames
finer than 10 ms are averaged first.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, pad

from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec

FRAME_RATE = 100.0  # Hz; the mean of finer frames is taken


class Frames(nn.Module):
    """Codes of K codebooks -> a normalised vector a frame."""

    def __init__(self, tables: Sequence[Tensor | int], size: int, finer: int = 1) -> None:
        """tables: of each codebook its vectors [V, D], which stay as they are, or V. finer: frames to average."""
        super().__init__()
        self._finer = finer
        self.vectors = nn.ModuleList()
        self.projections = nn.ModuleList()
        for table in tables:
            if isinstance(table, int):
                self.vectors.append(nn.Embedding(table, size))
                self.projections.append(nn.Identity())
            else:
                self.vectors.append(nn.Embedding.from_pretrained(table, freeze=True))
                self.projections.append(nn.Linear(table.shape[1], size, bias=False))
        self.norm = nn.LayerNorm(size)

    def forward(self, codes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """[B, K, T], [B, T] -> [B, T', D] and where they are no padding, [B, T']."""
        parts = zip(self.vectors, self.projections, codes.unbind(1), strict=True)
        frames = torch.stack([project(vectors(of)) for vectors, project, of in parts]).sum(0)
        frames, mask = self._averaged(frames * mask[..., None], mask)
        return self.norm(frames), mask

    def _averaged(self, frames: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T, D], [B, T] -> the same over `finer` frames each, of which the last may have fewer."""
        if self._finer == 1:
            return frames, mask
        short = -frames.shape[1] % self._finer
        summed = avg_pool1d(pad(frames.mT, (0, short)), self._finer).mT
        share = avg_pool1d(pad(mask[:, None].to(frames.dtype), (0, short)), self._finer)[:, 0]
        return summed / share.clamp(min=1e-6)[..., None], share > 0


def finer(spec: TokenSpec) -> int:
    """Frames that are averaged to one."""
    return max(1, round(spec.frame_rate / FRAME_RATE))


def tables_of(spec: TokenSpec, vectors: Sequence[Tensor] | None) -> list[Tensor | int]:
    """Vectors of each codebook of the frames or, where there are none, its size; then the sizes of the clip's."""
    frames: Sequence[Tensor | int] = vectors or spec.codebook_sizes
    return [*frames, *spec.global_sizes]


def padded(tokens: Sequence[Tokens]) -> tuple[Tensor, Tensor]:
    """Clips of one tokenizer -> codes [N, K + G, T], padded with 0, and where they are no padding [N, T].

    A code of the whole clip stands in each of its frames.
    """
    longest = max(int(one.lengths[0]) for one in tokens)
    rows, mask = [], torch.zeros(len(tokens), longest, dtype=torch.bool)
    for number, one in enumerate(tokens):
        frames = int(one.lengths[0])
        codes = one.codes[0, :, :frames]
        if one.global_codes is not None:
            codes = torch.cat([codes, one.global_codes[0][:, None].expand(-1, frames)])
        rows.append(pad(codes, (0, longest - frames)))
        mask[number, :frames] = True
    return torch.stack(rows), mask


def vectors_of(tokenizer: Tokenizer) -> list[Tensor] | None:
    """The vectors [V, D] of each codebook, of unit size on average; None where the tokenizer has none."""
    if not isinstance(tokenizer, Embeddable):
        return None
    spec, held = tokenizer.spec, max(tokenizer.spec.strides, default=1)
    every = torch.arange(max(spec.codebook_sizes) * held) // held  # each code for as long as one is ever held
    codes = torch.stack([every.clamp(max=size - 1) for size in spec.codebook_sizes])[None]
    whole = torch.zeros(1, len(spec.global_sizes), dtype=torch.int64) if spec.global_sizes else None
    with torch.no_grad():
        vectors = tokenizer.embed(Tokens(codes, torch.tensor([codes.shape[2]]), spec, global_codes=whole))[0]
    tables = [vectors[k, ::held][:size].float().cpu() for k, size in enumerate(spec.codebook_sizes)]
    return [table / table.square().mean().sqrt().clamp(min=1e-6) for table in tables]
