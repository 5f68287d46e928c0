"""How long does it take to build the board of many tokenizers, and does its cost grow linearly?

    python benchmarks/board_build.py --tokenizers 25 --tokenizers 50 --tokenizers 100

Every row is one of the committed submissions under another name, with 2 % of noise on the score of each clip, so that
rows of a band are close to each other, as they will be. Checking reads the submission's folder; building computes
ranks, paired tests and curves, and writes the page. Both in seconds of processor time.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Annotated

import numpy as np
import typer

from audiotok.cli.options import start
from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.check import examine
from audiotok.leaderboard.submission.entry import Entry
from audiotok.leaderboard.submission.rows import reference_scores
from audiotok.results.record import Result

SUBMISSIONS = Path("leaderboard/submissions")
NOISE = 0.02


def admitted(count: int) -> Iterator[Entry]:
    """So many rows, each examined as `audiotok leaderboard build` does."""
    reference = reference_scores(SUBMISSIONS)
    for folder in islice(cycle(sorted(path for path in SUBMISSIONS.iterdir() if (path / "card.yaml").exists())), count):
        entry, problems = examine(folder, reference=reference)
        if entry is None:
            raise SystemExit(f"{folder}: {problems[0]}")
        yield entry


def renamed(entry: Entry, number: int, generator: np.random.Generator) -> Entry:
    """A row like another, under a name of its own."""
    name = f"{entry.tokenizer}@{number}" if ":" not in entry.tokenizer else f"{entry.tokenizer},row={number}"

    def noisy(result: Result) -> Result:
        factors = 1 + NOISE * generator.standard_normal(len(result.scores))
        scores = tuple(replace(s, total=s.total * f) for s, f in zip(result.scores, factors, strict=True))
        return replace(result, tokenizer=name, scores=scores)

    return replace(entry, tokenizer=name, results=tuple(map(noisy, entry.results)))


def main(
    tokenizers: Annotated[list[int], typer.Option(help="Rows of a board.")] = [25, 50, 100],  # noqa: B006
) -> None:
    for count in tokenizers:
        generator = np.random.default_rng(0)
        started = process_time()
        found = list(admitted(count))
        checked = process_time()
        rows = [renamed(entry, number, generator) for number, entry in enumerate(found)]
        made = process_time()
        with TemporaryDirectory() as folder:
            build(rows, folder)
        built = process_time()
        print(f"{count:>4} tokenizers: {checked - started:.1f} s to check, {built - made:.1f} s to build")


if __name__ == "__main__":
    start(main)
