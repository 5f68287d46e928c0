"""How often DATES's discriminative scores get worse where codebooks are added to those that are there already.

    python benchmarks/dates_steps.py

The first codebooks of a residual codec are part of its larger settings, so what can be read from them cannot be lost.
A fall larger than two of the combined standard deviations is counted apart; a score without a deviation never is.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from audiotok.leaderboard.page.published import FOLDER

TABLE = FOLDER / "downstream_speech_discriminative.csv"
#: Rows whose codebooks nest: one model, read to different depths.
NESTED = ("Enc-SMA-24", "DAC-SMA-24", "ST-S-16", "Mimi-S-24")


def steps(path: Path = TABLE) -> Iterator[tuple[str, str, float, float]]:
    """(tokenizer, column, how much worse the larger setting is, two combined standard deviations)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Tokenizer"] in NESTED]
    for one, other in pairwise(rows):
        if one["Tokenizer"] != other["Tokenizer"]:
            continue
        for column in list(one)[2:]:
            before, after = (_value(row[column]) for row in (one, other))
            worse = (after[0] - before[0]) * (1 if "↓" in column else -1)
            yield one["Tokenizer"], column, worse, 2 * math.hypot(before[1], after[1])


def _value(cell: str) -> tuple[float, float]:
    value, _, deviation = cell.partition("±")
    return float(value), float(deviation or math.inf)


def main() -> None:
    found = list(steps())
    fallen = [(name, column, worse, bound) for name, column, worse, bound in found if worse > 0]
    clear = [step for step in fallen if step[2] > step[3]]
    no_emotion = [step for step in clear if not step[1].startswith("Emotion")]
    print(f"{len(found)} steps, {len(fallen)} worse, {len(clear)} by more than two standard deviations")
    print(f"without emotion recognition, whose deviations look like fractions: {len(no_emotion)}")
    for name, column, worse, bound in clear:
        print(f"  {name}, {column}: {worse:.2f} worse, two deviations are {bound:.2f}")


if __name__ == "__main__":
    main()
