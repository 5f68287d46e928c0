"""Residual finite scalar quantization whose every codebook has a projection of its own onto what the ones before left.

`vector-quantize-pytorch` has one projection for all codebooks: the later ones refine the same few numbers, so that the
output has no more dimensions than one code has numbers (5 of 64 at 1024 entries), whatever the number of codebooks.
Mentzer et al., "Finite Scalar Quantization", ICLR 2024, quantize once and have no residual.
"""

from __future__ import annotations

from random import Random
from typing import Any

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidOption, MissingDependency

#: Levels of every number of a code, as in X-Codec 2. Eight codebooks of 4^5 lose less of a Gaussian latent of falling
#: variance (15.6 dB) than of 8 · 5 · 5 · 5 entries (15.2 dB); k-means has 15.3 dB.
LEVELS = 4
#: Deviations of a number, before tanh spreads its levels; found on the same latent.
_SCALE = 0.7


class ResidualFSQ(nn.Module):
    """[B, T, D] -> vectors [B, T, D], codes [B, T, K] with -1 where dropout left a codebook out, loss."""

    def __init__(self, dim: int, codebooks: int, entries: int) -> None:
        """Raises InvalidOption where the entries are no power of four."""
        super().__init__()
        numbers = (entries.bit_length() - 1) // 2
        if entries < LEVELS or entries != LEVELS**numbers:
            raise InvalidOption(f"fsq needs a power of four of entries (64, 256, 1024, 4096 …), got {entries}")
        self.stages = nn.ModuleList(_Stage(dim, numbers) for _ in range(codebooks))
        self.num_quantizers = codebooks
        self.quantize_dropout = False

    @torch.no_grad()
    def start(self, latent: Tensor) -> None:
        """Set each projection to the principal components of what is left of many latents [B, T, D]."""
        residual = latent.flatten(0, 1)
        stage: Any
        for stage in self.stages:
            stage.start(residual)
            residual = residual - stage(residual)[0]

    def forward(
        self, latent: Tensor, rand_quantize_dropout_fixed_seed: int | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The latent's gradient is the output's, as in the other kinds; the projections have theirs through FSQ.

        The seed says which codebooks are left out, and is called what the library calls it.

        The loss is the mean squared error after each codebook. It teaches the projections what k-means averages teach
        a codebook, and keeps latents where codes are.
        """
        dropped = self.training and self.quantize_dropout
        chosen = Random(rand_quantize_dropout_fixed_seed).randint(1, self.num_quantizers)
        kept = chosen if dropped else self.num_quantizers
        still = latent.detach()
        output = torch.zeros_like(still)
        codes, losses = [], []
        stage: Any
        for number, stage in enumerate(self.stages):
            vectors, code = stage(still - output.detach())
            # A codebook that is left out has a gradient of 0, not none: processes that train together need one.
            output = output + vectors * (number < kept)
            codes.append(code if number < kept else torch.full_like(code, -1))
            losses.append((latent - output).square().mean())
        return output + (latent - still), torch.stack(codes, dim=-1), torch.stack(losses).mean()

    def get_codes_from_indices(self, codes: Tensor) -> Tensor:
        """[B, T, K] -> [K, B, T, D]; 0 where a code is -1."""
        stages: list[Any] = list(self.stages)
        return torch.stack([stage.embed(codes[..., number]) for number, stage in enumerate(stages)])


class _Stage(nn.Module):
    """One codebook: a few numbers of four levels each."""

    def __init__(self, dim: int, numbers: int) -> None:
        super().__init__()
        try:
            from vector_quantize_pytorch import FSQ
        except ModuleNotFoundError as error:
            raise MissingDependency('quantizers need vector-quantize-pytorch: pip install "audiotok[train]"') from error
        self.project_in = nn.Linear(dim, numbers)
        self.grid = FSQ([LEVELS] * numbers, preserve_symmetry=True)
        self.project_out = nn.Linear(numbers, dim)

    def start(self, residual: Tensor) -> None:
        """[N, D]: principal components in, least squares out."""
        mean = residual.mean(0)
        variances, components = torch.linalg.eigh(torch.cov(residual.T))
        found = min(self.project_in.out_features, residual.shape[1])
        scale = _SCALE / variances.flip(0)[:found].clamp(min=1e-10).sqrt()
        self.project_in.weight.zero_()
        self.project_in.weight[:found] = scale[:, None] * components.flip(1)[:, :found].T
        self.project_in.bias.copy_(-self.project_in.weight @ mean)
        quantized = self.grid.quantize(self.project_in(residual))
        quantized = torch.cat([quantized, torch.ones_like(quantized[:, :1])], dim=1)
        ridge = 1e-6 * len(residual) * torch.eye(quantized.shape[1], device=residual.device)
        solution = torch.linalg.solve(quantized.T @ quantized + ridge, quantized.T @ residual)
        self.project_out.weight.copy_(solution[:-1].T)
        self.project_out.bias.copy_(solution[-1])

    def forward(self, residual: Tensor) -> tuple[Tensor, Tensor]:
        """[..., D] -> vectors [..., D], codes [...]"""
        quantized = self.grid.quantize(self.project_in(residual))
        return self.project_out(quantized), self.grid.codes_to_indices(quantized).long()

    def embed(self, codes: Tensor) -> Tensor:
        """[...] -> [..., D]"""
        numbers = self.grid.indices_to_level_indices(codes.clamp(min=0))
        vectors = self.project_out(self.grid._scale_and_shift_inverse(numbers))
        return vectors * (codes >= 0)[..., None]
