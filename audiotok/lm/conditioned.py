"""A condition before the audio: what a clip is to be, then its codes in any pattern.

    start  <condition>  a0  a1  a2  end  .        delay, two codebooks
    start  .            .   b0  b1  b2   end

The condition is read and never learnt: only codes and the clip's end are labels, and no code's distribution runs over
conditions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import final

import torch
from torch import Tensor

from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidTokens
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sequences import Sequences, pad
from audiotok.lm.vocabulary import EMPTY


class Conditioned(ABC):
    """A pattern with a condition before it; the codes keep the ids that the pattern alone gives them."""

    def __init__(self, pattern: Pattern, conditions: int) -> None:
        """`conditions`: how many ids a condition may be written with."""
        self.pattern = pattern
        self.vocabulary = replace(pattern.vocabulary, text_size=conditions)

    @abstractmethod
    def condition(self, condition: str) -> list[int]:
        """Ids of a condition, from those of the vocabulary's text."""

    @final
    def write(self, condition: str) -> Tensor:
        """-> [S, N] ids: the condition in the first stream, nothing in the others."""
        written = torch.tensor(self.condition(condition), device="cpu") + self.vocabulary.offsets[self.vocabulary.text]
        ids = torch.full((self.pattern.streams, len(written)), EMPTY, device="cpu")
        ids[0] = written
        return ids

    @final
    def apply(self, tokens: Tokens, conditions: Sequence[str]) -> Sequences:
        """A ragged batch and a condition per clip -> sequences. Raises InvalidTokens."""
        if len(conditions) != len(tokens):
            raise InvalidTokens(f"a condition per clip is expected: {len(tokens)} clips, {len(conditions)} conditions")
        codes = self.pattern.apply(tokens)
        clips = []
        for ids, fields, steps, one in zip(codes.ids, codes.fields, codes.lengths.tolist(), conditions, strict=True):
            written = self.write(one)
            unlearnt = torch.full_like(written, -1)
            clips.append((after_start(ids[:, :steps], written), after_start(fields[:, :steps], unlearnt)))
        return pad(clips, self.vocabulary)


def after_start(sequence: Tensor, inserted: Tensor) -> Tensor:
    """[S, L], [S, N] -> [S, L + N]"""
    return torch.cat([sequence[:, :1], inserted, sequence[:, 1:]], dim=1)
