"""The discrete bottleneck of a codec, by name: kinds of `vector-quantize-pytorch`, behind one shape of call.

    rvq     residual vector quantization, k-means start, moving averages, revival of dead entries (SoundStream, EnCodec)
    simvq   residual SimVQ: a frozen random codebook behind one learned linear map
    fsq     residual finite scalar quantization, entries = 4^numbers (audiotok.models.fsq)
    lfq     residual lookup-free quantization, entries = 2^bits
    pq      product quantization: each codebook codes a slice of the vector
    grvq    two groups, each residual
    split   one semantic codebook beside a residual quantizer, each behind a projection, outputs summed (Mimi, LM-SPT)

A single codebook (SVQ) is `rvq` with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidOption, MissingDependency
from audiotok.models.fsq import ResidualFSQ

Kind = Literal["rvq", "simvq", "fsq", "lfq", "pq", "grvq", "split"]
#: The state of a codebook that only training needs; left out of an exported codec.
TRAINING_STATE = ("cluster_size", "embed_avg", "initted", "codebook_mean", "codebook_variance")


@dataclass(frozen=True, eq=False)
class Quantized:
    """A quantizer's output for [B, T, D]."""

    vectors: Tensor  # [B, T, D], with straight-through gradient
    first: Tensor  # [B, T, D]: the first codebook's part alone, with straight-through gradient
    codes: Tensor  # [B, T, K] int64, coarse to fine; -1 where quantizer dropout left a codebook out
    loss: Tensor  # scalar: commitment, or the kind's own


