"""Text before audio: its bytes, then the clip's codes in any pattern. What a text-to-speech model reads.

    start  t0  t1  <text_end>  a0  a1  a2  end  .        delay, two codebooks
    start  .   .   .           .   b0  b1  b2   end

Text is read and never learnt: only codes and the clip's end are labels, and no code's distribution runs over text. In a
pattern of one row the ids are those of `Interleave` without turns, which knows rows alone and learns its text too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidTokens
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sequences import Sequences, pad
from audiotok.lm.vocabulary import EMPTY

BYTES = 256
VERSION = 1  # goes up when the same text is written otherwise
#: The field of a signature that says how a model reads its text.
CONDITION = f"text:bytes.v{VERSION}"


class TextFirst:
    """A pattern with a text before it; the codes keep the ids that the pattern alone gives them."""

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.vocabulary = replace(pattern.vocabulary, text_size=BYTES)

    def write(self, text: str) -> Tensor:
        """-> [S, N] ids: UTF-8 bytes and the text's end in the first stream, nothing in the others."""
        text_ids = torch.tensor([*text.encode(), BYTES]) + self.vocabulary.offsets[self.vocabulary.text]
        ids = torch.full((self.pattern.streams, len(text_ids)), EMPTY)
        ids[0] = text_ids
        return ids

    def apply(self, tokens: Tokens, texts: Sequence[str]) -> Sequences:
        """A ragged batch and a text per clip -> sequences. Raises InvalidTokens."""
        if len(texts) != len(tokens):
            raise InvalidTokens(f"a text per clip is expected: {len(tokens)} clips, {len(texts)} texts")
        codes = self.pattern.apply(tokens)
        clips = []
        for ids, fields, steps, text in zip(codes.ids, codes.fields, codes.lengths.tolist(), texts, strict=True):
            written = self.write(text)
            unlearnt = torch.full_like(written, -1)
            clips.append((after_start(ids[:, :steps], written), after_start(fields[:, :steps], unlearnt)))
        return pad(clips, self.vocabulary)


def after_start(sequence: Tensor, inserted: Tensor) -> Tensor:
    """[S, L], [S, N] -> [S, L + N]"""
    return torch.cat([sequence[:, :1], inserted, sequence[:, 1:]], dim=1)


def spelled(text: str, language: str) -> str:
    """Normalised text (NFKC, lower case, single spaces) behind its language code, on which pronunciation depends.

    >>> spelled("Press  ONE.", "en")
    'en press one.'
    """
    return " ".join([language, *unicodedata.normalize("NFKC", text).casefold().split()])
