"""The ids of a language model over audio tokens: four special ones, then each codebook's codes in a range of their own.

    pad start end empty | codebook 0 | … | codebook K-1 | codes of the clip | durations | text

A range is a field. Logits restricted to one field are that codebook's head, whatever the model's output layer is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import torch
from torch import Tensor

from audiotok.core.tokens import TokenSpec
from audiotok.errors import InvalidOption

PAD, START, END, EMPTY = range(4)
SPECIAL = ("<pad>", "<start>", "<end>", "<empty>")
TEXT_END = "<text_end>"


@dataclass(frozen=True)
class Vocabulary:
    """Which ids mean what.

    >>> spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(1024, 512))
    >>> Vocabulary(spec).offsets, Vocabulary(spec).size
    ((4, 1028), 1540)
    """

    spec: TokenSpec
    max_duration: int = 0  # longest run that can be written; 0 = durations are no part of the sequence
    text_size: int = 0  # ids of the text tokenizer, where there is text

    def __post_init__(self) -> None:
        if self.max_duration < 0 or self.text_size < 0:
            raise InvalidOption(
                f"max_duration and text_size must be 0 or more, got {self.max_duration, self.text_size}"
            )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the fields."""
        codes = [f"codebook_{k}" for k in range(self.spec.num_codebooks)]
        whole = [f"global_{g}" for g in range(len(self.spec.global_sizes))]
        return (*codes, *whole, *(["duration"] if self.max_duration else []), *(["text"] if self.text_size else []))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Ids per field; the text's last one says that the text is over."""
        durations = (self.max_duration,) if self.max_duration else ()
        text = (self.text_size + 1,) if self.text_size else ()
        return (*self.spec.codebook_sizes, *self.spec.global_sizes, *durations, *text)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """First id of each field."""
        return tuple(accumulate(self.sizes, initial=len(SPECIAL)))[:-1]

    @property
    def size(self) -> int:
        return len(SPECIAL) + sum(self.sizes)

    @property
    def duration(self) -> int:
        """The field of durations. Raises InvalidOption where there are none."""
        return self._find("duration")

    @property
    def text(self) -> int:
        """The field of text. Raises InvalidOption where there is none."""
        return self._find("text")

    @property
    def text_end(self) -> int:
        """Id that ends the text."""
        return self.offsets[self.text] + self.text_size

    def ids_of(self, field: int) -> slice:
        """The range of a field's ids: its part of the logits."""
        return slice(self.offsets[field], self.offsets[field] + self.sizes[field])

    def field_of(self, ids: Tensor) -> Tensor:
        """Any shape -> the field of each id, -1 for a special one."""
        return torch.bucketize(ids, torch.tensor(self.offsets, device=ids.device), right=True) - 1

    def words(self) -> list[str]:
        """A readable name per id, `<codebook_0:17>`; for a tokenizer.json."""
        words = list(SPECIAL)
        for name, size in zip(self.names, self.sizes, strict=True):
            words += [f"<{name}:{code}>" for code in range(size)]
        if self.text_size:
            words[self.text_end] = TEXT_END
        return words

    def _find(self, name: str) -> int:
        if name not in self.names:
            raise InvalidOption(f"this vocabulary has no {name}; it has {', '.join(self.names)}")
        return self.names.index(name)
