"""Clips that a language model continues, in a folder: tokens, and audio to listen to beside what was really said.

    <clip>.safetensors   the prompt's tokens and those that the model made follow
    <clip>.wav           both decoded, in one piece
    <clip>-real.wav      what the speaker really went on to say, through the same codec

What is there is not made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sampling import continue_clip, token_rate
from audiotok.tasks.continuations.prompts import MIN_SECONDS, ContinuationSampling, cut


@dataclass(frozen=True)
class EncodedPrompt:
    """A clip's prompt and its real rest, as they are and as tokens."""

    audio: Audio
    tokens: Tokens
    rest: Audio
    rest_tokens: Tokens


@dataclass(frozen=True)
class Continuation:
    """A generated continuation of a prompt, and the place of its audio."""

    tokens: Tokens
    begin: int  # frames of the prompt that stand before it
    wav: Path

    @property
    def codes(self) -> list[int]:
        """Codes of the coarsest codebook, one that is held once."""
        stride = self.tokens.spec.stride(0)
        codes: list[int] = self.tokens.codes[0, 0, -(-self.begin // stride) * stride :: stride].tolist()
        return codes


def encode_prompt(tokenizer: Tokenizer, clip: Clip, root: Path | None, sampling: ContinuationSampling) -> EncodedPrompt:
    """Prompt and rest are encoded each alone, so that no code of the prompt knows what follows."""
    prompt, rest = cut(data.read(clip, root), sampling)
    return EncodedPrompt(prompt, tokenizer.encode(prompt).to("cpu"), rest, tokenizer.encode(rest).to("cpu"))


def generate(
    model: AcousticLM, pattern: Pattern, prompt: EncodedPrompt, clip: Clip, sampling: ContinuationSampling, folder: Path
) -> tuple[Continuation, Continuation]:
    """-> as the model goes on, and as the speaker did."""
    path = folder / f"{clip.id}.safetensors"
    if not path.exists():
        continue_clip(
            model,
            pattern,
            prompt.tokens,
            prompt.rest.seconds,
            seed=sampling.seed_of(clip.id),
            min_seconds=min(MIN_SECONDS, prompt.rest.seconds),
            temperature=sampling.temperature,
            top_k=sampling.top_k,
        ).save(path)
    begin = int(prompt.tokens.lengths[0])
    generated = Continuation(Tokens.load(path), begin, folder / f"{clip.id}.wav")
    return generated, Continuation(prompt.rest_tokens, 0, folder / f"{clip.id}-real.wav")


def generated_seconds(generated: Continuation, prompt: EncodedPrompt) -> float:
    """How long the continuation is; where tokens have no time of their own, at the prompt's rate of them."""
    return (int(generated.tokens.lengths[0]) - generated.begin) / token_rate(prompt.tokens)


def decode_continuation(codec: Codec, continuation: Continuation, seconds: float) -> Audio:
    """Audio of the continuation, `seconds` at most; decoded once, then read from its file."""
    if not continuation.wav.exists():
        codec.decode(continuation.tokens).to("cpu").save(continuation.wav)
    audio, durations = Audio.load(continuation.wav), continuation.tokens.durations
    frames = continuation.begin if durations is None else int(durations[0, : continuation.begin].sum())
    begin = round(float(frames * codec.spec.hop) * audio.sample_rate / codec.spec.sample_rate)
    end = begin + round(seconds * audio.sample_rate)
    return Audio.from_clips([audio.clips()[0][:, begin:end]], audio.sample_rate)
