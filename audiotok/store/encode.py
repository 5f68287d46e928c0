"""One shard's clips through a tokenizer, into its file: what every engine does, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.long import encode_long
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import (
    WRONG_FILE,
    InvalidAudio,
    InvalidData,
    MachineTrouble,
    is_machine_trouble,
    machine_trouble_at,
    reason,
)
from audiotok.runs.code import batches
from audiotok.store.shard import Index, write

#: A clip longer than this is encoded as `encode_long` does, so that memory does not grow with its length.
LONG_SECONDS = 1200.0
CHUNKS = {"chunk_s": 30.0, "context_s": 2.0}
Readable = list[tuple[Clip, Audio]]


def encode_shard(tokenizer: Tokenizer, clips: tuple[Clip, ...], root: Path | None, path: Path) -> Index:
    """In batches of similar length, written in the corpus' order; a clip that fails is in the index with its reason.

    Raises MachineTrouble where disk, memory or rights are at fault, and CannotWrite.
    """
    made: dict[str, Tokens] = {}
    failures: dict[str, str] = {}
    long = [clip for clip in clips if in_chunks(tokenizer, clip)]
    with machine_trouble_at(f"{path} (the shard stays open)"):
        for batch, unreadable in _read_ahead(tokenizer, [clip for clip in clips if clip not in long], root):
            failures |= unreadable
            _encode(tokenizer, batch, made, failures)
        for clip in long:
            try:
                made[clip.id] = encode_long(tokenizer, data.stretch(clip, root), **CHUNKS, downmix=True)[0]
            except Exception as error:  # noqa: BLE001  # as in _encode
                failures[clip.id] = _failure(tokenizer, clip, error)
    ordered = {clip.id: made[clip.id] for clip in clips if clip.id in made}
    seconds = sum(clip.duration for clip in clips if clip.id in made)
    return write(path, ordered, seconds, dict(sorted(failures.items())))


def in_chunks(tokenizer: Tokenizer, clip: Clip) -> bool:
    """Whether the clip is read and encoded piece by piece: it is long, and its tokens follow the audio."""
    return clip.duration > LONG_SECONDS and not (tokenizer.spec.variable_rate or tokenizer.spec.global_sizes)


def _read_ahead(
    tokenizer: Tokenizer, clips: Sequence[Clip], root: Path | None
) -> Iterator[tuple[Readable, dict[str, str]]]:
    """Batch after batch, with why clips are missing; each is read while the one before it is encoded."""
    with ThreadPoolExecutor(1) as reader:
        coming: Future[tuple[Readable, dict[str, str]]] | None = None
        for batch in batches(clips):
            before, coming = coming, reader.submit(_read, tokenizer, batch, root)
            if before is not None:
                yield before.result()
        if coming is not None:
            yield coming.result()


def _read(tokenizer: Tokenizer, clips: list[Clip], root: Path | None) -> tuple[Readable, dict[str, str]]:
    readable: Readable = []
    failures: dict[str, str] = {}
    for clip in clips:
        try:
            audio = data.read(clip, root)
            if tokenizer.device.type == "cpu":  # elsewhere the device resamples, in its own way
                audio = audio.resample(tokenizer.spec.sample_rate)
        except (InvalidAudio, InvalidData, *WRONG_FILE) as error:
            failures[clip.id] = reason(error)
        else:
            readable.append((clip, audio))
    return readable, failures


def _encode(tokenizer: Tokenizer, readable: Readable, made: dict[str, Tokens], failures: dict[str, str]) -> None:
    """All at once; where that raises, one by one, so that one bad clip costs only itself."""
    if not readable:
        return
    try:
        audio = Audio.from_clips([audio.clips()[0] for _, audio in readable], readable[0][1].sample_rate)
        tokens = tokenizer.encode(audio).to("cpu")
    except Exception as error:  # noqa: BLE001  # a tokenizer may raise anything; it is recorded, with the clip it fails on
        if len(readable) == 1:
            (clip, _) = readable[0]
            failures[clip.id] = _failure(tokenizer, clip, error)
            return
        for one in readable:
            _encode(tokenizer, [one], made, failures)
        return
    for i, (clip, _) in enumerate(readable):
        made[clip.id] = tokens[i]


def _failure(tokenizer: Tokenizer, clip: Clip, error: Exception) -> str:
    """What is recorded of a clip that the tokenizer fails on. Raises MachineTrouble where it is not the tokenizer's.

    A file that is missing or another than the corpus' is the clip's.
    """
    if is_machine_trouble(error) and not isinstance(error, WRONG_FILE):
        raise MachineTrouble(
            f"{tokenizer.identifier}, clip {clip.id}: {reason(error)}; the shard stays open"
        ) from error
    return reason(error)
