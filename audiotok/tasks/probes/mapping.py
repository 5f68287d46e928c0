"""Tokens to tokens: a Conformer that reads the tokens of a mixture and names those of its clean parts.

Conventions: one class a codebook and frame, cross-entropy summed over nothing but averaged over codebooks and frames;
where parts have no order (two voices) the permutation of a clip with the least loss counts, in training and in tests.
The likeliest code of each frame and codebook is decoded by the tokenizer's own decoder. Beside the score stand its
ceiling, the codec on the clean signal, and its floor, the codec on the mixture.
Source: the shape of DASB's enhancement and separation; Gulati et al., "Conformer", Interspeech 2020 (torchaudio);
Yu et al., "Permutation invariant training", ICASSP 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import torch
import torchaudio
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip
from audiotok.data.mixtures import MIXTURE
from audiotok.errors import InvalidData
from audiotok.tasks.probes.bag import NO_FRAME
from audiotok.tasks.probes.frames import Frames, finer, padded, tables_of
from audiotok.tasks.probes.options import ATTENTION_HEADS, TrainedOptions
from audiotok.tasks.probes.training import TensorBatch, trained

BATCH = 8
SECONDS = 2.0  # of a crop
LAYERS, KERNEL, DROPOUT = 4, 31, 0.1
LEARNING_RATE = 0.1  # by the size of a frame


@dataclass(frozen=True)
class Mixture:
    """A mixture and its parts, in the order of the probe's names for them; of a mixture that lacks some, the others."""

    mixture: Clip
    parts: tuple[Clip, ...]


@dataclass(frozen=True)
class MappedBatch(TensorBatch):
    """Crops of mixtures and of their parts."""

    codes: Tensor  # [B, K, T]
    mask: Tensor  # [B, T]
    parts: Tensor  # [B, P, K, T]
    there: Tensor  # [B, P], whether the mixture has the part


class Mapper(nn.Module):
    """Codes of a mixture -> logits of the codes of each part."""

    def __init__(self, frames: Frames, size: int, spec: TokenSpec, parts: int, ordered: bool) -> None:
        super().__init__()
        self._orders = [tuple(range(parts))] if ordered else list(permutations(range(parts)))
        self.parts = parts
        self.frames = frames
        self.conformer = torchaudio.models.Conformer(size, ATTENTION_HEADS, 4 * size, LAYERS, KERNEL, DROPOUT)
        self.name = nn.ModuleList(nn.Linear(size, parts * entries) for entries in spec.codebook_sizes)

    def logits(self, codes: Tensor, mask: Tensor) -> list[Tensor]:
        """[B, K, T], [B, T] -> of each codebook [B, P, T, V]."""
        frames, mask = self.frames(codes, mask)
        read, _ = self.conformer(frames, mask.sum(1))
        return [name(read).unflatten(-1, (self.parts, -1)).transpose(1, 2) for name in self.name]

    def forward(self, batch: MappedBatch) -> dict[str, Tensor]:
        """-> {"total": nats a code, of the best order}"""
        return {"total": self.by_order(batch).amin(1).mean()}

    def by_order(self, batch: MappedBatch) -> Tensor:
        """[B, orders]: nats a code of each clip, where the parts are named in that order. An output that is taken for a
        part that is not there may name anything.
        """
        pairs = self._pairs(self.logits(batch.codes, batch.mask), batch)
        there = batch.there / batch.there.sum(1, keepdim=True)
        found = [
            torch.stack([pairs[:, n, part] * there[:, part] for n, part in enumerate(order)]).sum(0)
            for order in self._orders
        ]
        return torch.stack(found, 1)

    def best_order(self, batch: MappedBatch) -> tuple[int, ...]:
        """Which part each output is taken for, of a batch of one clip."""
        return self._orders[int(self.by_order(batch)[0].argmin())]

    def _pairs(self, logits: Sequence[Tensor], batch: MappedBatch) -> Tensor:
        """[B, P, P]: nats a code of each output against each part."""
        share = batch.mask / batch.mask.sum(1, keepdim=True)
        rows = []
        for output in range(self.parts):
            of_parts = []
            for part in range(self.parts):
                losses = [
                    cross_entropy(of[:, output].mT, batch.parts[:, part, k], reduction="none")
                    for k, of in enumerate(logits)
                ]
                of_parts.append((torch.stack(losses).mean(0) * share).sum(1))
            rows.append(torch.stack(of_parts, 1))
        return torch.stack(rows, 1)


def mixtures(clips: Sequence[Clip], parts: Sequence[str], name: str, *, optional: bool = False) -> list[Mixture]:
    """The mixtures among clips, by their groups, and by their starts where they are pieces of files.

    optional: whether one may lack parts. Raises InvalidData where a mixture has a part twice, or lacks one.
    """
    of: dict[str, dict[str, Clip]] = {}
    for clip in clips:
        mine = of.setdefault(f"{clip.split}/{clip.group}" + (f" from {clip.start:g} s on" if clip.start else ""), {})
        if str(clip.label) in mine:
            raise InvalidData(f"{name}: the mixture {clip.group} has two clips called {clip.label!r}")
        mine[str(clip.label)] = clip
    for group, mine in of.items():
        lacking = [label for label in (MIXTURE, *parts) if label not in mine]
        if lacking and not (optional and MIXTURE in mine and len(lacking) < len(parts)):
            raise InvalidData(f"{name}: the mixture {group} has no clip called {lacking[0]!r}")
    return [Mixture(mine[MIXTURE], tuple(mine[label] for label in parts if label in mine)) for mine in of.values()]


