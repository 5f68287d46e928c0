"""Clips that a language model has generated: their tokens, and their audio in a file, decoded once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens


@dataclass(frozen=True)
class GeneratedClip:
    """Tokens of one clip, its prompt included, and the file for its audio."""

    tokens: Tokens
    begin: int  # frames of the prompt
    wav: Path

    @property
    def codes(self) -> list[int]:
        """Codes of the coarsest codebook after the prompt; a code that is held counts once."""
        stride = self.tokens.spec.stride(0)
        codes: list[int] = self.tokens.codes[0, 0, -(-self.begin // stride) * stride :: stride].tolist()
        return codes


def decode_generated(codec: Codec, generated: GeneratedClip, seconds: float) -> Audio:
    """Audio after the prompt, at most `seconds` long. The whole clip is decoded once and then read from its file."""
    if not generated.wav.exists():
        codec.decode(generated.tokens).to("cpu").save(generated.wav)
    audio, durations = Audio.load(generated.wav), generated.tokens.durations
    frames = generated.begin if durations is None else int(durations[0, : generated.begin].sum())
    begin = round(float(frames * codec.spec.hop) * audio.sample_rate / codec.spec.sample_rate)
    end = begin + round(seconds * audio.sample_rate)
    return Audio.from_clips([audio.clips()[0][:, begin:end]], audio.sample_rate)
