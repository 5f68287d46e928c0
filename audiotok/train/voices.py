"""Training data of an inverse of units: each voice's units and log-mel frames, for prompt and clip of one voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData
from audiotok.models.mel import FLOOR, HOP, SAMPLE_RATE
from audiotok.train.features import LOG_MEL, FrameCrops, LogMel, cached


@dataclass(frozen=True, eq=False)
class Voices:
    """All clips of a voice one after the other, and one voice after the other."""

    frames: Tensor  # [stack * N, 128] float16
    units: Tensor  # [N] int64
    spans: dict[str, tuple[int, int]]  # voice -> its first unit and the one after its last
    vectors: Tensor  # [K, D]
    stack: int  # frames per unit
    prompt: int  # units that a prompt is as long as
    data: str  # "small/train@sha256:ab12…"

    def sample(self, count: int = 600) -> FrameCrops:
        """Stretches of 2 s at most, enough for statistics and for a linear map: the same ones every time.

        Raises InvalidData where no voice is longer than a prompt.
        """
        longest = max(end - start for start, end in self.spans.values()) - self.prompt
        return self.crops(count, max(1, min(100, longest)), torch.Generator().manual_seed(0))

    def crops(self, count: int, length: int, generator: torch.Generator) -> FrameCrops:
        """`count` random stretches of `length` units, each behind a prompt from elsewhere in the same voice.

        A voice is a ring, so that any place in it can be a clip's; a crop may run over the seam between two clips.
        Raises InvalidData where no voice is as long as a prompt and a crop.
        """
        needed = self.prompt + length
        longest = [span for span in self.spans.values() if span[1] - span[0] >= needed]
        if not longest:
            seconds = needed * self.stack * HOP / SAMPLE_RATE
            raise InvalidData(
                f"{self.data}: no voice has the {seconds:g} s of a prompt and a crop; use a shorter prompt, or shorter "
                "crops"
            )
        sizes = torch.tensor([end - start for start, end in longest])
        places = torch.randint(0, int(sizes.sum()), (count,), generator=generator)
        gaps = torch.rand(count, generator=generator)
        frames, vectors = [], []
        for place, gap in zip(places.tolist(), gaps.tolist(), strict=True):
            voice = int(torch.searchsorted(sizes.cumsum(0), place, right=True))
            start, size = longest[voice][0], int(sizes[voice])
            clip = place + torch.arange(length)
            heard = place + length + int(gap * (size - needed + 1)) + torch.arange(self.prompt)
            order = start + torch.cat([heard, clip]) % size
            frames.append(self.frames.unflatten(0, (-1, self.stack))[order].flatten(0, 1))
            vectors.append(self.vectors[self.units[order[self.prompt :]]])
        return FrameCrops(torch.stack(frames).float(), {"units": torch.stack(vectors)})


def voices(
    manifest: Manifest, units: Mapping[str, Tensor], vectors: Tensor, stack: int, prompt: int, folder: Path
) -> Voices:
    """`units` [T] by clip id; log-mel frames are computed, or read back from `folder`, as for a codec.

    A clip whose speaker the manifest does not tell is a voice of its own. Raises InvalidData where there are no clips,
    where all are silent, and on units without a vector.
    """
    if not len(manifest):
        raise InvalidData(f"{manifest.name} has no clips to train on; check the split and the domain")
    mels = dict(cached(manifest, LOG_MEL, LogMel(), folder))
    spans, frames, codes, count = {}, [], [], 0
    for voice, clips in _by_voice(manifest).items():
        start = count
        for clip in clips:
            length = min(len(units[clip]), len(mels[clip]) // stack)
            frames.append(mels[clip][: length * stack].half())
            codes.append(units[clip][:length])
            count += length
        spans[voice] = (start, count)
    joined, said = torch.cat(frames), torch.cat(codes).long()
    if not len(joined) or float(joined.max()) < FLOOR + 0.01:  # half precision rounds the floor up
        raise InvalidData(f"{manifest.name}: every clip is silent or shorter than a unit")
    if int(said.min()) < 0 or int(said.max()) >= len(vectors):
        raise InvalidData(f"units must lie in 0..{len(vectors) - 1}, got {int(said.min())} to {int(said.max())}")
    return Voices(joined, said, spans, vectors.float(), stack, prompt, f"{manifest.name}@sha256:{manifest.sha256}")


def _by_voice(manifest: Manifest) -> dict[str, list[str]]:
    """Ids of the clips of each speaker, and of each clip without one."""
    found: dict[str, list[str]] = {}
    for clip in manifest:
        found.setdefault(clip.speaker or f"clip {clip.id}", []).append(clip.id)
    return found