class Quantizer(nn.Module):
    """[B, T, D] -> Quantized; `embed` is the way back from codes."""

    def __init__(self, kind: Kind, dim: int, codebooks: int, entries: int, dropout: float = 0.0) -> None:
        """`dropout`: the share of training steps that use a random prefix of the codebooks.

        Raises InvalidOption where the kind cannot have so many codebooks or entries.
        """
        super().__init__()
        self.kind, self.codebooks, self.entries, self.dropout = kind, codebooks, entries, dropout
        self.semantic = _residual("rvq", dim, 1, entries, codebook_dim=dim // 2) if kind == "split" else None
        if kind in ("pq", "grvq"):
            self.groups = codebooks if kind == "pq" else 2
            if codebooks % self.groups or dim % self.groups:
                raise InvalidOption(f"{kind} needs codebooks and width that {self.groups} divides: {codebooks}, {dim}")
            stages, width = codebooks // self.groups, dim // self.groups
            parts = [_residual("rvq", width, stages, entries) for _ in range(self.groups)]
        else:
            self.groups = 1
            if kind == "split" and codebooks < 2:
                raise InvalidOption(f"split needs at least 2 codebooks, got {codebooks}")
            if kind == "split":
                parts = [_residual("rvq", dim, codebooks - 1, entries, codebook_dim=dim // 2)]
            else:
                parts = [_residual(kind, dim, codebooks, entries)]
        self.parts = nn.ModuleList(parts)

    @property
    def prefixes(self) -> bool:
        """Whether the first n codebooks are a quantizer of their own."""
        return self.groups == 1

    def start(self, latent: Tensor) -> None:
        """k-means on many latents [B, T, D] at once, or components of them, for the kinds that start from it."""
        dropout, self.dropout = self.dropout, 0.0
        for part in self.parts:
            if isinstance(part, ResidualFSQ):
                part.start(latent.float())
        self(latent)
        self.dropout = dropout

    def forward(self, latent: Tensor) -> Quantized:
        options = self._dropped(latent.device)
        if self.training:
            self._set_dead_below(dead_below(latent.shape[0] * latent.shape[1] * _processes(), self.entries))
        with torch.autocast(latent.device.type, enabled=False):
            latent = latent.float()
            vectors, codes, losses = [], [], []
            if self.semantic is not None:
                first, code, loss = self.semantic(latent)
                vectors, codes, losses = [first], [code], [loss.float().mean()]
            pieces = []
            part: Any
            for part, piece in zip(self.parts, latent.chunk(self.groups, dim=-1), strict=True):
                part.quantize_dropout = bool(options) and part.num_quantizers > 1
                quantized, code, *loss = part(piece, **options)
                pieces.append(quantized)
                codes.append(code)
                losses += [value.float().mean() for value in loss]
            vectors.append(torch.cat(pieces, dim=-1))
            indices = codes[0] if len(codes) == 1 else self._joined(codes)
            first = vectors[0] if self.semantic is not None else straight_through(latent, self.embed(indices)[:, 0])
            loss = torch.stack(losses).mean() if losses else latent.new_zeros(())
            return Quantized(torch.stack(vectors).sum(0), first, indices, loss)

    def embed(self, codes: Tensor) -> Tensor:
        """[B, T, k <= K] int64 -> [B, k, T, D], whose sum over k is the quantizer's output for these codebooks."""
        given = codes.shape[-1]
        codes = nn.functional.pad(codes, (0, self.codebooks - given), value=-1)
        if self.semantic is not None:
            parts = [_vectors(self.semantic, codes[..., :1]), _vectors(self.parts[0], codes[..., 1:])]
            return torch.cat(parts, dim=1)[:, :given]
        if self.groups == 1:
            return _vectors(self.parts[0], codes)[:, :given]
        slices = []
        for group, part in enumerate(self.parts):
            own = _vectors(part, codes[..., group :: self.groups])  # [B, stages, T, D / groups]
            width = own.shape[-1]
            around = (group * width, (self.groups - 1 - group) * width)
            slices.append(nn.functional.pad(own, around))
        return torch.stack(slices, dim=2).flatten(1, 2)[:, :given]

    def _dropped(self, device: torch.device) -> dict[str, int]:
        """The seed of the choice of codebooks that a step leaves out, for a part. Processes that train together
        average their codebooks, so that all leave out the same.
        """
        if not (self.training and self.prefixes and self.dropout > 0):
            return {}
        drawn = torch.rand(2).to(device)
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.broadcast(drawn, src=0)
        whether, which = drawn.tolist()
        return {"rand_quantize_dropout_fixed_seed": int(10_000 * which)} if whether < self.dropout else {}

    def _set_dead_below(self, frames: float) -> None:
        module: Any
        for module in self.modules():
            if hasattr(module, "threshold_ema_dead_code"):
                module.threshold_ema_dead_code = module.reset_cluster_size = frames

    def _joined(self, codes: list[Tensor]) -> Tensor:
        """Stage by stage, and within a stage group by group."""
        return torch.cat(codes, dim=-1) if self.semantic is not None else torch.stack(codes, dim=-1).flatten(-2)


def dead_below(frames: int, entries: int) -> float:
    """Frames a step, on the moving average, below which an entry is put onto a frame of the step.

    A share of what an entry takes on average, so that few are dead where the entries outnumber the frames of a step;
    0.1 at most, the value at 16 crops of 2 s at 50 Hz and 1024 entries.
    """
    return min(0.1, 0.064 * frames / entries)


def _processes() -> int:
    """How many train together, whose frames are counted together."""
    distributed = torch.distributed
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def straight_through(latent: Tensor, quantized: Tensor) -> Tensor:
    """`quantized` forward, the gradient of `latent` backward."""
    return latent + (quantized - latent).detach()


def _vectors(part: Any, codes: Tensor) -> Tensor:
    """[B, T, K] with -1 for none -> [B, K, T, D]"""
    vectors = part.get_codes_from_indices(codes).transpose(0, 1)  # [B, K, T, d]
    project = getattr(part, "project_out", None)
    if not isinstance(project, nn.Linear):
        return vectors
    out = vectors @ project.weight.T
    bias = torch.zeros_like(out)
    bias[:, 0] = project.bias
    return out + bias


def _residual(kind: str, dim: int, codebooks: int, entries: int, **options: Any) -> nn.Module:
    try:
        import vector_quantize_pytorch as library
    except ModuleNotFoundError as error:
        raise MissingDependency('quantizers need vector-quantize-pytorch: pip install "audiotok[train]"') from error

    common = {"dim": dim, "num_quantizers": codebooks, "quantize_dropout": codebooks > 1, **options}
    if kind == "rvq":
        return library.ResidualVQ(
            codebook_size=entries,
            kmeans_init=True,
            kmeans_iters=10,
            sync_kmeans=False,  # processes start from the same latents: together they would begin with each mean twice
            decay=0.99,
            threshold_ema_dead_code=0.1,  # until the first step says how many frames there are: `dead_below`
            # Else one codebook's latents shrink: in 250 steps to an eighth of their variance, 32 of 256 entries used.
            rotation_trick=codebooks > 1,
            **common,
        )
    if kind == "simvq":
        return library.ResidualSimVQ(codebook_size=entries, **common)
    if kind == "fsq":
        return ResidualFSQ(dim, codebooks, entries)
    if kind == "lfq":
        if entries & (entries - 1):
            raise InvalidOption(f"lfq needs a power of two of entries, got {entries}")
        return library.ResidualLFQ(codebook_size=entries, **common)
    raise InvalidOption(f"no quantizer is called {kind!r}; there are rvq, simvq, fsq, lfq, pq, grvq, split")
