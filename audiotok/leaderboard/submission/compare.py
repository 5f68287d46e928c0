"""Scores audio again and holds it against what a submission claims, within what two machines may differ."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip, Manifest
from audiotok.leaderboard.submission.entry import Entry
from audiotok.leaderboard.submission.older_signatures import is_earlier
from audiotok.metrics import catalogue
from audiotok.metrics.alignment import Lag
from audiotok.metrics.analysis import DOMAIN_RATES
from audiotok.metrics.base import SignalMetric
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.results.early import lags_of
from audiotok.results.record import Result
from audiotok.runs.folder import RunFolder
from audiotok.runs.score import score, why
from audiotok.runs.summarise import KeptClip

#: Words, characters or frames that two machines may count differently beside the tolerance, by the root of the clips:
#: differences of clips are independent. Bounded from both sides (tests/leaderboard/submission/test_compare.py). Our 17
#: rows were transcribed on two processors: of draws of four clips, 1.8 % were further apart than this (3.9 % with 2),
#: most often characters of Codec 2 at 700 bit/s, whose speech is hardly understood. That was in int8, whose transcripts
#: differ between processors, and a new normaliser came between, so that this is an upper bound. And with 5, a claim of
#: 20.7 % for 24.0 % of the characters of twelve clips would pass.
COUNTS_APART = 3.0


@dataclass(frozen=True)
class ClaimCheck:
    """One metric of one domain, claimed and measured again."""

    metric: str
    domain: str
    clips: int
    claimed: float  # of the clip that differs most, or of all together
    measured: float
    difference: str = ""  # what is beyond the tolerance; "" where nothing is


def scored_again(
    entry: Entry,
    audio: Mapping[Clip, Audio | str],
    manifest: Manifest,
    runs: Path,
    workers: int,
    rounding: float = 0.0,
) -> tuple[list[ClaimCheck], dict[str, str]]:
    """The claimed scores beside those that this machine measures of `audio`, by clip or why there is none; and the
    metrics that it cannot measure, with the reason. Scores of a whole set are compared where the whole set is there.

    `rounding`: the share of its amplitude by which the audio differs between machines.
    """
    measured = catalogue.of_signals(dict.fromkeys(result.metric for result in entry.results))
    metrics = {metric.name: metric for metric in measured}
    results = {(r.metric, r.domain): r for r in entry.results if r.metric in metrics}
    with tempfile.TemporaryDirectory() as temporary:
        again = RunFolder(Path(temporary), {})
        failed = _save(again, audio)
        skipped = score(
            list(audio),
            manifest.root,
            again,
            tuple(metrics),
            runs=runs,
            workers=workers,
            label=f"{entry.tokenizer}, again",
            # All clips agree on the tokenizer's delay, and only a few are here: what the submitter measured is taken.
            # It cannot flatter: another lag than the true one only lowers the aligned scores.
            lags=_stated_lags(entry),
        )
        comparisons = []
        for (name, domain), result in results.items():
            here = [clip for clip in audio if clip.domain == domain and clip.id not in result.undefined]
            clips = [clip.id for clip in here]
            if name in skipped or not clips:
                continue
            if is_earlier(result.signature, metrics[name]):
                skipped[f"{name}, {domain}"] = "it was scored before the metric's numbers changed"
                continue
            if metrics[name].whole_set:
                if set(clips) >= {clip.id for clip in manifest.domain(domain)} - set(result.undefined):
                    kept_clips = [KeptClip(clip, again, manifest.root, runs) for clip in here if clip.id not in failed]
                    comparisons.append(_compare_set(metrics[name], result, metrics[name].collect(kept_clips)))
                continue
            if not result.scores and set(clips) <= set(result.failures):
                skipped[f"{name}, {domain}"] = f"nothing is claimed: {result.failures[clips[0]]}"
                continue
            kept = {c: scores[metrics[name].key] for c in clips if (scores := again.read_scores(c)["scores"])}
            comparisons.append(compare(metrics[name], result, clips, kept, failed, rounding))
    return comparisons, skipped


def _stated_lags(entry: Entry) -> dict[str, Lag | None]:
    """The lags of a submission, whose signals are compared at the rate of their domain."""
    lags = lags_of(entry.environment)
    return {domain: None if lag is None else Lag(lag, DOMAIN_RATES[domain]) for domain, lag in lags.items()}


def measure(
    audio: Mapping[Clip, Audio | str], root: Path | None, names: Sequence[str], runs: Path, workers: int, label: str
) -> tuple[dict[tuple[str, str], tuple[float, float]], dict[str, str]]:
    """(metric, clip) -> total and weight, and the metrics that cannot be measured here, with the reason."""
    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = RunFolder(Path(temporary), {})
        _save(folder, audio)
        skipped = score(list(audio), root, folder, names, runs=runs, workers=workers, label=label)
        for metric in catalogue.of_signals(names):
            for clip in audio:
                kept = folder.read_scores(clip.id)["scores"].get(metric.key)
                if isinstance(kept, list) and kept:
                    found[metric.name, clip.id] = float(kept[0]), float(kept[1])
    return found, skipped


def _save(folder: RunFolder, audio: Mapping[Clip, Audio | str]) -> dict[str, str]:
    """Write what there is; returns why there is no audio of the other clips."""
    for name in ("audio", "coded", "scores", "failures"):
        (folder.path / name).mkdir()
    for clip, one in audio.items():
        if isinstance(one, Audio):
            one.save(folder.audio(clip.id))
            folder.seal(clip.id, "audio")
    return {clip.id: one for clip, one in audio.items() if isinstance(one, str)}


def compare(
    metric: SignalMetric,
    result: Result,
    clips: Sequence[str],
    kept: Mapping[str, object],
    failed: Mapping[str, str],
    rounding: float = 0.0,
) -> ClaimCheck:
    """One metric of one domain. `kept`: clip -> [total, weight] or why not; `failed`: clip -> why there is no audio."""
    claimed = {s.clip: ClipScore(s.total, s.weight) for s in result.scores if s.clip in clips}
    measured = {clip: ClipScore(*values) for clip, values in kept.items() if isinstance(values, list)}
    for clip in clips:
        if (clip in claimed) != (clip in measured):
            outcome = kept.get(clip, failed.get(clip, "no audio"))
            reason = result.failures.get(clip) or (why(outcome) if isinstance(outcome, dict) else outcome)
            side = "claimed as scored, failed here" if clip in claimed else "claimed as failed, scored here"
            return ClaimCheck(metric.name, result.domain, len(clips), 0.0, 0.0, f"{clip}: {side} ({reason})")
    both = [clip for clip in clips if clip in claimed]
    counted = any(score.weight != 1 for score in (*claimed.values(), *measured.values()))
    if counted:
        pairs = {f"{len(both)} clips": (_pooled(claimed.values()), _pooled(measured.values()))}
    else:
        pairs = {clip: (claimed[clip].value, measured[clip].value) for clip in both}
    # Where both failed alike there is nothing to compare.
    where, (old, new) = max(pairs.items(), key=lambda item: abs(item[1][0] - item[1][1]), default=("", (0.0, 0.0)))
    allowed = metric.tolerance * max(abs(old), abs(new)) if counted else metric.allowed(old, new, rounding=rounding)
    # A word or a frame more or less is the machine's.
    allowed += (
        COUNTS_APART * math.sqrt(len(both)) / max(1.0, sum(s.weight for s in claimed.values())) if counted else 0.0
    )
    old, new, allowed = (metric.scale * value for value in (old, new, allowed))
    difference = ""
    if abs(old - new) > allowed:
        difference = f"{where}: {old:.6g} claimed, {new:.6g} measured, a difference of {allowed:.2g} is allowed"
    return ClaimCheck(metric.name, result.domain, len(both), old, new, difference)


def _compare_set(metric: SignalMetric, result: Result, outcomes: ClipOutcomes) -> ClaimCheck:
    claimed = None if result.estimate is None else result.estimate.value
    measured = None if outcomes.value is None else metric.scale * outcomes.value
    difference = ""
    if claimed is None or measured is None:
        difference = "" if claimed == measured else f"{claimed} claimed, {measured} measured"
    elif abs(claimed - measured) > metric.scale * metric.allowed(claimed, measured):
        difference = f"the whole set: {claimed:.6g} claimed, {measured:.6g} measured"
    return ClaimCheck(metric.name, result.domain, outcomes.n, claimed or 0.0, measured or 0.0, difference)


def _pooled(scores: Iterable[ClipScore]) -> float:
    values = list(scores)
    weight = sum(score.weight for score in values)
    return sum(score.total for score in values) / weight if weight else 0.0
