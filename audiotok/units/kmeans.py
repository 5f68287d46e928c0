"""k-means over the frames of a speech encoder, in memory that does not grow with the data.

Frames come as a stream of blocks [N, D] that is read once a pass; memory holds one block and the centroids. With
`update_frames=0` centroids move once a pass, which is exact k-means (Lloyd). Otherwise they move every `update_frames`
frames, to the mean of all frames they were ever given: mini-batch k-means (Sculley, "Web-scale k-means clustering",
WWW 2010), for data that is too large to be read dozens of times. Its blocks should mix speakers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from audiotok.errors import InvalidData, InvalidOption
from audiotok.units.centroids import CHUNK, checked, nearest, read, write

FORMAT = "audiotok.kmeans.v1"
SPLIT = 1 / 1024  # how far the halves of a split centroid start apart, relative to it


@dataclass(frozen=True)
class Pass:
    """Outcome of one pass over the data."""

    frames: int
    error: float  # mean squared distance of a frame to its centroid, as the frame was read
    variance: float  # mean squared distance of a frame to the mean of all
    used: int  # centroids that were nearest to at least one frame
    revived: int  # centroids without a frame that were moved into the cluster of greatest error

    @property
    def explained(self) -> float:
        """Share of the variance that the centroids account for."""
        return 1 - self.error / self.variance if self.variance else 1.0


@dataclass
class KMeans:
    """k-means in progress: all that a resumed run needs."""

    centroids: Tensor  # [K, D] float32
    mass: Tensor  # [K] float64, frames whose mean a centroid is; not used where it moves once a pass
    history: list[Pass] = field(default_factory=list)

    @classmethod
    def start(cls, sample: Tensor, k: int, seed: int = 0, device: str | torch.device = "cpu") -> KMeans:
        """Greedy k-means++ (Arthur and Vassilvitskii 2007) on a sample [N, D] of the frames, N >= k.

        Raises InvalidOption and InvalidData.
        """
        from sklearn.cluster import kmeans_plusplus

        if k < 1:
            raise InvalidOption(f"k must be at least 1, got {k}")
        if sample.ndim != 2 or len(sample) < k:
            raise InvalidData(f"k={k} needs a sample [N, D] of at least {k} frames, got {list(sample.shape)}")
        centroids, _ = kmeans_plusplus(checked(sample, sample).cpu().numpy(), k, random_state=seed)
        return cls(torch.from_numpy(centroids).to(device), torch.zeros(k, dtype=torch.float64, device=device))

    def run_pass(self, blocks: Iterable[Tensor], update_frames: int = 0) -> Pass:
        """Read the stream once and move the centroids. Raises InvalidData on empty, misshapen or NaN features."""
        whole, recent = _Sums.zeros(self.centroids), _Sums.zeros(self.centroids)
        for block in blocks:
            for chunk in block.split(min(CHUNK, update_frames or CHUNK)):
                recent.add(checked(chunk, self.centroids), self.centroids)
                if update_frames and recent.frames >= update_frames:
                    self._move(recent, self.mass)
                    whole.merge(recent)
                    recent = _Sums.zeros(self.centroids)
        self._move(recent, self.mass if update_frames else torch.zeros_like(self.mass))
        whole.merge(recent)
        if not whole.frames:
            raise InvalidData("no frames to cluster: the stream of features is empty")
        used = int((whole.counts > 0).sum())
        self.history.append(
            Pass(whole.frames, float(whole.errors.sum()) / whole.frames, whole.variance, used, self._revive(whole))
        )
        return self.history[-1]

    def converged(self, tolerance: float) -> bool:
        """Whether the last pass lowered the error by less than `tolerance`, relative, and no centroid was revived."""
        if len(self.history) < 2 or self.history[-1].revived or self.history[-2].revived:
            return False
        before, after = self.history[-2].error, self.history[-1].error
        return before - after <= tolerance * before

    def save(self, path: Path) -> None:
        """Whole or not at all."""
        metadata = {"format": FORMAT, "history": json.dumps([vars(step) for step in self.history])}
        write(path, {"centroids": self.centroids.cpu(), "mass": self.mass.cpu()}, metadata)

    @classmethod
    def load(cls, path: Path, device: str | torch.device = "cpu") -> KMeans:
        """Raises InvalidData where the file is cut or of another kind."""
        tensors, metadata = read(path, FORMAT)
        history = [Pass(**step) for step in json.loads(metadata["history"])]
        return cls(tensors["centroids"].to(device), tensors["mass"].to(device), history)

    def _move(self, sums: _Sums, mass: Tensor) -> None:
        """Each centroid becomes the mean of its `mass` frames and the new ones; one without new frames stays."""
        self.mass = mass + sums.counts
        moved = (mass[:, None] * self.centroids.double() + sums.totals) / self.mass.clamp(min=1)[:, None]
        self.centroids = torch.where((sums.counts > 0)[:, None], moved.float(), self.centroids)

    def _revive(self, sums: _Sums) -> int:
        """Split the clusters of greatest error, one for each centroid that no frame was nearest to."""
        dead = (sums.counts == 0).nonzero()[:, 0].tolist()
        heavy = [k for k in sums.errors.argsort(descending=True, stable=True).tolist() if sums.errors[k] > 0]
        apart = torch.ones_like(self.centroids[0])
        apart[::2] = -1
        for k, parent in zip(dead, heavy, strict=False):
            middle = self.centroids[parent].clone()
            self.centroids[k], self.centroids[parent] = middle * (1 + SPLIT * apart), middle * (1 - SPLIT * apart)
            self.mass[k] = self.mass[parent] = self.mass[parent] / 2
        return min(len(dead), len(heavy))


@dataclass
class _Sums:
    """The sums over a stretch of the stream; float64, since millions of frames go in."""

    counts: Tensor  # [K]
    totals: Tensor  # [K, D], sum of the frames of each centroid
    errors: Tensor  # [K], sum of squared distances
    squares: float = 0.0  # sum of squared norms
    frames: int = 0

    @classmethod
    def zeros(cls, centroids: Tensor) -> _Sums:
        wide = torch.zeros_like(centroids, dtype=torch.float64)
        return cls(wide[:, 0].clone(), wide, wide[:, 0].clone())

    def add(self, frames: Tensor, centroids: Tensor) -> None:
        codes, errors = nearest(frames, centroids)
        self.counts += torch.bincount(codes, minlength=len(centroids))
        self.totals.index_add_(0, codes, frames.double())
        self.errors.index_add_(0, codes, errors.double())
        self.squares += float(frames.double().square().sum())
        self.frames += len(frames)

    def merge(self, other: _Sums) -> None:
        self.counts += other.counts
        self.totals += other.totals
        self.errors += other.errors
        self.squares += other.squares
        self.frames += other.frames

    @property
    def variance(self) -> float:
        return self.squares / self.frames - float((self.totals.sum(0) / self.frames).square().sum())


def fit(
    state: KMeans,
    blocks: Callable[[], Iterable[Tensor]],
    *,
    passes: int = 50,
    tolerance: float = 1e-4,
    update_frames: int = 0,
) -> Iterator[Pass]:
    """Run passes until the error stands still or there were `passes`, those of a resumed state included.

    `blocks` starts the stream over with each call. Yields each pass as it ends, for a progress bar and a checkpoint.
    """
    while len(state.history) < passes and not state.converged(tolerance):
        yield state.run_pass(blocks(), update_frames)


def perplexity(codes: Tensor, k: int) -> float:
    """[N] -> exp of the entropy of how often each of k units occurs, 1..k."""
    share = torch.bincount(codes, minlength=k).double() / max(1, len(codes))
    return math.exp(-float(torch.special.xlogy(share, share).sum()))
