"""Shards' clips through a tokenizer, into their files: what every engine does, wherever it runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from audiotok import data
from audiotok.core.long import encode_long
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import WRONG_FILE, MachineTrouble, is_machine_trouble, machine_trouble_at, reason
from audiotok.runs.batches import BATCH_SECONDS, batches, together_or_alone
from audiotok.runs.stage import Stage, is_on_gpu
from audiotok.store.corpus import Shard
from audiotok.store.memory import Backoff
from audiotok.store.padded import encode_padded
from audiotok.store.readers import Batch, Read, read_ahead
from audiotok.store.shard import Index, shard_path, write

#: A clip longer than this is encoded as `encode_long` does, so that memory does not grow with its length.
LONG_SECONDS = 1200.0
CHUNKS = {"chunk_s": 30.0, "context_s": 2.0}


@dataclass
class _Open:
    """A shard under way."""

    shard: Shard
    clips: list[Clip]
    made: dict[str, Tokens] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TokenizeShards(Stage[Shard, Index]):
    """In batches of similar length, written in the corpus' order; a clip that fails is in the index with its reason.

    Clips are read ahead from one shard into the next. Raises MachineTrouble where disk, memory or rights are at fault,
    and CannotWrite: the shards under way stay open.
    """

    tokenizer: Tokenizer
    root: Path | None  # of the clips that lie in a folder
    store: Path
    description: dict[str, Any]  # of the store, as in its store.json
    readers: int = 0  # processes that read
    padded: bool = False
    batch_seconds: float = BATCH_SECONDS

    @property
    def on_gpu(self) -> bool:
        return is_on_gpu(self.tokenizer)

    @cached_property
    def _backoff(self) -> Backoff:
        return Backoff()

    def run(self, jobs: Iterable[Shard]) -> Iterator[Index]:
        opened: deque[_Open] = deque()
        on_cpu = self.tokenizer.device.type == "cpu"
        rate = self.tokenizer.spec.sample_rate if on_cpu else None  # elsewhere the device resamples, in its own way
        with machine_trouble_at(f"{self.store} (the shards under way stay open)"):
            planned = self._batches(jobs, opened)
            for read in read_ahead(planned, self.root, rate, self.readers, pin_memory=self.on_gpu):
                of_shard = opened[0]
                of_shard.failures |= read.failures
                self._encode(read, of_shard)
                if read.batch.last:
                    yield self._finish(opened.popleft())

    def _batches(self, shards: Iterable[Shard], opened: deque[_Open]) -> Iterator[Batch]:
        """At least one a shard, an empty one where all of its clips are long."""
        for shard in shards:
            clips = shard.read(self.store)
            opened.append(_Open(shard, clips))
            short = [clip for clip in clips if not in_chunks(self.tokenizer, clip)]
            planned = list(batches(short, self.batch_seconds)) or [[]]
            for number, batch in enumerate(planned, start=1):
                yield Batch(batch, last=number == len(planned))

    def _encode(self, read: Read, into: _Open) -> None:
        audio = read.audio
        if audio is None:
            return

        def encode(numbers: Sequence[int]) -> list[Tokens]:
            batch = audio if len(numbers) == len(audio) else audio[numbers[0]]
            if not self.padded:
                return self._backoff.encode(self.tokenizer.encode, batch)
            tokens = encode_padded(self.tokenizer, batch).to("cpu")  # smaller batches would have other codes
            return [tokens[i] for i in range(len(tokens))]

        for numbers, made in together_or_alone(encode, range(len(audio))):
            for i, number in enumerate(numbers):
                clip = read.clips[number]
                if isinstance(made, Exception):
                    into.failures[clip.id] = self._failure(clip, made)
                else:
                    into.made[clip.id] = made[i]

    def _finish(self, opened: _Open) -> Index:
        for clip in opened.clips:
            if in_chunks(self.tokenizer, clip):
                try:
                    # As mono, as shorter clips are read.
                    source, (chunk_s, context_s) = data.stretch(clip, self.root), CHUNKS.values()
                    tokens = encode_long(self.tokenizer, source, chunk_s, context_s, mono=True)
                    opened.made[clip.id] = tokens[0]
                except Exception as error:  # noqa: BLE001  # a tokenizer may raise anything; it is recorded
                    opened.failures[clip.id] = self._failure(clip, error)
        made = {clip.id: opened.made[clip.id] for clip in opened.clips if clip.id in opened.made}
        seconds = sum(clip.duration for clip in opened.clips if clip.id in made)
        path = shard_path(self.store, opened.shard.number)
        return write(path, made, seconds, dict(sorted(opened.failures.items())), self.description)

    def _failure(self, clip: Clip, error: Exception) -> str:
        """The record of a clip that the tokenizer fails on. Raises MachineTrouble where the machine is to blame.

        A file that is missing or another than the corpus' is the clip's.
        """
        if is_machine_trouble(error) and not isinstance(error, WRONG_FILE):
            raise MachineTrouble(
                f"{self.tokenizer.identifier}, clip {clip.id}: {reason(error)}; the shard stays open"
            ) from error
        return reason(error)


def in_chunks(tokenizer: Tokenizer, clip: Clip) -> bool:
    """Whether the clip is read and encoded piece by piece: it is long, and its tokens follow the audio."""
    return clip.duration > LONG_SECONDS and follows_audio(tokenizer)


def follows_audio(tokenizer: Tokenizer) -> bool:
    """Whether every token belongs to a stretch of the clip of one known length."""
    return not (tokenizer.spec.variable_rate or tokenizer.spec.global_sizes)
