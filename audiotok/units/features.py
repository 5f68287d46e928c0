"""The features of a data set, computed once and kept in a folder: a shard of clips a file, float16.

Whatever reads them (k-means, BPE over the units, a distilled tokenizer's teacher) sees each clip's frames under the
clip's id. A killed run goes on at the first shard that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidData
from audiotok.files.progress import progress_bar
from audiotok.units.centroids import read, without_mean, write
from audiotok.units.encoders import FrameEncoder

FORMAT = "audiotok.features.v1"
CLIPS_PER_SHARD = 64


@dataclass(frozen=True)
class Features:
    """Shards that are all there."""

    shards: tuple[Path, ...]

    @classmethod
    def compute(
        cls, clips: Sequence[Clip], encoder: FrameEncoder, folder: Path, waveform: Callable[[Clip], Tensor]
    ) -> Features:
        """Encode what is not in `folder` yet. `waveform` reads a clip as [T] at the encoder's rate.

        `folder` belongs to one encoder, layer and list of clips. Raises InvalidData where it holds another's.
        """
        folder.mkdir(parents=True, exist_ok=True)
        shards = []
        with progress_bar(total=len(clips), desc="features", unit="clip") as progress:
            for start in range(0, len(clips), CLIPS_PER_SHARD):
                batch = clips[start : start + CLIPS_PER_SHARD]
                shard = folder / f"{start // CLIPS_PER_SHARD:05d}.safetensors"
                if not shard.is_file():
                    write(shard, {clip.id: encoder(waveform(clip)).half().cpu() for clip in batch}, {"format": FORMAT})
                elif set(read(shard, FORMAT)[0]) != {clip.id for clip in batch}:
                    raise InvalidData(f"{shard} holds the features of other clips; use another folder, or remove it")
                shards.append(shard)
                progress.update(len(batch))
        return cls(tuple(shards))

    def __iter__(self) -> Iterator[tuple[str, Tensor]]:
        """(clip id, [T, D] float32), a shard in memory at a time."""
        for shard in self.shards:
            for name, frames in sorted(read(shard, FORMAT)[0].items()):
                yield name, frames.float()

    def blocks(self, remove_mean: bool = False) -> Iterator[Tensor]:
        """[N, D] float32, a shard at a time; of each clip less its own mean if `remove_mean`."""
        for shard in self.shards:
            clips = [frames.float() for _, frames in sorted(read(shard, FORMAT)[0].items())]
            yield torch.cat([without_mean(frames) for frames in clips] if remove_mean else clips)


def sample_frames(blocks: Iterable[Tensor], size: int, seed: int) -> Tensor:
    """At most `size` frames, each with equal chance, in one reading of the stream; [N, D]."""
    generator = torch.Generator().manual_seed(seed)
    kept, keys = torch.empty(0), torch.empty(0, dtype=torch.float64)
    for block in blocks:
        kept = block if not len(keys) else torch.cat([kept, block])
        keys = torch.cat([keys, torch.rand(len(block), generator=generator, dtype=torch.float64)])
        if len(keys) > size:
            keys, order = keys.topk(size)
            kept = kept[order]
    return kept
