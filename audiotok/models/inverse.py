"""The inverse of units: the vectors of a clip's units and a prompt's frames to log-mel frames in the prompt's voice.

After the inverse model of Vec-Tok Speech (Zhu et al. 2023, arXiv 2310.07246): a Conformer over prompt ‖ centroids, loss
MSE + SSIM. There prompt and output are vectors of a self-supervised encoder, which a vocoder turns into audio. Here
both are log-mel frames and Griffin–Lim is the vocoder: one model less to train, which is what two cores have time for.
The Conformer has no positional encoding; its convolutions tell it where it is. Beside it runs a linear map of seven
units and of the prompt's mean, and training starts from its least squares, as a codec's does
(audiotok/models/mel_codec.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidData
from audiotok.models import weights
from audiotok.models.mel import BANDS, FLOOR, HOP, SAMPLE_RATE
from audiotok.models.scaled import Scaled

FORMAT = "audiotok.inverse.v1"
_AROUND = 7  # units that the linear map hears
_WINDOW, _CONTEXT = 200, 50  # units that are spoken at once, and those heard on either side of them


@dataclass(frozen=True)
class InverseConfig:
    """The shape of an inverse model."""

    dim: int  # of a unit's vector
    stack: int = 2  # log-mel frames per unit
    prompt: int = 75  # units that a prompt is as long as
    channels: int = 144
    layers: int = 3
    heads: int = 4
    hidden: int = 432  # of a feed-forward layer
    kernel: int = 15  # of a convolution
    components: int = 96  # principal ones of the vectors, that the linear map takes

    @property
    def frame_rate(self) -> float:
        """Units a second."""
        return SAMPLE_RATE / HOP / self.stack


class Inverse(Scaled):
    """Prompt [B, stack * P, 128], vectors [B, T, dim] -> log-mel [B, stack * T, 128]."""

    def __init__(self, config: InverseConfig) -> None:
        from torchaudio.models import Conformer

        super().__init__()
        self.config = config
        frame = config.stack * BANDS
        self.from_prompt = nn.Linear(frame, config.channels)
        self.from_vectors = nn.Sequential(nn.LayerNorm(config.dim), nn.Linear(config.dim, config.channels))
        self.conformer = Conformer(config.channels, config.heads, config.hidden, config.layers, config.kernel)
        self.out = nn.Linear(config.channels, frame)
        components = min(config.components, config.dim)
        self.narrow = nn.Linear(config.dim, components)
        self.around = nn.Conv1d(components, frame, _AROUND, padding=_AROUND // 2, bias=False)
        self.voice = nn.Linear(BANDS, frame)

    @torch.no_grad()
    def start(self, frames: Tensor, vectors: Tensor) -> None:
        """Begin as the linear map of least squares from `vectors` [B, T, dim] to log-mel `frames` [B, stack * T, 128].

        Both are like those that will be learned from. Sets the bands' mean and deviation, and the vectors' principal
        components too.
        """
        self.measure(frames.flatten(0, 1))
        rows = vectors.flatten(0, 1)
        variance, components = torch.linalg.eigh(torch.cov(rows.T))
        count = self.narrow.out_features
        scaled = components[:, -count:] / variance[-count:].clamp(min=1e-6).sqrt()
        self.narrow.weight.copy_(scaled.T)
        self.narrow.bias.copy_(-rows.mean(0) @ scaled)

        spoken = self.config.stack * vectors.shape[1]
        edge = _AROUND // 2
        target = self._stacked(frames[:, -spoken:])[:, edge:-edge].flatten(0, 1)
        windows = self.narrow(vectors).unfold(1, _AROUND, 1).flatten(2)
        voice = self.normal(frames[:, :-spoken]).mean(1, keepdim=True).expand(-1, windows.shape[1], -1)
        inputs = torch.cat([windows, voice, torch.ones_like(voice[..., :1])], dim=2).flatten(0, 1)
        ridge = 1e-3 * len(inputs) * torch.eye(inputs.shape[1])
        solution = torch.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ target)
        of_units, of_voice, bias = solution.split([windows.shape[2], BANDS, 1])
        self.around.weight.copy_(of_units.T.unflatten(1, (count, _AROUND)))
        self.voice.weight.copy_(of_voice.T)
        self.voice.bias.copy_(bias[0])
        self.out.weight.zero_()
        self.out.bias.zero_()

    def forward(self, prompt: Tensor, vectors: Tensor) -> Tensor:
        sequence = torch.cat([self.from_prompt(self._stacked(prompt)), self.from_vectors(vectors)], dim=1)
        lengths = torch.full(sequence.shape[:1], sequence.shape[1], device=sequence.device)
        hidden, _ = self.conformer(sequence, lengths)
        linear = self.around(self.narrow(vectors).transpose(1, 2)).transpose(1, 2)
        voice = self.voice(self.normal(prompt).mean(1, keepdim=True))
        spoken = (self.out(hidden[:, -vectors.shape[1] :]) + linear + voice).float()
        return spoken.reshape(len(spoken), -1, BANDS) * self.std + self.mean

    def _stacked(self, frames: Tensor) -> Tensor:
        """[B, stack * T, 128] -> [B, T, stack * 128], of mean 0 and deviation 1"""
        return self.normal(frames).unflatten(1, (-1, self.config.stack)).flatten(2)

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
