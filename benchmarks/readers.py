"""How fast clips are read for `tokenize`: a tokenizer that costs nothing, against a plain DataLoader.

    python benchmarks/readers.py --readers 2

FLAC files are made beforehand, at 44.1 kHz, and brought to the tokenizer's 16 kHz. "plain" is a DataLoader of as many
processes over the same batches: soundfile, soxr, padded by pad_sequence; it checks nothing. "bare" is one process that
does what a reader does, without queues, times the number of readers. `tokenize` also looks every file up, hashes it,
checks its samples, and packs and writes the store. In turns, each from the first batch to the last and on files that
were not read before, processes started beforehand where they can be; the fastest of each. On a machine with other work
look at the lines about processor time: batch by batch in turns, in a process of each, the least of each.
"""

import os
import shutil
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Annotated

import numpy as np
import soundfile
import soxr
import torch
import typer
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from audiotok import data
from audiotok.cli.options import start
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip, Manifest
from audiotok.files.provenance import hardware
from audiotok.runs.batches import batches
from audiotok.runs.processes import adopt, context
from audiotok.store.readers import Batch, read_ahead
from audiotok.store.tokenize import tokenize
from audiotok.tokenizers.mulaw import MuLaw

RATE = 16000
TIMED = 8  # batches of which processor time is taken


class Nothing(Tokenizer):
    """One frame a second, of zeros."""

    card = MuLaw.card
    spec = TokenSpec(RATE, 1.0, (2,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        frames = -(-lengths // RATE)
        return Tokens(torch.zeros(len(lengths), 1, int(frames.max()), dtype=torch.int64), frames, self.spec)


class Plain(Dataset[Tensor]):
    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths

    def __getitem__(self, number: int) -> Tensor:
        samples, rate = soundfile.read(self._paths[number], dtype="float32")
        return torch.from_numpy(soxr.resample(samples, rate, RATE, quality="HQ"))

    def __len__(self) -> int:
        return len(self._paths)


def make(folder: Path, clips: int, seconds: float) -> Manifest:
    rng = np.random.default_rng(0)
    for number in range(clips):
        length = int(seconds * 44100 * rng.uniform(0.5, 1.5))
        tone = 0.3 * np.sin(np.arange(length) * rng.uniform(0.01, 0.1)) + rng.normal(0, 0.02, length)
        soundfile.write(folder / f"{number}.flac", tone, 44100)
    return data.make(folder, "made", domain="speech")[0]


def collate(clips: list[Tensor]) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(clips, batch_first=True)


def rate(begun: float, seconds: float) -> float:
    """Hours of audio an hour."""
    return seconds / (perf_counter() - begun)


def read_plainly(paths: list[Path]) -> float:
    """Seconds of processor time."""
    begun = process_time()
    plain = Plain(paths)
    collate([plain[number] for number in range(len(paths))])
    return process_time() - begun


def read_by_a_reader(batch: list[Clip], root: Path | None) -> float:
    """Seconds of processor time."""
    begun = process_time()
    for _ in read_ahead([Batch(batch, last=True)], root, RATE, 0):
        pass
    return process_time() - begun


def worked(corpus: Manifest, readers: Executor, plains: Executor) -> list[tuple[float, float, float]]:
    """Seconds of processor time that a reader takes for each of the first batches, then the plain loop, then a reader
    that has verified the files before.
    """
    found = []
    for batch in list(batches(corpus))[:TIMED]:
        reading = partial(readers.submit, read_by_a_reader, batch, corpus.root)
        first = reading().result()
        plainly = plains.submit(read_plainly, [Path(corpus.root or "", clip.path) for clip in batch]).result()
        found.append((first, plainly, reading().result()))
    return found


def measured(corpus: Manifest, readers: int, out: Path) -> dict[str, float]:
    """Way -> hours of audio an hour."""
    planned = [Batch(batch, last=False) for batch in batches(corpus)]
    total = sum(clip.duration for clip in corpus)
    found = {}
    plain = Plain([Path(corpus.root or "", clip.path) for clip in corpus])
    place = {clip.id: number for number, clip in enumerate(corpus)}
    same = [[place[clip.id] for clip in batch.clips] for batch in planned]
    part = planned[::readers]
    seconds = sum(clip.duration for batch in part for clip in batch.clips)
    begun = perf_counter()
    for _ in read_ahead(part, corpus.root, RATE, 0):
        pass
    found["bare"] = readers * rate(begun, seconds)
    loader = DataLoader(plain, batch_sampler=same, num_workers=readers, collate_fn=collate)
    lost = sum(clip.duration for clip in planned[0].clips)
    for name, batches_of in (("plain", iter(loader)), ("readers", read_ahead(planned, corpus.root, RATE, readers))):
        next(batches_of)  # the processes have begun
        begun = perf_counter()
        for _ in batches_of:
            pass
        found[name] = rate(begun, total - lost)
    begun = perf_counter()
    tokenize(Nothing(), corpus, out, readers=readers, shard_hours=total / 3600 / 4)
    found["tokenize, with start"] = rate(begun, total)
    return found


def main(
    readers: Annotated[int, typer.Option(min=1)] = 2,
    clips: Annotated[int, typer.Option(min=8)] = 400,
    seconds: float = 10.0,
    turns: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "clips"
        folder.mkdir()
        corpus = make(folder, clips, seconds)
        torch.set_num_threads(1)
        copies = (replace(corpus, root=shutil.copytree(folder, Path(name) / f"clips{n}")) for n in range(2 * turns))
        with (
            ProcessPoolExecutor(1, context(), adopt, (dict(os.environ),)) as reading,
            ProcessPoolExecutor(1, get_context("fork")) as plain,
        ):
            times = np.array([worked(next(copies), reading, plain) for _ in range(turns)]).min(axis=0).sum(axis=0)
        rounds = [measured(next(copies), readers, Path(name) / f"store{turn}") for turn in range(turns)]
    best = {way: max(found[way] for found in rounds) for way in rounds[0]}
    print(f"{clips} clips, {sum(clip.duration for clip in corpus) / 3600:.2f} h, {readers} readers; {hardware()}\n")
    first, plainly, again = times
    print(f"processor time: {first:.2f} s a reader, {plainly:.2f} s plain: {plainly / first:.2f} of its rate")
    print(f"files verified before: {again:.2f} s a reader, {plainly / again:.2f} of the plain rate\n")
    print("| way | hours/hour | against plain | against bare |\n|---|---:|---:|---:|")
    for way, speed in best.items():
        print(f"| {way} | {speed:.0f} | {speed / best['plain']:.2f} | {speed / best['bare']:.2f} |")


if __name__ == "__main__":
    start(main)
