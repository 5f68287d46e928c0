"""Writes the estimates of submissions anew from the scores of their clips, as after a change of how intervals are made.

    python -m audiotok.leaderboard.submission.restate leaderboard/submissions

Scores, failures and provenance stay as they are, and so does a score of a whole set, which has no clips to make it of.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.results.statistics import estimate, estimate_by_language


def restated(result: Result) -> Result:
    """With the estimate, its interval and those of the languages as the scores of its clips give them today."""
    if not result.scores:
        return result
    metric = catalogue.get(result.metric)
    whole, uncertainty = estimate(result.scores, metric.scale, metric.range, metric.sampled)
    groups = estimate_by_language(result.scores, metric.scale, metric.range)
    return replace(result, estimate=whole, uncertainty=uncertainty, groups=groups)


def restate(path: Path) -> bool:
    """Rewrite a results file; whether anything changed."""
    before = record.read(path)
    after = [restated(result) for result in before]
    if after == before:
        return False
    record.write(path, after)
    return True


def main(submissions: Annotated[Path, typer.Argument(help="Folder of submissions.")]) -> None:
    """Write the estimates of all submissions in a folder anew."""
    for path in sorted(submissions.glob("*/*.jsonl")):
        typer.echo(f"{path}: {'rewritten' if restate(path) else 'unchanged'}")


if __name__ == "__main__":
    typer.run(main)
