"""Batches of clips: which go together, and what is done where a batch fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from audiotok.data.manifest import Clip

#: A batch holds at most this much audio, padding included, and this many clips.
BATCH_SECONDS = 60.0
BATCH_CLIPS = 8

Item = TypeVar("Item")
Made = TypeVar("Made")


def batches(clips: Iterable[Clip], seconds: float = BATCH_SECONDS) -> Iterator[list[Clip]]:
    """Clips of about one length and exactly one rate, longest first so that memory is tried early.

    `seconds`: audio in a batch, padding included; there are as many clips more in it as that is more than the default.
    """
    most = max(1, round(BATCH_CLIPS * seconds / BATCH_SECONDS))
    batch: list[Clip] = []
    for clip in sorted(clips, key=lambda clip: (clip.sample_rate, -clip.duration, clip.id)):
        full = len(batch) == most or (batch and batch[0].duration * (len(batch) + 1) > seconds)
        if full or (batch and clip.sample_rate != batch[0].sample_rate):
            yield batch
            batch = []
        batch.append(clip)
    if batch:
        yield batch


def together_or_alone(
    work: Callable[[Sequence[Item]], Made], items: Sequence[Item]
) -> Iterator[tuple[Sequence[Item], Made | Exception]]:
    """`work` on all items at once; where it raises, on each alone, so that one bad item costs only itself.

    Gives what was made with the items that it was made of, or the error with the one item that raises it.
    """
    try:
        made: Made | Exception = work(items)
    except Exception as error:  # noqa: BLE001  # a tokenizer may raise anything; the caller records it
        made = error
    if len(items) == 1 or not isinstance(made, Exception):
        yield items, made
        return
    del made  # its traceback holds what the batch took of memory
    for i in range(len(items)):
        yield from together_or_alone(work, items[i : i + 1])
