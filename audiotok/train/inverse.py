"""The inverse of units: the vectors of a clip's units and a prompt's frames to log-mel frames in the prompt's voice.

After the inverse model of Vec-Tok Speech (Zhu et al. 2023, arXiv 2310.07246): a Conformer over prompt ‖ centroids, loss
MSE + SSIM. There prompt and output are vectors of a self-supervised encoder, which a vocoder turns into audio. Here
both are log-mel frames and Griffin–Lim is the vocoder: one model less to train, which is what two cores have time for.
The Conformer has no positional encoding; its convolutions tell it where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidData
from audiotok.train import weights
from audiotok.train.mel import BANDS, FLOOR, HOP, SAMPLE_RATE

FORMAT = "audiotok.inverse.v1"
_WINDOW, _CONTEXT = 200, 50  # units that are spoken at once, and those heard on either side of them


@dataclass(frozen=True)
class InverseConfig:
    """The shape of an inverse model."""

    dim: int  # of a unit's vector
    stack: int = 2  # log-mel frames per unit
    prompt: int = 75  # units that a prompt is as long as
    channels: int = 144
    layers: int = 4
    heads: int = 4
    hidden: int = 432  # of a feed-forward layer
    kernel: int = 15  # of a convolution

    @property
    def frame_rate(self) -> float:
        """Units a second."""
        return SAMPLE_RATE / HOP / self.stack


class Inverse(nn.Module):
    """Prompt [B, stack * P, 128], vectors [B, T, dim] -> log-mel [B, stack * T, 128]."""

    mean: Tensor  # [128]
    std: Tensor

    def __init__(self, config: InverseConfig) -> None:
        from torchaudio.models import Conformer

        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.full((BANDS,), FLOOR / 2))
        self.register_buffer("std", torch.full((BANDS,), 2.0))
        frame = config.stack * BANDS
        self.from_prompt = nn.Linear(frame, config.channels)
        self.from_vectors = nn.Sequential(nn.LayerNorm(config.dim), nn.Linear(config.dim, config.channels))
        self.conformer = Conformer(config.channels, config.heads, config.hidden, config.layers, config.kernel)
        self.out = nn.Linear(config.channels, frame)

    @torch.no_grad()
    def start(self, frames: Tensor) -> None:
        """Set the bands' mean and deviation from frames [N, 128] like those that will be spoken."""
        self.mean.copy_(frames.mean(0))
        self.std.copy_(frames.std(0).clamp(min=1e-3))

    def normal(self, frames: Tensor) -> Tensor:
        """Log-mel [..., 128] -> the same of mean 0 and deviation 1 over the training data."""
        return (frames - self.mean) / self.std

    def forward(self, prompt: Tensor, vectors: Tensor) -> Tensor:
        heard = self.normal(prompt).unflatten(1, (-1, self.config.stack)).flatten(2)
        sequence = torch.cat([self.from_prompt(heard), self.from_vectors(vectors)], dim=1)
        lengths = torch.full(sequence.shape[:1], sequence.shape[1], device=sequence.device)
        hidden, _ = self.conformer(sequence, lengths)
        spoken = self.out(hidden[:, -vectors.shape[1] :]).float()
        return spoken.reshape(len(spoken), -1, BANDS) * self.std + self.mean

    def speak(self, prompt: Tensor, vectors: Tensor) -> Tensor:
        """One clip: prompt [stack * P, 128], vectors [T, dim] -> log-mel [stack * T, 128], in windows of 4 s with a
        second on either side. The model must be in evaluation mode.
        """
        spoken = []
        for start in range(0, len(vectors), _WINDOW):
            before = min(start, _CONTEXT)
            heard = vectors[start - before : start + _WINDOW + _CONTEXT]
            frames = self(prompt[None], heard[None])[0, self.config.stack * before :]
            spoken.append(frames[: self.config.stack * _WINDOW])
        return torch.cat(spoken)[: self.config.stack * len(vectors)]

    def prompt_of(self, frames: Tensor) -> Tensor:
        """The first frames of a clip's [F, 128], as many as the model was trained with.

        Raises InvalidData where there are too few, and where they are silent.
        """
        needed = self.config.stack * self.config.prompt
        if len(frames) < needed:
            came, least = (count * HOP / SAMPLE_RATE for count in (len(frames), needed))
            raise InvalidData(f"a prompt needs {least:g} s, got {came:g} s; give a longer one")
        if float(frames[:needed].max()) < FLOOR + 0.01:
            raise InvalidData("the prompt is silent where it is listened to: give one with a voice")
        return frames[:needed]

    def save(self, path: Path, metadata: dict[str, str]) -> None:
        """Half precision; whole or not at all."""
        weights.save(path, FORMAT, self, self.config, metadata)

    @classmethod
    def load(cls, path: Path) -> tuple[Inverse, dict[str, str]]:
        """(model in float32, ready to speak; metadata). Raises InvalidData where the file is cut or another kind."""
        return weights.load(path, FORMAT, lambda config: cls(InverseConfig(**config)))
