"""Text and audio in one row: a stretch of text, a stretch of audio, in turns, until both are used up.

    start  t0 t1 | a0 b0 a1 b1 | t2 <text_end> | a2 b2 … | end          text_chunk=2, frame_chunk=2

With chunks of no limit it is the prompt of a text-to-speech model: all of the text, then all of the audio.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from audiotok.core.tokens import Tokens, TokenSpec, check_is_tokens
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm.patterns.flat import Flatten
from audiotok.lm.sequences import Sequences, pad
from audiotok.lm.vocabulary import END, PAD, START, Vocabulary


class Interleave:
    """A lossless order of text ids and codes; the codes are written as by `Flatten`.

    Text ids are those of any text tokenizer, 0 <= id < text_size. The text's end is written right after its last id;
    text that is left when the audio is over comes after it, and the other way round.
    """

    streams = 1

    def __init__(
        self,
        spec: TokenSpec,
        *,
        text_size: int,
        text_chunk: int | None = None,
        frame_chunk: int | None = None,
        max_duration: int | None = None,
    ) -> None:
        """`text_chunk` ids, then `frame_chunk` frames, in turns; None is all there is. Raises InvalidOption."""
        if text_size < 1 or any(chunk is not None and chunk < 1 for chunk in (text_chunk, frame_chunk)):
            raise InvalidOption("text_size, text_chunk and frame_chunk must be at least 1")
        self.audio = Flatten(spec, max_duration=max_duration)
        self.vocabulary = Vocabulary(spec, self.audio.vocabulary.max_duration, text_size)
        self.text_chunk, self.frame_chunk = text_chunk, frame_chunk

    def apply(self, tokens: Tokens, texts: Sequence[Tensor | Sequence[int]]) -> Sequences:
        """A ragged batch and the text ids of each clip, a list or a tensor [N] -> sequences. Raises InvalidTokens."""
        check_is_tokens(tokens, "Interleave")
        if len(texts) != len(tokens):
            raise InvalidTokens(f"a text per clip is expected: {len(tokens)} clips, {len(texts)} texts")
        audio = self.audio.apply(tokens)
        clips = []
        for clip, steps, text in zip(audio.ids[:, 0], audio.lengths.tolist(), texts, strict=True):
            row = self._join(clip[1 : steps - 1], self._text_ids(text))
            clips.append((row[None], self.vocabulary.field_of(row)[None]))
        return pad(clips, self.vocabulary)

    def invert(self, sequences: Sequences | Tensor) -> tuple[Tokens, list[Tensor]]:
        """Sequences, or ids [B, L], -> tokens and the text ids of each clip.

        Raises InvalidTokens where a sequence is not one that `apply` gives.
        """
        ids = sequences.ids[:, 0] if isinstance(sequences, Sequences) else sequences
        codes, texts = [], []
        for index, padded in enumerate(ids.cpu()):
            row = padded[padded != PAD]
            spoken = self.vocabulary.field_of(row) == self.vocabulary.text
            codes.append(row[~spoken])
            texts.append(row[spoken][:-1] - self.vocabulary.offsets[self.vocabulary.text])
            inside = codes[-1][1:-1]
            # What the order allows is what joining both again gives, and nothing else.
            if bool((row >= self.vocabulary.size).any()) or not torch.equal(self._join(inside, texts[-1]), row):
                raise InvalidTokens(f"clip {index}: text and audio do not take turns as this pattern has them")
        ends = torch.nn.utils.rnn.pad_sequence(codes, batch_first=True, padding_value=PAD)
        return self.audio.invert(ends), texts

    def _text_ids(self, text: object) -> Tensor:
        """[N] int64 on the CPU. Raises InvalidTokens where they are no ids of the text tokenizer."""
        try:
            ids = torch.as_tensor(text, device="cpu")
        except (TypeError, ValueError, RuntimeError):  # text itself, or lists within the list
            ids = torch.zeros(())
        whole = not (ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool) or not ids.numel()
        if ids.ndim != 1 or not whole or bool(((ids < 0) | (ids >= self.vocabulary.text_size)).any()):
            raise InvalidTokens(
                f"text ids must be integers [N], 0 <= id < {self.vocabulary.text_size}, as a text tokenizer returns "
                f"them for one text, got {text!r:.200}"
            )
        return ids.long()

    def _join(self, codes: Tensor, text: Tensor) -> Tensor:
        """[M] ids of the audio without start and end, [N] text ids -> [L]"""
        start, end, text_end = torch.tensor([START, END, self.vocabulary.text_end], device="cpu").split(1)
        text = torch.cat([text + self.vocabulary.offsets[self.vocabulary.text], text_end])
        text_chunks = text.split(self.text_chunk or len(text))
        audio_chunks = self._frames(codes)
        parts = [start]
        for turn in range(max(len(text_chunks), len(audio_chunks))):
            parts += [*text_chunks[turn : turn + 1], *audio_chunks[turn : turn + 1]]
        return torch.cat([*parts, end])

    def _frames(self, codes: Tensor) -> tuple[Tensor, ...]:
        """Cut into stretches of `frame_chunk` frames; codes of the whole clip go with the first."""
        if self.frame_chunk is None or not len(codes):
            return (codes,) if len(codes) else ()
        before = self.audio.steps(0) - 2
        _, at = self.audio.layout(len(codes))
        frame = torch.from_numpy(at[0, 1 : len(codes) + 1])
        turn = frame // self.frame_chunk
        turn[:before] = 0
        return torch.split(codes, torch.bincount(turn).tolist())
