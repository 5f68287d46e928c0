"""Measures what docs/statistics.md reports: coverage of intervals, false positives of paired tests and of ranks.

    python benchmarks/intervals.py    # ten minutes on one core; writes docs/statistics.csv and the page's tables

Every set of scores is drawn from a distribution with a known true value and passes through the same functions as a
Result.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import typer
from numpy.typing import NDArray

from audiotok.results.paired import corrected, pairwise
from audiotok.results.record import ScoredClip
from audiotok.results.statistics import estimate

Array = NDArray[np.float64]
Rng = np.random.Generator
#: (generator, units, clips of each) -> totals and weights [units, clips]
Shape = Callable[[Rng, int, int], tuple[Array, Array]]
#: (generator, units, clips of each) -> scores of k equal systems [k, units, clips] of weight 1, the better direction
Null = Callable[[Rng, int, int], tuple[Array, Any, float]]

DOCS = Path(__file__).parents[1] / "docs"
COVERAGE_SETS = 10_000
SETS = 4000  # of two equal systems, and of families of them
CLIPS = (10, 20, 40, 100)
FEW = (5, 8)
SPEAKERS = ((5, 5), (5, 8), (8, 5), (10, 5), (20, 5), (40, 5))  # speakers × clips of each
FAILS = 0.05  # share of clips on which a system fails completely
HIDDEN = 0.10  # below this share of sets with an interval, a cell reads "none shown"
FIELDS = ("table", "shape", "speakers", "clips", "rate", "shown", "sets")


def words(rng: Rng, units: int, clips: int) -> NDArray[np.int64]:
    return rng.integers(8, 25, (units, clips))


def word_errors(rate: float, hardness: float | None = None) -> Shape:
    """Errors per clip. The smaller `hardness`, the more errors are on few clips. None: independent errors."""

    def draw(rng: Rng, units: int, clips: int) -> tuple[Array, Array]:
        own = rate if hardness is None else rng.gamma(hardness, rate / hardness, (units, clips)).clip(0, 1)
        said = words(rng, units, clips)
        return rng.binomial(said, own).astype(float), said.astype(float)

    return draw


def word_errors_of_speakers(rate: float) -> Shape:
    def draw(rng: Rng, units: int, clips: int) -> tuple[Array, Array]:
        log_odds = math.log(rate / (1 - rate)) + rng.normal(0, 0.5, (units, 1)) + rng.normal(0, 0.8, (units, clips))
        said = words(rng, units, clips)
        return rng.binomial(said, 1 / (1 + np.exp(-log_odds))).astype(float), said.astype(float)

    return draw


def alone(values: Callable[[Rng, tuple[int, int]], Array]) -> Shape:
    """Scores of weight 1."""
    return lambda rng, units, clips: (values(rng, (units, clips)), np.ones((units, clips)))


def weighted_by_length(rng: Rng, units: int, clips: int) -> tuple[Array, Array]:
    seconds = rng.uniform(1, 10, (units, clips))
    return rng.lognormal(0, 0.5, (units, clips)) * seconds, seconds


VALUES: dict[str, Shape] = {
    "normal": alone(lambda rng, size: rng.normal(3, 0.5, size)),
    "log-normal, σ 0.5": alone(lambda rng, size: rng.lognormal(0, 0.5, size)),
    "log-normal, σ 1": alone(lambda rng, size: rng.lognormal(0, 1, size)),
    "log-normal, σ 0.5, weighted by duration (1–10 s)": weighted_by_length,
    "bounded, mean near the bound (STOI 0.9)": alone(lambda rng, size: rng.beta(18, 2, size)),
    "bounded, mode at the bound (beta(5, 1))": alone(lambda rng, size: rng.beta(5, 1, size)),
    "WER 2 %, independent word errors": word_errors(0.02),
    "WER 2 %, clip difficulty varies": word_errors(0.02, 0.5),
    "WER 8 %, independent word errors": word_errors(0.08),
    "WER 8 %, clip difficulty varies": word_errors(0.08, 0.5),
    "WER 30 %, clip difficulty varies": word_errors(0.30, 1.0),
}
OF_SPEAKERS: dict[str, Shape] = {
    "WER 8 %": word_errors_of_speakers(0.08),
    "WER 30 %": word_errors_of_speakers(0.30),
    "normal": lambda rng, units, clips: (
        3 + rng.normal(0, 0.3, (units, 1)) + rng.normal(0, 0.4, (units, clips)),
        np.ones((units, clips)),
    ),
    "log-normal": lambda rng, units, clips: (
        np.exp(rng.normal(0, 0.5, (units, 1)) + rng.normal(0, 0.4, (units, clips))),
        np.ones((units, clips)),
    ),
}


def failing(noise: float) -> Null:
    """Scores from 1 to 5, like PESQ or ViSQOL: one system has 1 on some clips, the other loses as much over all."""

    def draw(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
        hard = 3 + rng.normal(0, 0.5, (units, clips))
        a, b = (hard + rng.normal(0, noise, hard.shape) for _ in range(2))
        return np.stack([np.where(rng.random(hard.shape) < FAILS, 1, a), b - FAILS * 2]), "higher", 1.0

    return draw


def failing_words(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
    own = rng.gamma(0.5, 0.16, (units, clips)).clip(0, 0.9)
    one = np.where(rng.random(own.shape) < FAILS, 1.0, rng.binomial(16, own) / 16)
    return np.stack([one, rng.binomial(16, own + FAILS * (1 - own)) / 16]), "lower", 100.0


def equal_words(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
    own = rng.gamma(0.5, 0.16, (units, clips)).clip(0, 1)
    return np.stack([rng.binomial(16, own) / 16 for _ in range(2)]), "lower", 100.0


def shifted(differences: Callable[[Rng, tuple[int, int]], Array]) -> Null:
    """Two systems on a scale of distances, whose differences are drawn with mean 0."""

    def draw(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
        hard = rng.normal(10, 1, (units, clips))
        return np.stack([hard + differences(rng, hard.shape), hard]), "lower", 1.0

    return draw


def by_voice(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
    """Differences that depend on the speaker and average to 0 over all speakers."""
    hard = rng.normal(10, 1, (units, clips))
    return np.stack([hard + rng.normal(0, 0.3, (units, 1)) + rng.normal(0, 0.4, hard.shape), hard]), "lower", 1.0


NULLS: dict[str, Null] = {
    "normal differences": shifted(lambda rng, size: rng.normal(0, 0.3, size)),
    "log-normal differences, σ 0.5": shifted(lambda rng, size: rng.lognormal(0, 0.5, size) - math.exp(0.125)),
    "log-normal differences, σ 1": shifted(lambda rng, size: rng.lognormal(0, 1, size) - math.exp(0.5)),
    "WER 8 % for both": equal_words,
    "one fails completely on 5 % of clips (score 1 of 5), noise 0.02": failing(0.02),
    "one fails completely on 5 % of clips (score 1 of 5), noise 0.1": failing(0.1),
    "one fails completely on 5 % of clips (score 1 of 5), noise 0.3": failing(0.3),
    "one fails completely on 5 % of clips (all words wrong)": failing_words,
}


def family_of_shapes(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
    """Eight systems of equal mean whose errors are distributed differently."""
    size = (units, clips)
    hard = rng.normal(10, 1, size)
    own = [rng.lognormal(0, s, size) - math.exp(s * s / 2) for s in (0.5, 0.75, 1.0)]
    own += [-one for one in (rng.lognormal(0, 0.75, size) - math.exp(0.75**2 / 2), rng.exponential(1, size) - 1)]
    own += [rng.normal(0, 0.2, size), rng.normal(0, 1, size), rng.standard_t(4, size)]
    return np.stack([hard + one for one in own]), "lower", 1.0


def family_with_failures(noise: float) -> Null:
    """Eight systems of equal mean, one of which fails completely on some clips."""

    def draw(rng: Rng, units: int, clips: int) -> tuple[Array, Any, float]:
        hard = 3 + rng.normal(0, 0.5, (units, clips))
        own = [hard + rng.normal(0, noise, hard.shape) for _ in range(8)]
        own[1:] = [one - FAILS * 2 for one in own[1:]]
        return np.stack([np.where(rng.random(hard.shape) < FAILS, 1, own[0]), *own[1:]]), "higher", 1.0

    return draw


FAMILIES: dict[str, Null] = {
    "equal means, distributions of different shapes": family_of_shapes,
    "one fails completely on 5 % of clips, noise 0.02": family_with_failures(0.02),
    "one fails completely on 5 % of clips, noise 0.1": family_with_failures(0.1),
    "one fails completely on 5 % of clips, noise 0.3": family_with_failures(0.3),
}


def clips_of(totals: Array, weights: Array, speakers: bool) -> list[ScoredClip]:
    return [
        ScoredClip(f"{i:04}-{j:04}", total, weight, f"{i:04}" if speakers else None)
        for i, row in enumerate(zip(totals.tolist(), weights.tolist(), strict=True))
        for j, (total, weight) in enumerate(zip(*row, strict=True))
    ]


def coverage(shape: Shape, units: int, clips: int, speakers: bool, sets: int = COVERAGE_SETS) -> tuple[float, float]:
    """Share of intervals that contain the true value, and share of sets that have an interval."""
    rng = np.random.default_rng([1, units, clips])
    total, weight = (side.sum() for side in (shape(rng, 20_000, 100) if speakers else shape(rng, 1, 4_000_000)))
    inside = shown = 0
    for _ in range(sets):
        found, _ = estimate(clips_of(*shape(rng, units, clips), speakers))
        if found.low is not None and found.high is not None:
            shown += 1
            inside += found.low <= total / weight <= found.high
    return inside / max(shown, 1), shown / sets


def false_positives(null: Null, units: int, clips: int, speakers: bool, sets: int = SETS) -> float:
    """Share of sets of equal systems in which any two are called different."""
    rng = np.random.default_rng([2, units, clips])
    false = 0
    for _ in range(sets):
        scores, direction, scale = null(rng, units, clips)
        found = pairwise([clips_of(own, np.ones_like(own), speakers) for own in scores], direction, scale)
        false += min(corrected(found.p_equal.tolist(), found.unseen.tolist())) <= 0.05
    return false / sets


def measured() -> Iterator[dict[str, Any]]:
    for name, shape in VALUES.items():
        for n in CLIPS:
            rate, shown = coverage(shape, n, 1, speakers=False)
            yield row("coverage", name, "", n, rate, shown, COVERAGE_SETS)
    for name, shape in OF_SPEAKERS.items():
        for units, clips in SPEAKERS:
            rate, shown = coverage(shape, units, clips, speakers=True)
            yield row("coverage over speakers", name, units, units * clips, rate, shown, COVERAGE_SETS)
    for name, null in NULLS.items():
        for n in (*FEW, *CLIPS):
            yield row("false positives", name, "", n, false_positives(null, n, 1, speakers=False), 1, SETS)
    for units, clips in SPEAKERS:
        rate = false_positives(by_voice, units, clips, speakers=True)
        yield row(
            "false positives over speakers", "differences depend on the speaker", units, units * clips, rate, 1, SETS
        )
    for name, null in FAMILIES.items():
        for n in CLIPS:
            rate = false_positives(null, n, 1, speakers=False)
            yield row("family-wise error, ranks of eight systems", name, "", n, rate, 1, SETS)


def row(
    table: str, shape: str, speakers: int | str, clips: int, rate: float, shown: float, sets: int
) -> dict[str, Any]:
    values = (table, shape, speakers, clips, round(rate, 4), round(shown, 4), sets)
    typer.echo(" ".join(map(str, values)))
    return dict(zip(FIELDS, values, strict=True))


def tables(rows: list[dict[str, Any]]) -> str:
    """One Markdown table for each kind of measurement: shapes down, sizes across."""
    parts = []
    for table in dict.fromkeys(one["table"] for one in rows):
        own = [one for one in rows if one["table"] == table]
        sizes = list(dict.fromkeys(size(one) for one in own))
        lines = [f"| {table} | " + " | ".join(sizes) + " |", "| :-- |" + " --: |" * len(sizes)]
        for shape in dict.fromkeys(one["shape"] for one in own):
            cells = {size(one): cell(one) for one in own if one["shape"] == shape}
            lines.append(f"| {shape} | " + " | ".join(cells[one] for one in sizes) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def size(one: dict[str, Any]) -> str:
    clips = int(one["clips"])
    return f"{one['speakers']} × {clips // int(one['speakers'])}" if one["speakers"] else f"{clips}"


def cell(one: dict[str, Any]) -> str:
    if not one["table"].startswith("coverage"):
        return f"{float(one['rate']):.3f}"
    shown = float(one["shown"])
    if shown < HIDDEN:
        return "none shown"
    return f"{float(one['rate']):.3f}" + (f" ({shown:.0%} shown)" if shown < 0.995 else "")


def read(path: Path = DOCS / "statistics.csv") -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Measure everything, write the table and put it into the page."""
    rows = list(measured())
    with (DOCS / "statistics.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    page = DOCS / "statistics.md"
    marked = re.compile(r"(<!-- tables -->\n).*?(<!-- end of tables -->)", re.DOTALL)
    text = marked.sub(lambda found: f"{found[1]}{tables(read())}\n{found[2]}", page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
