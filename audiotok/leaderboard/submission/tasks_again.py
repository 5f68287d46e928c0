"""Measures optional tasks of a submission again, those that say they are cheap enough, and compares their scores.

From the audio on: a row holds no tokens of their clips, and what the tokenizer installed here gives decides.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from audiotok import tasks
from audiotok.core.tokenizer import Tokenizer
from audiotok.errors import AssetUnavailable, MissingDependency
from audiotok.leaderboard.submission.compare import ClaimCheck
from audiotok.leaderboard.submission.entry import Entry
from audiotok.metrics import catalogue
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.tasks.suites import SUITES
from audiotok.tasks.task import Context


def measured_again(
    entry: Entry, tokenizer: Tokenizer, device: str, workers: int
) -> tuple[list[ClaimCheck], dict[str, str]]:
    """The claimed scores beside those that this machine measures, and the metrics that it cannot measure, with the
    reason."""
    comparisons: list[ClaimCheck] = []
    skipped: dict[str, str] = {}
    for part in (part for suite in SUITES.values() for part in suite.optional):
        task = tasks.get(part.task)
        claimed = [result for result in entry.results if _is_of(result, part.task, part.data)]
        if not (claimed and task.measured_again):
            continue
        with tempfile.TemporaryDirectory() as runs:
            try:
                found = task.run(tokenizer, task.load(part.data), Context(Path(runs), device, workers))
            except (AssetUnavailable, MissingDependency) as error:
                skipped |= dict.fromkeys((result.metric for result in claimed), str(error))
                continue
        measured = {(result.metric, result.domain): result for result in found}
        comparisons += [_compared(result, measured.get((result.metric, result.domain))) for result in claimed]
    return comparisons, skipped


def _is_of(result: Result, task: str, data: str) -> bool:
    signed = parse(result.signature)
    return (signed.task, signed.data) == (task, data)


def _compared(claimed: Result, measured: Result | None) -> ClaimCheck:
    """The values of both over all clips, within the metric's tolerance."""
    metric = catalogue.get(claimed.metric)
    old = claimed.estimate.value if claimed.estimate else None
    new = measured.estimate.value if measured and measured.estimate else None
    difference = ""
    if old is None or new is None:
        difference = "" if old == new else f"{old} claimed, {new} measured"
    elif abs(old - new) > (allowed := metric.scale * metric.tolerance):
        difference = f"{old:.6g} claimed, {new:.6g} measured, a difference of {allowed:.2g} is allowed"
    return ClaimCheck(metric.name, claimed.domain, len(claimed.scores), old or 0.0, new or 0.0, difference)
