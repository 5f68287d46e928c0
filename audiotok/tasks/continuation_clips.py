"""Clips that a language model continues, in a folder: tokens, and audio to listen to beside what was really said.

    <clip>.safetensors   the prompt's tokens and those that the model made follow
    <clip>.wav           both decoded, in one piece
    <clip>-real.wav      what the speaker really went on to say, through the same codec

What is there is not made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidAudio, InvalidData, InvalidOption
from audiotok.lm.model import AcousticLM
from audiotok.lm.pattern import Pattern
from audiotok.lm.sampling import continue_clip, token_rate

VERSION = 1  # goes up when the same seed gives other codes
MIN_SECONDS = 1.0  # of a continuation and of a real rest: the judges need half a second of voice


@dataclass(frozen=True)
class Sampling:
    """What is the same for every tokenizer of a comparison."""

    prompt_seconds: float = 3.0
    seconds: float = 4.0  # of continuation, at most: a clip is continued for as long as it really goes on
    temperature: float = 1.0
    top_k: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not (self.prompt_seconds > 0 and self.seconds >= MIN_SECONDS and self.temperature > 0):
            raise InvalidOption(
                f"expected prompt_seconds and temperature above 0 and seconds of at least {MIN_SECONDS}, got {self}"
            )
        if self.top_k is not None and self.top_k < 1:
            raise InvalidOption(f"top_k must be at least 1, got {self.top_k}")

    def seed_of(self, clip: str) -> int:
        """See clip_seed."""
        return clip_seed(clip, self.seed)

    @property
    def stretch(self) -> str:
        """The part of a signature that says which audio is the prompt, and which its real rest."""
        return f"prompt_seconds:{self.prompt_seconds}|sample_seconds:{self.seconds}"

    @property
    def signature(self) -> str:
        """What of it belongs into a score's signature."""
        values = (("temperature", self.temperature), ("top_k", self.top_k or "all"), ("seed", self.seed))
        return "|".join((self.stretch, *(f"sample_{name}:{value}" for name, value in values)))


def clip_seed(clip: str, seed: int) -> int:
    """Of one clip alone, so that the others, and their order, change nothing."""
    return int.from_bytes(hashlib.sha256(f"{clip}|{seed}".encode()).digest()[:7], "big")


def evenly(clips: Sequence[Clip], number: int) -> list[Clip]:
    """So many of them, all along the list; 0 for all."""
    number = min(number or len(clips), len(clips))
    return [clips[i * len(clips) // number] for i in range(number)]


def prompts(speech: Manifest, sampling: Sampling, clips: int) -> Manifest:
    """So many clips, evenly from all that go on for MIN_SECONDS after a prompt; 0 for all. Raises InvalidData."""
    shortest = sampling.prompt_seconds + MIN_SECONDS
    long = [clip for clip in speech if clip.duration >= shortest]
    if not long:
        raise InvalidData(f"{speech.name}: no clip lasts {shortest} s; ask for a shorter prompt")
    return Manifest.of(f"{speech.name}-prompts", evenly(long, clips), speech.root)


def cut(audio: Audio, sampling: Sampling) -> tuple[Audio, Audio]:
    """One clip -> its prompt, and what follows up to the limit. Raises InvalidAudio where nothing follows."""
    begin = round(sampling.prompt_seconds * audio.sample_rate)
    end = begin + round(sampling.seconds * audio.sample_rate)
    (wave,) = audio.clips()
    if wave.shape[1] <= begin:
        raise InvalidAudio(
            f"the clip lasts {audio.seconds:.3f} s: nothing is left to follow a prompt of {sampling.prompt_seconds} s"
        )
    rate = audio.sample_rate
    return Audio.from_clips([wave[:, :begin]], rate), Audio.from_clips([wave[:, begin:end]], rate)


@dataclass(frozen=True)
class Given:
    """A clip's prompt and its real rest, as they are and as tokens."""

    prompt: Audio
    prompt_tokens: Tokens
    rest: Audio
    rest_tokens: Tokens


@dataclass(frozen=True)
class Following:
    """What comes after a prompt, and where its audio is or will be."""

    tokens: Tokens
    begin: int  # frames of the prompt that stand before it
    wav: Path

    @property
    def codes(self) -> list[int]:
        """Of the coarsest codebook, one that is held once."""
        stride = self.tokens.spec.stride(0)
        codes: list[int] = self.tokens.codes[0, 0, -(-self.begin // stride) * stride :: stride].tolist()
        return codes


def give(tokenizer: Tokenizer, clip: Clip, root: Path | None, sampling: Sampling) -> Given:
    """Prompt and rest are encoded each alone, so that no code of the prompt knows what follows."""
    prompt, rest = cut(data.read(clip, root), sampling)
    return Given(prompt, tokenizer.encode(prompt).to("cpu"), rest, tokenizer.encode(rest).to("cpu"))


def follow(
    model: AcousticLM, pattern: Pattern, given: Given, clip: Clip, sampling: Sampling, folder: Path
) -> tuple[Following, Following]:
    """-> as the model goes on, and as the speaker did."""
    path = folder / f"{clip.id}.safetensors"
    if not path.exists():
        continue_clip(
            model,
            pattern,
            given.prompt_tokens,
            given.rest.seconds,
            seed=sampling.seed_of(clip.id),
            min_seconds=min(MIN_SECONDS, given.rest.seconds),
            temperature=sampling.temperature,
            top_k=sampling.top_k,
        ).save(path)
    begin = int(given.prompt_tokens.lengths[0])
    made = Following(Tokens.load(path), begin, folder / f"{clip.id}.wav")
    return made, Following(given.rest_tokens, 0, folder / f"{clip.id}-real.wav")


def seconds_made(made: Following, given: Given) -> float:
    """How long the continuation is; where tokens have no time of their own, at the prompt's rate of them."""
    return (int(made.tokens.lengths[0]) - made.begin) / token_rate(given.prompt_tokens)


def listen(codec: Codec, following: Following, seconds: float) -> Audio:
    """What comes after the prompt, so many seconds at most; decoded once, then read from its file."""
    if not following.wav.exists():
        codec.decode(following.tokens).to("cpu").save(following.wav)
    audio, durations = Audio.load(following.wav), following.tokens.durations
    frames = following.begin if durations is None else int(durations[0, : following.begin].sum())
    begin = round(float(frames * codec.spec.hop) * audio.sample_rate / codec.spec.sample_rate)
    end = begin + round(seconds * audio.sample_rate)
    return Audio.from_clips([audio.clips()[0][:, begin:end]], audio.sample_rate)
