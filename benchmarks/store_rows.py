"""Does the memory of `tokenize` grow with the corpus? A worker of many, on manifests of ever more clips.

    python benchmarks/store_rows.py --rows 10000 --rows 100000 --rows 1000000

Every manifest names one second of one file so many times, and every shard holds 500 of them. A process of its own is
rank 0 of as many ranks as there are shards: it plans the store in one pass over the manifest and makes one shard, as on
a cluster. Shown: what it had loaded before, its peak of memory beyond that, and its seconds.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import soundfile
import typer

from audiotok.cli.options import start
from audiotok.data.manifest import Clip, line_of
from audiotok.files.sealed import file_sha256

RATE = 16000
IN_A_SHARD = 500  # clips

WORKER = """
import resource, sys, time
import audiotok
from audiotok import store

manifest, out, hours, ranks = sys.argv[1:]
codec, corpus = audiotok.load("mulaw"), store.open_corpus(manifest)
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
failures = store.tokenize(codec, corpus, out, shard_hours=float(hours), rank=0, world_size=int(ranks))
if failures:
    sys.exit(f"clips failed: {failures}")
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter() - started)
"""


def write_corpus(folder: Path, rows: int) -> Path:
    """A manifest of `rows` clips of one file."""
    audio = folder / "second.wav"
    soundfile.write(audio, 0.1 * np.sin(np.arange(RATE) * 2 * np.pi * 220 / RATE), RATE)
    sha256 = file_sha256(audio)
    path = folder / f"{rows}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in range(rows):
            file.write(
                line_of(Clip(f"clip-{row}", "folder", audio.name, sha256, 0.0, 1.0, RATE, "speech", text="la la"))
            )
    return path


def main(rows: Annotated[list[int], typer.Option(help="Clips of a manifest.")] = [10_000, 100_000, 1_000_000]) -> None:  # noqa: B006
    with TemporaryDirectory() as folder:
        for count in rows:
            manifest = write_corpus(Path(folder), count)
            ranks = -(-count // IN_A_SHARD)
            command = [
                sys.executable,
                "-c",
                WORKER,
                manifest,
                Path(folder) / f"store-{count}",
                IN_A_SHARD / 3600,
                ranks,
            ]
            done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
            before, peak, seconds = (float(part) for part in done.stdout.split())
            print(
                f"{count:>9,} clips, {ranks:,} shards: {before / 1024:.0f} MiB loaded, {(peak - before) / 1024:.0f} "
                f"MiB more at the peak, {seconds:.0f} s"
            )


if __name__ == "__main__":
    start(main)
