"""The net: vectors of all codebooks projected to one size and added up, attentive pooling over time, a linear layer.

Codes have the tokenizer's own vectors where it has some (`Embeddable`), frozen, else a table that is learned. Unlike
the bag it may read order within a clip and likeness of codes, and unlike it its answer hangs on seed and training: it
is a second opinion beside the bag, trained alike for every tokenizer. Frames finer than 10 ms are averaged first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, cross_entropy, pad

from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.tasks.probes.folds import Splitter
from audiotok.tasks.probes.options import NetOptions

FRAME_RATE = 100.0  # Hz; the mean of finer frames is taken
BATCH = 32
DROPOUT = 0.3
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.05


class Net(nn.Module):
    """Codes of K codebooks -> logits of the classes."""

    def __init__(self, tables: Sequence[Tensor | int], size: int, classes: int, finer: int = 1) -> None:
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
        self.attention = nn.Sequential(nn.Linear(size, size), nn.Tanh(), nn.Linear(size, 1))
        self.classify = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(2 * size, classes))

    def forward(self, codes: Tensor, mask: Tensor) -> Tensor:
        """[B, K, T], [B, T] -> [B, classes]. What the mask leaves out counts nowhere."""
        parts = zip(self.vectors, self.projections, codes.unbind(1), strict=True)
        frames = torch.stack([project(vectors(of)) for vectors, project, of in parts]).sum(0)
        frames, mask = self._averaged(frames * mask[..., None], mask)
        frames = self.norm(frames)
        weights = self.attention(frames)[..., 0].masked_fill(~mask, -torch.inf).softmax(-1)[..., None]
        mean = (weights * frames).sum(1)
        spread = ((weights * frames.square()).sum(1) - mean.square()).clamp(min=1e-6).sqrt()
        return self.classify(torch.cat([mean, spread], -1))

    def _averaged(self, frames: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T, D], [B, T] -> the same over `finer` frames each, of which the last may have fewer."""
        if self._finer == 1:
            return frames, mask
        short = -frames.shape[1] % self._finer
        summed = avg_pool1d(pad(frames.mT, (0, short)), self._finer).mT
        share = avg_pool1d(pad(mask[:, None].to(frames.dtype), (0, short)), self._finer)[:, 0]
        return summed / share.clamp(min=1e-6)[..., None], share > 0


def accuracy(
    tokens: Sequence[Tokens],
    tables: Sequence[Tensor] | None,
    labels: Sequence[str],
    groups: Sequence[str],
    splitter: Splitter,
    draws: int,
    options: NetOptions,
) -> NDArray[np.float64]:
    """[N]: of each clip, in which share of draws and seeds a net that never met its group names its class; NaN of a
    clip that is trained on alone.

    tables: `vectors_of` the tokenizer.
    """
    right, tested = np.zeros(len(labels)), np.zeros(len(labels), dtype=bool)
    classes = np.unique(np.array(labels), return_inverse=True)[1]
    codes, mask = (part.to(options.device) for part in padded(tokens))
    for draw in range(draws):
        for train, test in splitter(labels, groups, draw):
            for seed in options.seeds:
                net = _trained(
                    codes[train], mask[train], classes[train], _blank(tokens[0], tables, classes), seed, options
                )
                with torch.no_grad():
                    named = [
                        net(codes[part], mask[part]).argmax(-1).cpu().numpy()
                        for part in np.array_split(test, -(-len(test) // BATCH))
                    ]
                right[test] += np.concatenate(named) == classes[test]
            tested[test] = True
    return np.where(tested, right / (draws * len(options.seeds)), np.nan)


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
    """Of each codebook its vectors [V, D], of unit size on average; None where the tokenizer has none."""
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


def _blank(
    tokens: Tokens, tables: Sequence[Tensor] | None, classes: NDArray[np.intp]
) -> tuple[list[Tensor | int], int, int]:
    """Tables of the frames' codebooks and of the clip's, the number of classes, and the frames to average."""
    frames: Sequence[Tensor | int] = tables or tokens.spec.codebook_sizes
    finer = max(1, round(tokens.spec.frame_rate / FRAME_RATE))
    return [*frames, *tokens.spec.global_sizes], int(classes.max()) + 1, finer


def _trained(
    codes: Tensor,
    mask: Tensor,
    classes: NDArray[np.intp],
    blank: tuple[list[Tensor | int], int, int],
    seed: int,
    options: NetOptions,
) -> Net:
    tables, number, finer = blank
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net(tables, options.size, number, finer).to(options.device)
        learned = [parameter for parameter in net.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(learned, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=options.steps)
        target = torch.from_numpy(classes).to(options.device)
        for batch in islice(_batches(len(codes)), options.steps):
            kept = int(mask[batch].sum(1).max())
            loss = cross_entropy(net(codes[batch, :, :kept], mask[batch, :kept]), target[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def _batches(clips: int) -> Iterator[Tensor]:
    while True:
        yield from torch.randperm(clips).split(BATCH)
