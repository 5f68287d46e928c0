"""A codebook of semantic units: centroids of an encoder's frames, and which encoder, data and command they are from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from audiotok.errors import InvalidData
from audiotok.files.atomic import atomic_write

FORMAT = "audiotok.centroids.v1"
CHUNK = 16384  # frames whose distances are in memory at once


@dataclass(frozen=True, eq=False)
class Centroids:
    """[K, D] vectors and their provenance."""

    vectors: Tensor  # [K, D] float32
    encoder: str  # "whisper-base", a folder, or a name on the hub and its commit, "NAME@COMMIT"
    layer: int  # of the encoder: 0 its embedded input, n the output of its n-th layer, -1 its final output
    remove_mean: bool = False  # whether each clip's mean is taken off its frames first
    data: str = ""  # "small/train@sha256:ab12…", the hash of the clips that were drawn
    command: str = ""  # what made them

    def save(self, path: Path) -> None:
        """safetensors in float16, everything else as metadata."""
        metadata = {name: str(getattr(self, name)) for name in ("encoder", "layer", "remove_mean", "data", "command")}
        write(path, {"centroids": self.vectors.half().cpu()}, {"format": FORMAT, **metadata})

    @classmethod
    def load(cls, path: Path) -> Centroids:
        """Raises InvalidData where the file is cut or of another kind."""
        tensors, metadata = read(path, FORMAT)
        return cls(
            tensors["centroids"].float(),
            encoder=metadata["encoder"],
            layer=int(metadata["layer"]),
            remove_mean=metadata["remove_mean"] == "True",
            data=metadata["data"],
            command=metadata["command"],
        )


def assign(features: Tensor, vectors: Tensor, remove_mean: bool = False) -> Tensor:
    """One clip's features [T, D], centroids [K, D] -> units [T]; ties go to the lower unit."""
    if remove_mean:
        features = without_mean(features)
    chunks = [nearest(checked(chunk, vectors), vectors)[0] for chunk in features.split(CHUNK)]
    return torch.cat(chunks)


def without_mean(features: Tensor) -> Tensor:
    """[T, D] of one clip -> the same less its mean over time, which holds much of the voice and the channel."""
    return features - features.mean(0, keepdim=True)


def nearest(frames: Tensor, vectors: Tensor) -> tuple[Tensor, Tensor]:
    """[N, D], [K, D] -> index of the nearest vector [N] (of equally near ones the first), squared distance [N]."""
    # A frame's own |x|² is the same for all vectors: left out of the comparison, where it would cost precision.
    scores = vectors.square().sum(1) - 2 * frames @ vectors.T
    codes = scores.argmin(dim=1)
    best = scores.gather(1, codes[:, None])[:, 0]
    return codes, (best + frames.square().sum(1)).clamp(min=0)


def checked(frames: Tensor, vectors: Tensor) -> Tensor:
    """float32 on the vectors' device. Raises InvalidData on another width, and on NaN or infinite values."""
    if frames.ndim != 2 or frames.shape[1] != vectors.shape[1]:
        raise InvalidData(f"features must be [N, D={vectors.shape[1]}], got {list(frames.shape)}")
    frames = frames.to(vectors.device, torch.float32)
    if not bool(torch.isfinite(frames).all()):
        raise InvalidData("the features hold NaN or infinite values")
    return frames


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """A safetensors file, whole or not at all."""
    with atomic_write(path) as partial:
        save_file({name: value.contiguous() for name, value in tensors.items()}, partial, metadata)


def read(path: Path, kind: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The content that `write` wrote. Raises InvalidData where the file is cut or its format is not `kind`."""
    if not path.is_file():
        raise InvalidData(f"{path}: no such file")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError) as error:
        raise InvalidData(f"{path}: not a whole safetensors file ({error}); was it cut in the middle?") from error
    if metadata.get("format") != kind:
        raise InvalidData(f"{path}: expected a file of format {kind}, got {metadata.get('format')!r}")
    return tensors, metadata
