"""The net: vectors of all codebooks (audiotok.tasks.probes.frames), attentive pooling over time, a linear layer.

Unlike the bag it may read order within a clip and likeness of codes, and unlike it its answer hangs on seed and
training: it is a second opinion beside the bag, trained alike for every tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from audiotok.core.tokens import Tokens
from audiotok.tasks.probes.folds import Splitter
from audiotok.tasks.probes.frames import Frames, finer, padded, tables_of
from audiotok.tasks.probes.options import TrainedOptions

BATCH = 32
DROPOUT = 0.3
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.05


class Pooling(nn.Module):
    """Codes of K codebooks -> mean and deviation of a clip's frames, weighted by attention."""

    def __init__(self, frames: Frames, size: int) -> None:
        super().__init__()
        self.frames = frames
        self.attention = nn.Sequential(nn.Linear(size, size), nn.Tanh(), nn.Linear(size, 1))

    def forward(self, codes: Tensor, mask: Tensor) -> Tensor:
        """[B, K, T], [B, T] -> [B, 2 · size]. What the mask leaves out counts nowhere."""
        frames, mask = self.frames(codes, mask)
        weights = self.attention(frames)[..., 0].masked_fill(~mask, -torch.inf).softmax(-1)[..., None]
        mean = (weights * frames).sum(1)
        spread = ((weights * frames.square()).sum(1) - mean.square()).clamp(min=1e-6).sqrt()
        return torch.cat([mean, spread], -1)


class Net(nn.Module):
    """Codes of K codebooks -> logits of the classes."""

    def __init__(self, tables: Sequence[Tensor | int], size: int, classes: int, finer: int = 1) -> None:
        """tables and finer: as `Frames` takes them."""
        super().__init__()
        self.pooling = Pooling(Frames(tables, size, finer), size)
        self.classify = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(2 * size, classes))

    def forward(self, codes: Tensor, mask: Tensor) -> Tensor:
        """[B, K, T], [B, T] -> [B, classes]"""
        return self.classify(self.pooling(codes, mask))


def accuracy(
    tokens: Sequence[Tokens],
    tables: Sequence[Tensor] | None,
    labels: Sequence[str],
    groups: Sequence[str],
    splitter: Splitter,
    draws: int,
    options: TrainedOptions,
) -> NDArray[np.float64]:
    """[N]: of each clip, in which share of draws and seeds a net that never met its group names its class; NaN of a
    clip that is trained on alone.

    tables: `vectors_of` the tokenizer.
    """
    right, tested = np.zeros(len(labels)), np.zeros(len(labels), dtype=bool)
    classes = np.unique(np.array(labels), return_inverse=True)[1]
    for draw in range(draws):
        for train, test in splitter(labels, groups, draw):
            for seed in options.seeds:
                of_train = [tokens[number] for number in train]
                net = _trained(of_train, classes[train], _blank(tokens[0], tables, classes), seed, options)
                with torch.no_grad():
                    named = [
                        net(*_batch(tokens, part, options.device)).argmax(-1).cpu().numpy()
                        for part in np.array_split(test, -(-len(test) // BATCH))
                    ]
                right[test] += np.concatenate(named) == classes[test]
            tested[test] = True
    return np.where(tested, right / (draws * len(options.seeds)), np.nan)


def _blank(
    tokens: Tokens, tables: Sequence[Tensor] | None, classes: NDArray[np.intp]
) -> tuple[list[Tensor | int], int, int]:
    """Tables of the frames' codebooks and of the clip's, the number of classes, and the frames to average."""
    return tables_of(tokens.spec, tables), int(classes.max()) + 1, finer(tokens.spec)


def _batch(tokens: Sequence[Tokens], numbers: Iterable[int], device: str) -> tuple[Tensor, Tensor]:
    """Codes and mask of some clips, padded as these need, so that a corpus with one long clip fits into memory."""
    codes, mask = padded([tokens[number] for number in numbers])
    return codes.to(device), mask.to(device)


def _trained(
    tokens: Sequence[Tokens],
    classes: NDArray[np.intp],
    blank: tuple[list[Tensor | int], int, int],
    seed: int,
    options: TrainedOptions,
) -> Net:
    tables, number, finer = blank
    on_cpu = options.device == "cpu"
    with torch.random.fork_rng(devices=[] if on_cpu else None):
        # Seeding torch would seed every GPU, and only their states that were read are restored.
        (torch.default_generator if on_cpu else torch).manual_seed(seed)
        net = Net(tables, options.size, number, finer).to(options.device)
        learned = [parameter for parameter in net.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(learned, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=options.steps)
        target = torch.from_numpy(classes).to(options.device)
        for batch in islice(_batches(len(tokens)), options.steps):
            loss = cross_entropy(net(*_batch(tokens, batch.tolist(), options.device)), target[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def _batches(clips: int) -> Iterator[Tensor]:
    while True:
        yield from torch.randperm(clips).split(BATCH)
