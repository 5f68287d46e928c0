"""The code stage: every clip through encode and decode (or an anchor), what came out and how long it took."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path

import torch

from audiotok.core.anchor import Anchor, Recordings
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import AlteredFile, InvalidAudio, InvalidData, MachineTrouble, is_machine_trouble, reason
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import hardware
from audiotok.runs import engines
from audiotok.runs.batches import batches, together_or_alone
from audiotok.runs.folder import Output, RunFolder
from audiotok.runs.stage import Stage, is_on_gpu


def code(
    system: Tokenizer | Anchor,
    clips: Sequence[Clip],
    root: Path | None,
    folder: RunFolder,
    *,
    engine: str = "local",
    workers: int = 1,
) -> None:
    """Write the tokens, audio and timings of every clip that is not coded yet, or not what was written any more.

    What the tokenizer fails on is recorded as that clip's failure. Raises MachineTrouble where disk, memory or rights
    are at fault: the clip stays open. A batch with an open clip is coded whole, in the company of an undisturbed run.
    """
    todo = _unfinished(system, clips, folder)
    if not todo:
        return
    stage = CodeBatches(system, root and root.absolute(), folder.absolute())
    total = sum(len(batch) for batch in todo)
    with progress_bar(total=total, desc=f"{system.identifier}: encode, decode", unit="clip", dynamic_ncols=True) as bar:
        for done in engines.get(engine)(stage, todo, workers):
            bar.update(done)


@dataclass(frozen=True)
class CodeBatches(Stage[list[Clip], int]):
    """Batches of clips through encode and decode, into the run's folder; gives how many clips a batch had."""

    system: Tokenizer | Anchor
    root: Path | None
    folder: RunFolder

    @property
    def on_gpu(self) -> bool:
        return is_on_gpu(self.system)

    def run(self, jobs: Iterable[list[Clip]]) -> Iterator[int]:
        for batch in jobs:
            _code_batch(self._warm, batch, self.root, self.folder)
            yield len(batch)

    @cached_property
    def _warm(self) -> Tokenizer | Anchor:
        """The system, after its first call in this process."""
        _warm_up(self.system)
        return self.system


def _unfinished(system: Tokenizer | Anchor, clips: Sequence[Clip], folder: RunFolder) -> list[list[Clip]]:
    """The batches that hold an open clip; those of a domain do not depend on which other domains are asked for."""
    altered: list[str] = []
    by_domain = groupby(sorted(clips, key=lambda clip: clip.domain), key=lambda clip: clip.domain)
    planned = [batch for _, of_domain in by_domain for batch in batches(of_domain)]
    done = {clip.id: _is_done(system, folder, clip.id, altered) for clip in clips}
    todo = [batch for batch in planned if not all(done[clip.id] for clip in batch)]
    if altered:
        warnings.warn(f"{len(altered)} kept files are made again; the first: {altered[0]}", stacklevel=3)
    return todo


def _is_done(system: Tokenizer | Anchor, folder: RunFolder, clip: str, altered: list[str]) -> bool:
    outputs: list[Output] = ["tokens"] if isinstance(system, Tokenizer) else []
    if isinstance(system, (Codec, Anchor)):
        outputs.append("audio")
    try:
        if folder.failure(clip) is not None:
            return True
        return folder.check(clip, *outputs) and folder.read("timings", clip) is not None
    except AlteredFile as error:
        altered.append(str(error))
        return False


@dataclass
class _Coded:
    """A system's output for a batch."""

    tokens: Tokens | None = None
    audio: Audio | None = None
    timings: dict[str, float] = field(default_factory=dict)  # stage -> seconds for the batch
    machine: str = ""  # that the timings are of
    bits: Sequence[float | None] | None = None  # of an anchor's payload, clip by clip


def _code_batch(system: Tokenizer | Anchor, clips: Sequence[Clip], root: Path | None, folder: RunFolder) -> None:
    readable = []
    for clip in clips:
        try:
            readable.append((clip, folder.footing.read(clip, root)))
        except (InvalidAudio, InvalidData) as error:
            folder.fail(clip.id, reason(error))
    if not readable:
        return
    # The rates of recordings may differ.
    for batch in [[one] for one in readable] if isinstance(system, Recordings) else [readable]:
        for read, coded in together_or_alone(partial(_run, system), batch):
            if isinstance(coded, _Coded):
                _keep(coded, [clip for clip, _ in read], folder)
            else:
                _fail(coded, system, read[0][0], folder)


def _fail(error: Exception, system: Tokenizer | Anchor, clip: Clip, folder: RunFolder) -> None:
    """Record a clip's failure. Raises MachineTrouble where the machine is to blame."""
    if is_machine_trouble(error):
        raise MachineTrouble(f"{system.identifier}, clip {clip.id}: {reason(error)}; the clip stays open") from error
    folder.fail(clip.id, reason(error))


def _run(system: Tokenizer | Anchor, read: Sequence[tuple[Clip, Audio]]) -> _Coded:
    if isinstance(system, Recordings):
        ((clip, _),) = read
        return _Coded(audio=system.read(clip.id, clip.path, clip.duration))
    audio = Audio.from_clips([audio.clips()[0] for _, audio in read], read[0][1].sample_rate)
    if isinstance(system, Anchor):
        decoded, bits = system.process(audio)
        return _Coded(audio=decoded, bits=[None if bits is None else float(bits[i]) for i in range(len(audio))])
    started = time.perf_counter()
    tokens = system.encode(audio)
    coded = _Coded(tokens=tokens, timings={"encode": _now(system) - started}, machine=hardware(system.device))
    if isinstance(system, Codec):
        resumed = time.perf_counter()
        coded.audio = system.decode(tokens)
        coded.timings["decode"] = _now(system) - resumed
    return coded


def _keep(coded: _Coded, clips: Sequence[Clip], folder: RunFolder) -> None:
    """Each clip's files, and last that it is coded."""
    total = sum(clip.duration for clip in clips)
    for i, clip in enumerate(clips):
        outputs: list[Output] = []
        timing: dict[str, float | str | None] = {"seconds": clip.duration}
        if coded.tokens is not None:
            coded.tokens[i].to("cpu").save(folder.tokens(clip.id))
            outputs.append("tokens")
            timing |= {"batch": len(clips), "machine": coded.machine}
        if coded.audio is not None:
            coded.audio[i].save(folder.audio(clip.id))
            outputs.append("audio")
        if coded.bits is not None:
            timing["bits"] = coded.bits[i]
        timing |= {stage: seconds * clip.duration / total for stage, seconds in coded.timings.items()}
        folder.write("timings", clip.id, timing)
        folder.seal(clip.id, *outputs)


def _warm_up(system: Tokenizer | Anchor) -> None:
    """A tenth of a second of silence, so that lazy initialisation is not timed as the first clip's."""
    if isinstance(system, Tokenizer):
        silence = Audio.from_array(torch.zeros(system.spec.sample_rate // 10), system.spec.sample_rate)
        # Whatever is wrong with the tokenizer is recorded with the clips that it fails on.
        with contextlib.suppress(Exception):
            tokens = system.encode(silence)
            if isinstance(system, Codec):
                system.decode(tokens)


def _now(system: Tokenizer) -> float:
    if system.device.type == "cuda":
        torch.cuda.synchronize(system.device)
    return time.perf_counter()


def clear_failures(folder: RunFolder) -> None:
    """Forget recorded failures, so that the next run tries those clips again."""
    for path in Path(folder.path / "failures").glob("*.json"):
        path.unlink()
