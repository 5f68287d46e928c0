"""Training data of a vocoder: the waveforms of a data set as one long stream, kept on disk in half precision.

Half precision keeps 11 bits of each sample whatever its level, so that its noise is 70 dB below the speech. A crop may
run over the seam between two clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData
from audiotok.train.features import WaveformFeatures, cached, label


@dataclass(frozen=True, eq=False)
class TrainingRecordings:
    """The clips of a data set one after the other."""

    samples: Tensor  # [N] float16 at 16 kHz
    data: str  # "small/train@sha256:ab12…"

    def crops(self, count: int, length: int, generator: torch.Generator) -> Tensor:
        """[count, length] float32 from anywhere. Raises InvalidData where that is longer than the whole."""
        last = len(self.samples) - length
        if last < 0:
            raise InvalidData(f"{self.data} holds {len(self.samples)} samples, a crop has {length}; use shorter crops")
        starts = torch.randint(0, last + 1, (count,), generator=generator).tolist()
        return torch.stack([self.samples[start : start + length] for start in starts]).float()


def recordings(manifest: Manifest, folder: Path, speeds: Sequence[float] = (1.0,)) -> TrainingRecordings:
    """Read every clip at every speed, or read it back from `folder`.

    Raises InvalidData where there are no clips, or all of them are silent.
    """
    if not len(manifest):
        raise InvalidData(f"{manifest.name} has no clips to train on; check the split and the domain")
    clips = []
    for speed in speeds:
        clips += [
            samples[:, 0].half()
            for _, samples in cached(manifest, WaveformFeatures.name, WaveformFeatures(), folder, speed)
        ]
    samples = torch.cat(clips)
    if not bool(samples.any()):
        raise InvalidData(f"{manifest.name}: every clip is silent")
    return TrainingRecordings(samples, label(manifest, speeds))
