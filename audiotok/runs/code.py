"""The code stage: every clip through encode and decode (or an anchor), what came out and how long it took."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from audiotok import data
from audiotok.core.anchor import Anchor
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, InvalidData, reason
from audiotok.files.json import write_json
from audiotok.runs.folder import RunFolder

#: A batch holds at most this much audio, padding included, and this many clips.
BATCH_SECONDS = 60.0
BATCH_CLIPS = 8


def code(system: Tokenizer | Anchor, clips: Sequence[Clip], root: Path | None, folder: RunFolder) -> None:
    """Write the tokens, audio and timings of every clip that has none yet. What fails on a clip is recorded there."""
    todo = [clip for clip in clips if not _done(system, folder, clip.id)]
    if not todo:
        return
    _warm_up(system)
    with tqdm(total=len(todo), desc=f"{system.identifier}: encode, decode", unit="clip", dynamic_ncols=True) as bar:
        for batch in batches(todo):
            _code_batch(system, batch, root, folder)
            bar.update(len(batch))


def _done(system: Tokenizer | Anchor, folder: RunFolder, clip: str) -> bool:
    written = folder.audio(clip) if isinstance(system, (Codec, Anchor)) else folder.tokens(clip)
    return written.exists() or folder.failure(clip).exists()


def batches(clips: Iterable[Clip]) -> Iterator[list[Clip]]:
    """Clips of about one length and exactly one rate, longest first so that memory is tried early."""
    batch: list[Clip] = []
    for clip in sorted(clips, key=lambda clip: (clip.sample_rate, -clip.duration, clip.id)):
        full = len(batch) == BATCH_CLIPS or (batch and batch[0].duration * (len(batch) + 1) > BATCH_SECONDS)
        if full or (batch and clip.sample_rate != batch[0].sample_rate):
            yield batch
            batch = []
        batch.append(clip)
    if batch:
        yield batch


def _code_batch(system: Tokenizer | Anchor, clips: Sequence[Clip], root: Path | None, folder: RunFolder) -> None:
    """All at once; where that raises, one by one, so that one bad clip costs only itself."""
    readable = []
    for clip in clips:
        try:
            readable.append((clip, data.read(clip, root)))
        except (InvalidAudio, InvalidData, OSError) as error:
            _record_failure(folder, clip, error)
    if not readable:
        return
    try:
        audio = Audio.from_clips([audio.clips()[0] for _, audio in readable], readable[0][1].sample_rate)
        _code_audio(system, audio, [clip for clip, _ in readable], folder)
    except Exception as error:  # noqa: BLE001  # a tokenizer may raise anything; it is recorded, with the clip it fails on
        if len(readable) == 1:
            _record_failure(folder, readable[0][0], error)
            return
        for clip, _ in readable:
            _code_batch(system, [clip], root, folder)


def _code_audio(system: Tokenizer | Anchor, audio: Audio, clips: Sequence[Clip], folder: RunFolder) -> None:
    started = time.perf_counter()
    if isinstance(system, Anchor):
        decoded, bits = system.process(audio)
        _write_audio(decoded, clips, folder)
        for i, clip in enumerate(clips):
            payload = None if bits is None else float(bits[i])
            write_json(folder.timing(clip.id), {"seconds": clip.duration, "bits": payload})
        return
    tokens = system.encode(audio)
    encoded = _now(system)
    for i, clip in enumerate(clips):
        tokens[i].to("cpu").save(folder.tokens(clip.id))
    timing = {"encode": encoded - started}
    if isinstance(system, Codec):
        resumed = time.perf_counter()
        decoded = system.decode(tokens)
        timing["decode"] = _now(system) - resumed
        _write_audio(decoded, clips, folder)
    total = sum(clip.duration for clip in clips)
    for clip in clips:
        share = clip.duration / total
        seconds = {stage: value * share for stage, value in timing.items()}
        write_json(folder.timing(clip.id), {"seconds": clip.duration, "batch": len(clips), **seconds})


def _write_audio(audio: Audio, clips: Sequence[Clip], folder: RunFolder) -> None:
    for i, clip in enumerate(clips):
        audio[i].save(folder.audio(clip.id))


def _warm_up(system: Tokenizer | Anchor) -> None:
    """A tenth of a second of silence, so that lazy initialisation is not timed as the first clip's."""
    if isinstance(system, Codec):
        silence = Audio.from_array(torch.zeros(system.spec.sample_rate // 10), system.spec.sample_rate)
        # Whatever is wrong with the tokenizer is recorded with the clips that it fails on.
        with contextlib.suppress(Exception):
            system.decode(system.encode(silence))


def _now(system: Tokenizer) -> float:
    if system.device.type == "cuda":
        torch.cuda.synchronize(system.device)
    return time.perf_counter()


def _record_failure(folder: RunFolder, clip: Clip, error: Exception) -> None:
    write_json(folder.failure(clip.id), {"reason": reason(error)})


def clear_failures(folder: RunFolder) -> None:
    """Forget recorded failures, so that the next run tries those clips again."""
    for path in Path(folder.path / "failures").glob("*.json"):
        path.unlink()
