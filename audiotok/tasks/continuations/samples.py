"""Continuations of clips by a language model, in a folder: tokens, and audio to compare with the real continuation.

    <clip>.safetensors   tokens of the prompt and of its continuation
    <clip>.wav           both, decoded together
    <clip>-real.wav      the real continuation, coded with the same codec

Existing files are reused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sampling import continue_clip, token_rate
from audiotok.tasks.continuations.prompts import ContinuationSampling, cut
from audiotok.tasks.language_model.generated import GeneratedClip


@dataclass(frozen=True)
class EncodedPrompt:
    """A clip's prompt and its real rest, as they are and as tokens."""

    audio: Audio
    tokens: Tokens
    rest: Audio
    rest_tokens: Tokens


def encode_prompt(tokenizer: Tokenizer, clip: Clip, root: Path | None, sampling: ContinuationSampling) -> EncodedPrompt:
    """Prompt and rest are encoded each alone, so that no code of the prompt knows what follows."""
    prompt, rest = cut(data.read(clip, root), sampling)
    return EncodedPrompt(prompt, tokenizer.encode(prompt).to("cpu"), rest, tokenizer.encode(rest).to("cpu"))


def generate(
    model: AcousticLM,
    pattern: Pattern,
    prompt: EncodedPrompt,
    clip: Clip,
    sampling: ContinuationSampling,
    folder: Path,
    *,
    seconds: float,
    min_seconds: float,
) -> GeneratedClip:
    """The model's continuation of the prompt, of `min_seconds` to `seconds`."""
    path = folder / f"{clip.id}.safetensors"
    if not path.exists():
        continue_clip(
            model,
            pattern,
            prompt.tokens,
            seconds,
            seed=sampling.seed_of(clip.id),
            min_seconds=min_seconds,
            temperature=sampling.temperature,
            top_k=sampling.top_k,
        ).save(path)
    return GeneratedClip(Tokens.load(path), int(prompt.tokens.lengths[0]), folder / f"{clip.id}.wav")


def generated_seconds(generated: GeneratedClip, prompt: EncodedPrompt) -> float:
    """How long the continuation is; where tokens have no time of their own, at the prompt's rate of them."""
    return (int(generated.tokens.lengths[0]) - generated.begin) / token_rate(prompt.tokens)
