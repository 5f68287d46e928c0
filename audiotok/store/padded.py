"""Batches padded with zeros and encoded as they are: faster on a GPU, and no longer the codes of each clip alone.

A store says that it was made so, and which share of the codes stayed equal on some of its clips.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidOption


@dataclass(frozen=True)
class Equality:
    """How many codes of padded batches are those of the clips alone."""

    equal: int
    codes: int
    clips: int

    def describe(self) -> dict[str, Any]:
        return {"way": "padded", "equal_codes": self.equal / self.codes, "of_codes": self.codes, "clips": self.clips}


def encode_padded(tokenizer: Tokenizer, audio: Audio) -> Tokens:
    """Every clip filled with zeros to the longest, all encoded at once, and cut to its own frames again.

    Raises InvalidOption for a tokenizer whose codes are not so many a second.
    """
    spec = tokenizer.spec
    if spec.variable_rate or spec.global_sizes:
        raise InvalidOption(
            f"{tokenizer.identifier} has tokens of variable rate or of a whole clip: padding would change how many "
            "there are; leave --batching exact"
        )
    audio = tokenizer.match_channels(audio, downmix=True).to(tokenizer.device).resample(spec.sample_rate)
    together = copy.copy(tokenizer)
    together.batched = True
    filled = Audio(audio.waveform, torch.full_like(audio.lengths, audio.waveform.shape[2]), audio.sample_rate)
    tokens = together.encode(filled)
    lengths = torch.tensor([math.ceil(n / spec.hop) for n in audio.lengths.tolist()], device=tokens.codes.device)
    lengths = lengths.minimum(tokens.lengths)
    inside = torch.arange(tokens.codes.shape[2], device=lengths.device) < lengths[:, None]
    return replace(tokens, codes=tokens.codes * inside[:, None], lengths=lengths, num_samples=audio.lengths)


def equality(tokenizer: Tokenizer, batches: Iterable[Audio]) -> Equality:
    """Padded batches against their clips alone.

    Raises InvalidOption where a clip alone has another number of frames, and as `encode_padded` does.
    """
    equal = codes = clips = 0
    for audio in batches:
        padded = encode_padded(tokenizer, audio)
        for i in range(len(audio)):
            alone, found = tokenizer.encode(audio[i], downmix=True).codes, padded[i].codes
            if alone.shape != found.shape:
                raise InvalidOption(
                    f"{tokenizer.identifier} makes {alone.shape[2]} frames of a clip alone and {found.shape[2]} of the "
                    "same clip in a padded batch; leave --batching exact"
                )
            equal, codes, clips = equal + int((alone == found).sum()), codes + alone.numel(), clips + 1
    return Equality(equal, codes, clips)
