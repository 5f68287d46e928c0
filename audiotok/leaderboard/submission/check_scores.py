"""Whether the results of a submission are complete, are what its per-clip scores give, and can be true at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from audiotok import tasks
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidResult, UnknownName
from audiotok.leaderboard.submission import text
from audiotok.leaderboard.submission.check_estimates import check_estimate
from audiotok.leaderboard.submission.check_weights import check_weights
from audiotok.leaderboard.submission.older_signatures import earlier
from audiotok.leaderboard.submission.problem import Problem
from audiotok.leaderboard.submission.protocol import RELATIVE, signature_of, weight_faults
from audiotok.metrics import catalogue
from audiotok.metrics.base import SEVERAL_MACHINES, Declaration
from audiotok.results import signature
from audiotok.results.early import Lags, why_early
from audiotok.results.frame import RESULTS, TIMINGS
from audiotok.results.record import Result
from audiotok.tasks.suites import Suite, SuitePart
from audiotok.tasks.task import ScoredItem, Task

MIN_CLIPS_TO_DIFFER = 8
LEAST_TIME = 1e-6  # seconds per second of audio, which no machine is near: the fastest row takes 1.6e-4


@dataclass(frozen=True)
class Expected:
    """The expectations that a submission is held against."""

    suite: Suite
    manifests: Mapping[str, Manifest]  # of the suite and what it takes besides, by name; an item file has none
    tokens: bool  # whether the system gives tokens (an anchor does not) …
    audio: bool  # … and audio (a semantic tokenizer does not)
    trained_with: tuple[str, ...] = ()
    #: (metric, domain, data) -> the clean reference's own result, where it is known
    reference: Mapping[tuple[str, str, str], Result] = field(default_factory=dict)
    older: bool = False  # a row of an older format, whose scores may be signed as before a metric changed
    lags: Lags = field(default_factory=dict)  # that its environment states


def check_results(file: str, results: Sequence[Result], expected: Expected) -> Iterator[Problem]:
    """Problems of every record, and of those that are missing or there twice."""
    found: Counter[tuple[str, str, str]] = Counter()
    for result in results:
        found[_key(result)] += 1
        if found[_key(result)] > 1:
            continue  # refused anyway, and each check draws intervals: a thousand copies would hold up the board
        where = f"{result.metric[:40]}/{result.domain[:40]}"
        problems = [
            Problem(file, f"{where}: {at}" if at else where, reason) for at, reason in _faults(file, result, expected)
        ]
        yield from problems
        if not problems:
            timed = catalogue.get(result.metric).timed
            if timed != (file == TIMINGS):
                yield Problem(file, where, f"expected it in {TIMINGS if timed else RESULTS}")
    for (metric, domain, _), count in found.items():
        if count > 1:
            yield Problem(file, f"{metric[:40]}/{domain[:40]}", f"expected one record, got {count}")
    for key in _wanted(file, expected, {data for *_, data in found}):
        if key not in found:
            yield Problem(file, f"{key[0]}/{key[1]}", f"missing: the suite {expected.suite.name} requires it")


def _key(result: Result) -> tuple[str, str, str]:
    """Metric, domain, data; the last "" where the signature cannot be read."""
    try:
        data = signature.parse(result.signature).data
    except InvalidResult:
        data = ""
    return result.metric, result.domain, data


def _parts(file: str, suite: Suite) -> tuple[SuitePart, ...]:
    """The parts of a suite whose results belong into a file."""
    return tuple(part for part in suite.optional if file == part.file) or suite.required


def _wanted(file: str, expected: Expected, given: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """`given`: data sets that the file has results on; where it may be one of several, the others are not asked for."""
    parts = _parts(file, expected.suite)
    for part in [one for one in parts if one.data in given or parts == expected.suite.required] or parts[:1]:
        for name in part.columns:
            metric = catalogue.get(name)
            for domain in sorted({clip.domain for clip in expected.manifests.get(part.data, ())} or {"speech"}):
                applies = metric.applies(domain, tokens=expected.tokens, audio=expected.audio)
                if applies and metric.timed == (file == TIMINGS):
                    yield name, domain, part.data


def _faults(file: str, result: Result, expected: Expected) -> Iterator[tuple[str, str]]:
    """(field, reason); the first group of checks that fails is the last one made, since the others build upon it."""
    named = {(score.clip, score.speaker or "", score.language or "") for score in result.scores}
    for at, value in text.texts({**vars(result), "scores": [list(names) for names in sorted(named)]}):
        if wrong := text.fault(value):
            yield at[:80], wrong
            return
    try:
        metric = catalogue.get(result.metric)
    except UnknownName as error:
        yield "metric", str(error)[:200]
        return
    task, faults = _signed(file, result, metric, expected)
    if task is None:
        yield "signature", faults
        return
    items = task.items(result, expected.manifests.get(_key(result)[2]))
    for check in (_described(result, metric, expected), _complete(result, metric, items)):
        if found := list(check):
            yield from found
            return
    yield from (("scores", fault) for fault in weight_faults(task, result.scores))
    manifest = expected.manifests.get(_key(result)[2], ())
    known = expected.reference.get(_key(result))
    if known and known.signature != result.signature:
        known = None  # one of the two is from before the metric's numbers changed
    yield from check_weights(result, metric, {clip.id: clip for clip in manifest}, known)
    yield from _possible(result, metric)
    yield from check_estimate(result, metric)
    if known:
        yield from _against_reference(result, metric, known)


def _signed(file: str, result: Result, metric: Declaration, expected: Expected) -> tuple[Task | None, str]:
    """The task that gave a result, or why its signature is not one that this suite gives today."""
    parts = _parts(file, expected.suite)
    try:
        signed = signature.parse(result.signature)
    except InvalidResult as error:
        return None, str(error)
    asked = {part.task: tasks.get(part.task) for part in parts}
    task = asked.get(signed.task)
    if task is None or metric.name not in task.metrics:
        asking = [name for name, one in asked.items() if metric.name in one.metrics]
        return None, f"expected a recipe that measures it ({', '.join(asking) or 'none does'}), got {signed.recipe}"
    known = [part.data for part in parts if part.task == task.name]
    if signed.data not in known:
        return None, f"expected a data set of the suite ({', '.join(known)}), got {signed.data or 'none'}"
    right = signature_of(task, metric, expected.manifests.get(signed.data), signed)
    if result.signature in (right, *(earlier(right) if expected.older else ())):
        return task, ""
    changes = signature.differences(right, result.signature)
    return None, "; ".join(f"expected {name} {a}, got {b}" for name, (a, b) in changes.items())


def _described(result: Result, metric: Declaration, expected: Expected) -> Iterator[tuple[str, str]]:
    for name in ("title", "question", "unit", "direction", "scale"):
        right, given = getattr(metric, name), getattr(result, name)
        if right != given:
            yield name, f"expected {right!r}, got {given!r}"
    right = metric.why_unranked(expected.trained_with) if expected.tokens else "an anchor"
    with_early = right or why_early(metric, expected.lags.get(result.domain))
    allowed = {with_early, right}  # rows from before runs set the reason are read as if they had it
    if metric.timed and not right:
        allowed.add(SEVERAL_MACHINES)
    if result.unranked not in allowed:
        yield "unranked", f"expected {with_early!r}, got {result.unranked!r}"


def _complete(result: Result, metric: Declaration, clips: Mapping[str, ScoredItem]) -> Iterator[tuple[str, str]]:
    """Every clip, or what else there is a score of, is scored, failed or undefined, and no other one is there."""
    scored = [score.clip for score in result.scores]
    if not clips:
        yield "domain", f"the data set has no clips of {result.domain!r}"
        return
    seen = Counter((*scored, *result.failures, *result.undefined))
    if twice := [clip for clip, count in seen.items() if count > 1]:
        yield "scores", f"expected each clip once, got {twice[0]} {seen[twice[0]]} times"
    if foreign := [clip for clip in seen if clip not in clips]:
        yield "scores", f"expected clips of the data set, got {foreign[0][:80]!r}"
    if not metric.by_run and result.undefined:
        yield "undefined", f"expected none, since the reference has no such score: {sorted(result.undefined)[0][:80]}"
    claimed = result.estimate.n if result.estimate else 0
    if not isinstance(claimed, int):
        yield "estimate.n", f"expected a whole number, got {claimed!r}"
    elif metric.whole_set:
        if scored:
            yield "scores", "expected none: this is a score of the whole set"
        if claimed + len(result.failures) + len(result.undefined) != len(clips):
            yield "estimate.n", f"expected {len(clips)} clips with the failed and undefined ones, got {claimed}"
    else:
        if missing := [clip for clip in clips if clip not in seen]:
            yield "scores", f"{len(missing)} of {len(clips)} clips are missing, neither scored nor failed: {missing[0]}"
        if claimed != len(scored):
            yield "estimate.n", f"expected {len(scored)}, the clips that are scored, got {claimed}: coverage is lower"
    for score in result.scores:
        clip = clips.get(score.clip)
        if clip and (score.speaker, score.language) != (clip.speaker, clip.language):
            yield "scores", f"{score.clip}: expected the speaker and language of the data set, which intervals rest on"
            return


def _possible(result: Result, metric: Declaration) -> Iterator[tuple[str, str]]:
    low, high = metric.range
    for score in result.scores:
        if score.weight == 0:
            if score.total != 0:
                yield "scores", f"{score.clip}: expected a total of 0 where the weight is 0, got {score.total}"
            continue
        value = score.value
        if not low - RELATIVE <= value <= high + RELATIVE:
            yield "scores", f"{score.clip}: expected {_range(metric)}, got {value:.6g}"
            return
        if metric.timed and value < LEAST_TIME:
            yield "scores", f"{score.clip}: expected a time of at least {LEAST_TIME:g}, got {value:.6g}"
            return
    if not result.scores and result.estimate:
        value = result.estimate.value / metric.scale
        if not low - RELATIVE <= value <= high + RELATIVE:
            yield "estimate.value", f"expected {_range(metric)}, got {value:.6g}"
    values = {score.value for score in result.scores if score.weight}
    ends = {low, high}
    # The clean reference held against itself: all clips reach the best that the metric gives, short of its range's end.
    itself = result.tokenizer == "reference" and metric.full_reference
    if (
        not itself
        and metric.tells_clips_apart
        and len(result.scores) >= MIN_CLIPS_TO_DIFFER
        and len(values - ends) == 1 == len(values)
    ):
        yield "scores", f"not plausible: {len(result.scores)} different clips with the same score, {min(values):.6g}"


def _range(metric: Declaration) -> str:
    identity = ", whose best end the clean reference itself reaches" if metric.full_reference else ""
    return f"{metric.range[0]:g} to {metric.range[1]:g}{identity}"


def _against_reference(result: Result, metric: Declaration, reference: Result) -> Iterator[tuple[str, str]]:
    """No system is nearer to the reference than the reference, and what it has no score on, no system has."""
    if set(result.undefined) != set(reference.undefined):
        odd = sorted(set(result.undefined) ^ set(reference.undefined))[0]
        yield "undefined", f"expected the clips that the reference has no score on, {odd} differs"
    if not metric.full_reference:
        return
    best = {score.clip: score.value for score in reference.scores if score.weight}
    sign = 1 if metric.direction == "higher" else -1
    for score in result.scores:
        if score.clip not in best or not score.weight:
            continue
        value, identity = score.value, best[score.clip]
        if sign * (value - identity) > max(metric.allowed(identity), RELATIVE * max(1.0, abs(identity))):
            yield "scores", f"{score.clip}: {value:.6g} is better than the clean reference itself, {identity:.6g}"
            return
