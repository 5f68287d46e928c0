"""The golden audio: what the golden codes are decoded to, so that a decoder's weights are verified too.

Every 31st sample, a prime that falls on each place within a frame of any usual length, rounded to half precision.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidAudio
from audiotok.files.atomic import atomic_write

EVERY = 31


@dataclass(frozen=True)
class GoldenAudio:
    """The record of a decoded clip."""

    date: str  # of the codes, or later
    sample_rate: int  # Hz, of the decoder
    length: int  # samples, of which every so-manieth is kept
    every: int
    sha256: str  # of those, float16 [C, n]


def make(codec: Codec, tokens: Tokens, every: int = EVERY) -> tuple[GoldenAudio, Tensor]:
    """Decode on this machine -> what is to be recorded, and the samples that are kept."""
    # Whose they are is known already; centroids on another machine have another path there.
    audio = codec.decode(replace(tokens, tokenizer=None))
    waveform = audio.waveform[0].cpu()
    samples = waveform[:, ::every].half().contiguous()
    told = GoldenAudio(date.today().isoformat(), audio.sample_rate, waveform.shape[1], every, _sha256(samples))
    return told, samples


def save(samples: Tensor, path: Path) -> None:
    with atomic_write(path) as partial:
        save_file({"samples": samples}, partial)


def load(golden: GoldenAudio, path: Path) -> Tensor:
    """[C, n] float16. Raises InvalidAudio where the file is not that of the record."""
    try:
        samples = load_file(path)["samples"]
    except (SafetensorError, OSError, KeyError) as error:
        raise InvalidAudio(f"{path}: the golden audio is missing or incomplete ({error})") from error
    if samples.dtype != torch.float16 or _sha256(samples) != golden.sha256:
        raise InvalidAudio(f"{path} does not contain the audio that the .json file next to it describes")
    return samples


def _sha256(samples: Tensor) -> str:
    return hashlib.sha256(samples.contiguous().numpy().astype("<f2").tobytes()).hexdigest()
