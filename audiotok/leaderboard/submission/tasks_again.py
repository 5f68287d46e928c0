"""Measures optional tasks of a submission again, those that say they are cheap enough, and compares their scores.

From the audio on, by the tokenizer that is installed here; on all clips, or on those that `verify` draws.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from audiotok import tasks
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable, MissingDependency
from audiotok.leaderboard.submission.compare import ClaimCheck
from audiotok.leaderboard.submission.entry import Entry
from audiotok.metrics import catalogue
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.results.statistics import estimate
from audiotok.tasks.suites import SUITES
from audiotok.tasks.task import Context


def measured_again(
    entry: Entry, tokenizer: Tokenizer, device: str, workers: int, drawn: Collection[str] = ()
) -> tuple[list[ClaimCheck], dict[str, str]]:
    """The claimed scores beside those that this machine measures, and the metrics that it cannot measure, with the
    reason. `drawn`: ids of the clips for the tasks that are measured on some only."""
    comparisons: list[ClaimCheck] = []
    skipped: dict[str, str] = {}
    for part in (part for suite in SUITES.values() for part in suite.optional):
        task = tasks.get(part.task)
        claimed = [result for result in entry.results if _is_of(result, part.task, part.data)]
        if not (claimed and task.measured_again):
            continue
        with tempfile.TemporaryDirectory() as runs:
            try:
                loaded = task.load(part.data)
                if task.measured_again == "drawn":
                    if not (clips := [clip for clip in loaded if clip.id in drawn]):
                        continue
                    loaded = Manifest.of(loaded.name, clips, loaded.root)
                found = task.run(tokenizer, loaded, Context(Path(runs), device, workers))
            except (AssetUnavailable, MissingDependency) as error:
                skipped |= dict.fromkeys((result.metric for result in claimed), str(error))
                continue
        measured = {(result.metric, result.domain): result for result in found}
        if task.measured_again == "drawn":
            claimed = [_over(result, drawn) for result in claimed if (result.metric, result.domain) in measured]
        comparisons += [_compared(result, measured.get((result.metric, result.domain))) for result in claimed]
    return comparisons, skipped


def _is_of(result: Result, task: str, data: str) -> bool:
    signed = parse(result.signature)
    return (signed.task, signed.data) == (task, data)


def _over(result: Result, clips: Collection[str]) -> Result:
    """The result over these of its clips."""
    scores = tuple(score for score in result.scores if score.clip in clips)
    failures = {clip: reason for clip, reason in result.failures.items() if clip in clips}
    value = estimate(scores, result.scale)[0] if any(score.weight for score in scores) else None
    return replace(result, scores=scores, failures=failures, estimate=value)


def _other_clips(claimed: Result, measured: Result) -> str:
    """The first clip that has a score in only one of them; "" where there is none."""
    scored = [{score.clip for score in result.scores} for result in (claimed, measured)]
    if not (odd := sorted(scored[0] ^ scored[1])):
        return ""
    side = "claimed as scored, not scored here" if odd[0] in scored[0] else "claimed without a score, scored here"
    reason = claimed.failures.get(odd[0]) or measured.failures.get(odd[0]) or "no reason is given"
    return f"{odd[0]}: {side} ({reason})"


def _compared(claimed: Result, measured: Result | None) -> ClaimCheck:
    """The values of both over all clips, within the metric's tolerance."""
    metric = catalogue.get(claimed.metric)
    old = claimed.estimate.value if claimed.estimate else None
    new = measured.estimate.value if measured and measured.estimate else None
    difference = ""
    if old is None or new is None:
        difference = "" if old == new else f"{old} claimed, {new} measured"
    elif odd := _other_clips(claimed, measured) if measured and not metric.whole_set else "":
        difference = odd
    elif abs(old - new) > (allowed := metric.scale * metric.tolerance):
        difference = f"{old:.6g} claimed, {new:.6g} measured, a difference of {allowed:.2g} is allowed"
    return ClaimCheck(metric.name, claimed.domain, len(claimed.scores), old or 0.0, new or 0.0, difference)
