"""A corpus into a token store, against the bare model, and by one Ray worker against none.

    python benchmarks/token_store.py
    python benchmarks/token_store.py --tokenizer audiotok-rvq --clips 400 --ray

Speech of `small`, as it comes: several formats and rates. The bare model is given the same batches, decoded and
resampled beforehand, and what it returns is thrown away; `tokenize` also finds, hashes, reads, resamples, checks, packs
and writes. In turns, in one process, the fastest of each. "share" is the speed of `tokenize` in that of the bare
model, once by the clock and once by the processor time of the thread that runs the model: the clock says no more than
that where a second core is free to read ahead, and less where it is not.

With --ray, one worker against the same without Ray; what every start costs (a process that loads the tokenizer) is
measured on a single clip and taken off, and shown.
"""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from typing import Annotated

import torch
import typer
from turns import Call

import audiotok
from audiotok import Tokenizer, data
from audiotok.cli.options import TokenizerNames, start
from audiotok.core.audio import Audio
from audiotok.data.draw import draw
from audiotok.data.manifest import Manifest
from audiotok.files.provenance import hardware
from audiotok.runs.batches import batches
from audiotok.store import tokenize

Times = list[float]  # seconds by the clock, seconds of this thread's processor time


def fastest(calls: dict[str, Call], turns: int) -> dict[str, Times]:
    """A turn more warms up."""
    best = {name: [float("inf")] * 2 for name in calls}
    for turn in range(turns + 1):
        for name, call in calls.items():
            before = perf_counter(), thread_time()
            call()
            passed = perf_counter() - before[0], thread_time() - before[1]
            if turn:
                best[name] = [min(*pair) for pair in zip(best[name], passed, strict=True)]
    return best


def prepared(tokenizer: Tokenizer, corpus: Manifest) -> list[Audio]:
    return [
        Audio.from_clips([data.read(clip, corpus.root).clips()[0] for clip in batch], batch[0].sample_rate)
        .resample(tokenizer.spec.sample_rate)
        .to(tokenizer.device)
        for batch in batches(corpus)
    ]


def row(system: Tokenizer, corpus: Manifest, turns: int, ray: bool) -> list[str]:
    single = Manifest.of("single", list(corpus)[:1], corpus.root)
    seconds = sum(clip.duration for clip in corpus)
    given = prepared(system, corpus)

    @torch.no_grad()
    def bare() -> None:
        for audio in given:
            system._encode(audio.waveform, audio.lengths)

    def store(clips: Manifest, engine: str) -> None:
        if failed := tokenize(system, clips, next(folders), engine=engine):
            raise SystemExit(f"not tokenised: {failed}")

    calls: dict[str, Call] = {"bare": bare, "ours": lambda: store(corpus, "local")}
    if ray:
        calls |= {"ray": lambda: store(corpus, "ray"), "start": lambda: store(single, "ray")}
    with TemporaryDirectory() as name:
        folders = (Path(name) / str(number) for number in count())
        best = fastest(calls, turns)
    (model, model_thread), (ours, ours_thread) = best["bare"], best["ours"]
    cells = [f"{model / seconds:.4f}", f"{ours / seconds:.4f}"]
    cells += [f"{100 * model / ours:.0f} %", f"{100 * model_thread / ours_thread:.0f} %"]
    if ray:
        began = best["start"][0]
        cells += [f"{(best['ray'][0] - began) / seconds:.4f}", f"{began:.1f}"]
    return cells


def main(
    tokenizer: TokenizerNames = ["codec2:mode=2400", "lyra"],  # noqa: B006
    clips: Annotated[int, typer.Option(min=1)] = 120,
    turns: Annotated[int, typer.Option(min=1)] = 4,
    ray: Annotated[bool, typer.Option("--ray")] = False,
) -> None:
    speech = draw(data.load("small").domain("speech"), seed=0)
    corpus = Manifest.of("part", list(speech)[:clips], speech.root)
    print(f"{clips} clips, {sum(clip.duration for clip in corpus):.0f} s; {hardware()}\n")
    columns = ["bare RTF", "tokenize RTF", "share", "share, processor"] + ["Ray RTF", "Ray start, s"] * ray
    print(f"| tokenizer | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for identifier in tokenizer:
        system = audiotok.load(identifier)
        print(f"| {system.identifier} | {' | '.join(row(system, corpus, turns, ray))} |", flush=True)


if __name__ == "__main__":
    start(main)