def cannot_map(system: Tokenizer) -> str:
    """Why a tokenizer's tokens are not mapped; "" where they are."""
    spec = system.spec
    if not isinstance(system, Codec):
        return "it has no decoder, so that nothing could be heard"
    if spec.variable_rate:
        return "its tokens have a variable rate"
    if spec.global_sizes:
        return "it has codes of the whole clip, which a map from frame to frame leaves as they are"
    return "its frames are finer than 10 ms, too many for attention" if finer(spec) > 1 else ""


def mapped(
    tokens: Mapping[str, Tokens],
    vectors: list[Tensor] | None,
    train: Sequence[Mixture],
    test: Sequence[Mixture],
    ordered: bool,
    options: TrainedOptions,
    folder: Path,
    name: str,
) -> tuple[dict[str, list[list[Tokens]]], dict[str, str]]:
    """Tokens of the parts of each mixture to test, by each seed, and why others have none.

    folder: of the checkpoints, from which a stopped training goes on. Raises InvalidData where no mixture is as long
    as a crop.
    """
    spec = tokens[train[0].mixture.id].spec
    length = max(1, round(SECONDS * spec.frame_rate))
    long = [_stacked(mixture, tokens) for mixture in train]
    long = [one for one in long if one.shape[2] >= length]
    if not long:
        raise InvalidData(f"{name}: no mixture to train on is as long as a crop of {SECONDS:g} s")
    failed = {one.mixture.id: NO_FRAME for one in test if not _stacked(one, tokens).shape[2]}
    there = [one for one in test if one.mixture.id not in failed]
    found: dict[str, list[list[Tokens]]] = {one.mixture.id: [] for one in there}
    parts = max(len(one.parts) for one in (*train, *test))
    for seed in options.seeds:

        def make() -> Mapper:
            frames = Frames(tables_of(spec, vectors), options.size)
            return Mapper(frames, options.size, spec, parts, ordered)

        identity = {"mixtures": [one.mixture.id for one in train], "ordered": ordered}
        rate = LEARNING_RATE / options.size
        model = trained(make, _crops(long, length, parts), identity, options, seed, rate, folder, name)
        for one in there:
            found[one.mixture.id].append(_named(model, one, tokens, options.device))
    return found, failed


def _stacked(mixture: Mixture, tokens: Mapping[str, Tokens]) -> Tensor:
    """[1 + P, K, T]: the mixture's codes and those of its parts, as long as the shortest."""
    of = [tokens[clip.id] for clip in (mixture.mixture, *mixture.parts)]
    frames = min(int(one.lengths[0]) for one in of)
    return torch.stack([one.codes[0, :, :frames] for one in of])


def _crops(stacked: Sequence[Tensor], length: int, parts: int) -> Callable[[torch.Generator, float], MappedBatch]:
    def draw(generator: torch.Generator, progress: float) -> MappedBatch:
        crops = []
        for number in torch.randint(len(stacked), (BATCH,), generator=generator).tolist():
            one = stacked[number]
            start = int(torch.randint(one.shape[2] - length + 1, (1,), generator=generator))
            crops.append(one[..., start : start + length])
        return _batch(crops, parts)

    return draw


def _batch(stacked: Sequence[Tensor], parts: int) -> MappedBatch:
    """A batch of equally long [1 + P, K, T]; where one has fewer than `parts`, zeros stand for the others."""
    codes = torch.stack([pad(one, (0, 0, 0, 0, 0, 1 + parts - len(one))) for one in stacked])
    there = torch.arange(parts) < torch.tensor([len(one) - 1 for one in stacked])[:, None]
    return MappedBatch(codes[:, 0], torch.ones(len(codes), codes.shape[3], dtype=torch.bool), codes[:, 1:], there)


def _named(model: Mapper, mixture: Mixture, tokens: Mapping[str, Tokens], device: str) -> list[Tokens]:
    """The likeliest tokens of each part, in the order of the parts."""
    of_mixture = tokens[mixture.mixture.id]
    stacked = _stacked(mixture, tokens)
    spec, frames = of_mixture.spec, stacked.shape[2]
    codes, mask = (part.to(device) for part in padded([of_mixture]))
    codes, mask = codes[..., :frames], mask[:, :frames]
    with torch.no_grad():
        likeliest = torch.stack([of[0].argmax(-1) for of in model.logits(codes, mask)], 1).cpu()  # [P, K, T]
        order = model.best_order(_batch([stacked], model.parts).to(torch.device(device)))
    for k, stride in enumerate(spec.strides):  # a code is held for its stride
        likeliest[:, k] = likeliest[:, k, ::stride].repeat_interleave(stride, -1)[..., :frames]
    of_part = {part: likeliest[output] for output, part in enumerate(order)}
    return [Tokens(of_part[n][None], torch.tensor([frames]), spec) for n in range(len(mixture.parts))]
