"""Sequences that a pattern writes tokens as: the ids that a language model reads, and what each of them stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from audiotok.lm.vocabulary import END, PAD, Vocabulary

IGNORE = -100  # the label that PyTorch's and transformers' losses leave out


@dataclass(frozen=True, eq=False)
class Sequences:
    """A batch of S streams side by side, one step after another; S is 1 where codes stand in a row.

    The model's output at step n is about the ids at step n + 1, of every stream at once.
    """

    ids: Tensor  # [B, S, L] int64, padded with PAD
    lengths: Tensor  # [B] int64, steps, with start and end
    fields: Tensor  # [B, S, L] int64, which field of the vocabulary an id is of; -1 for start, end, empty, padding
    vocabulary: Vocabulary
    positions: Tensor | None = None  # [B, L] steps within the clip, where several clips are packed into a row

    def __len__(self) -> int:
        return self.ids.shape[0]

    @property
    def mask(self) -> Tensor:
        """[B, L] bool, False on padding: a model's attention_mask."""
        return torch.arange(self.ids.shape[2], device=self.ids.device) < self.lengths[:, None]

    @property
    def is_code(self) -> Tensor:
        """[B, S, L] bool: what is scored. Start, end, holes and padding tell nothing of the audio."""
        return self.fields >= 0

    @property
    def labels(self) -> Tensor:
        """[B, S, L]: what is learnt, unshifted as transformers expects it; -100 elsewhere.

        Codes, and the first stream's end: where the others end follows from it.
        """
        learnt = self.is_code.clone()
        learnt[:, 0] |= self.ids[:, 0] == END
        return torch.where(learnt, self.ids, IGNORE)

    def to(self, device: str | torch.device, *, non_blocking: bool = False) -> Sequences:
        return self._each(lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> Sequences:
        """For a DataLoader with `pin_memory=True`, so that `to(…, non_blocking=True)` does not wait."""
        return self._each(Tensor.pin_memory)

    def _each(self, change: Callable[[Tensor], Tensor]) -> Sequences:
        positions = None if self.positions is None else change(self.positions)
        return Sequences(change(self.ids), change(self.lengths), change(self.fields), self.vocabulary, positions)


def pad(clips: list[tuple[Tensor, Tensor]], vocabulary: Vocabulary) -> Sequences:
    """(ids, fields), each [S, L_i] -> one batch."""
    steps = [ids.shape[1] for ids, _ in clips]
    streams = clips[0][0].shape[0]
    ids = torch.full((len(clips), streams, max(steps)), PAD, dtype=torch.int64, device="cpu")
    fields = torch.full_like(ids, -1)
    for row, (clip_ids, clip_fields) in enumerate(clips):
        ids[row, :, : steps[row]] = clip_ids
        fields[row, :, : steps[row]] = clip_fields
    return Sequences(ids, torch.tensor(steps, device="cpu"), fields, vocabulary)
