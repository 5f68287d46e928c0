"""Decodes a submission's tokens again, scores them and compares: whether its numbers are the tokenizer's.

Decides: each metric on each clip whose tokens are there, within the metric's tolerance; where a score counts things
(errors of words, frames), over these clips together, since one word more is within the tolerance of a corpus but not of
a sentence. A clip that failed for the submitter and not here, or the other way round, decides as well.
Does not decide: the share of codes that come out equal when the clips are encoded again, which floating-point
arithmetic moves from machine to machine.

`audiotok leaderboard check` comes first: it reads the folder without running anything. This runs the tokenizer that is
installed here under the submission's identifier, never code of the folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok import data, registry
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AudiotokError, InvalidResult
from audiotok.leaderboard.submission.entry import Entry, read_entry
from audiotok.leaderboard.submission.read_tokens import read_tokens
from audiotok.leaderboard.submission.token_set import FILE, as_tokens, read_set
from audiotok.metrics import catalogue
from audiotok.metrics.alignment import WINDOW_S
from audiotok.metrics.base import DOMAIN_RATES, ClipScore, SignalMetric
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.runs.folder import RunFolder
from audiotok.runs.score import score, why


@dataclass(frozen=True)
class Comparison:
    """One metric of one domain, claimed and measured again."""

    metric: str
    domain: str
    clips: int
    claimed: float  # of the clip that differs most, or of all together
    measured: float
    difference: str = ""  # what is beyond the tolerance; "" where nothing is


@dataclass(frozen=True)
class Verification:
    """What came of decoding and encoding again."""

    tokenizer: str
    comparisons: tuple[Comparison, ...]
    skipped: dict[str, str]  # metric -> why it could not be measured here
    equal_codes: dict[str, float]  # clip -> share, 0 to 1
    problems: tuple[str, ...] = ()  # what the tokenizer here and the submission say differently

    @property
    def passed(self) -> bool:
        """Everything that was compared agrees, and something was, unless there is no audio to compare."""
        return not self.problems and not any(comparison.difference for comparison in self.comparisons)

    def __str__(self) -> str:
        lines = [f"{self.tokenizer}: {'verified' if self.passed else 'NOT VERIFIED'}"]
        lines += [f"  FAILED  {problem}" for problem in self.problems]
        for c in self.comparisons:
            said = c.difference or f"{c.claimed:.6g} claimed, {c.measured:.6g} measured on {c.clips} clips"
            lines.append(f"  {'FAILED' if c.difference else 'ok':6}  {c.metric}, {c.domain}: {said}")
        lines += [f"  -       {metric}: {reason}" for metric, reason in self.skipped.items()]
        if self.equal_codes:
            shares = self.equal_codes.values()
            mean, least = sum(shares) / len(shares), min(self.equal_codes, key=lambda clip: self.equal_codes[clip])
            lines.append(
                f"  encoded again (does not decide): {100 * mean:.2f} % of codes equal over {len(shares)} clips, "
                f"least on {least}, {100 * self.equal_codes[least]:.2f} %"
            )
        return "\n".join(lines)


def verify(
    folder: str | Path,
    *,
    runs: Path = Path("runs"),
    workers: int = 1,
    device: str = "cpu",
    manifest: Manifest | None = None,
) -> Verification:
    """Raises InvalidResult where the folder cannot be read, and what loading the tokenizer raises.

    `runs`: where analyses of the reference are kept, and shared with `audiotok run`. `manifest`: the data set, by
    default the bundled one that the signatures name.
    """
    entry = read_entry(folder)
    if entry.kind == "anchor":
        raise InvalidResult(f"{folder}: an anchor has no tokens to decode; `audiotok run` scores it again")
    manifest = manifest or data.load(_data(entry.results))
    tokenizer = registry.load(entry.tokenizer, device)
    tokens = dict(_tokens(Path(folder), entry.tokenizer, manifest))
    if not tokens:
        raise InvalidResult(f"{folder}: there are no tokens to decode")
    problems = list(_unlike(entry, tokenizer, tokens))
    comparisons: list[Comparison] = []
    skipped: dict[str, str] = {}
    if isinstance(tokenizer, Codec) and not problems:
        comparisons, skipped = _scored_again(entry, tokenizer, tokens, manifest, runs, workers)
        if not comparisons:
            problems.append("no metric could be measured here: " + "; ".join(dict.fromkeys(skipped.values())))
    equal = {clip.id: _agreement(tokenizer, clip, manifest.root, old) for clip, old in tokens.items()}
    return Verification(entry.tokenizer, tuple(comparisons), skipped, equal, tuple(problems))


def _data(results: Sequence[Result]) -> str:
    """Of what can be scored again: a language model would have to be trained again."""
    scored = [result for result in results if catalogue.get(result.metric).by_run]
    names = {parse(result.signature).data for result in scored}
    if len(names) != 1:
        raise InvalidResult(f"expected results on one data set, got {', '.join(sorted(names)) or 'none'}")
    return names.pop()


def _tokens(folder: Path, identifier: str, manifest: Manifest) -> Iterator[tuple[Clip, Tokens]]:
    """Those of all clips, or of the few that the folder holds."""
    if (folder / FILE).exists():
        found = read_set(folder / FILE, identifier)
        yield from ((clip, as_tokens(found[clip.id], identifier)) for clip in manifest if clip.id in found)
        return
    for clip in manifest:
        path = folder / "tokens" / f"{clip.id}.safetensors"
        if path.is_file():
            yield clip, as_tokens(read_tokens(path, identifier), identifier)


def _unlike(entry: Entry, tokenizer: Tokenizer, tokens: Mapping[Clip, Tokens]) -> Iterator[str]:
    for clip, submitted in tokens.items():
        if submitted.spec != tokenizer.spec:
            yield f"spec of {clip.id}: {submitted.spec} submitted, {tokenizer.spec} here"
            break
    if (claimed := entry.environment.get("parameters")) != tokenizer.num_parameters:
        yield f"parameters: {claimed} submitted, {tokenizer.num_parameters} here"
    here = tokenizer.card.to_dict()
    for name, submitted in (entry.card or {}).items():
        if submitted != here[name]:
            yield f"card: {name}: {submitted!r} submitted, {here[name]!r} here"


def _scored_again(
    entry: Entry, codec: Codec, tokens: Mapping[Clip, Tokens], manifest: Manifest, runs: Path, workers: int
) -> tuple[list[Comparison], dict[str, str]]:
    measured = catalogue.of_signals(dict.fromkeys(result.metric for result in entry.results))
    metrics = {metric.name: metric for metric in measured if not metric.whole_set}
    results = {(r.metric, r.domain): r for r in entry.results if r.metric in metrics}
    with tempfile.TemporaryDirectory() as temporary:
        again = RunFolder(Path(temporary), {})
        for name in ("audio", "coded", "scores", "failures"):
            (again.path / name).mkdir()
        failed = {}
        for clip, submitted in tokens.items():
            try:
                codec.decode(submitted).save(again.audio(clip.id))
                again.seal(clip.id, "audio")
            except AudiotokError as error:
                failed[clip.id] = f"TokenizerFailed: {error}"
        skipped = score(
            list(tokens),
            manifest.root,
            again,
            tuple(metrics),
            runs=runs,
            workers=workers,
            label=f"{entry.tokenizer}, again",
            lags=_lags(entry),
        )
        comparisons = []
        for (name, domain), result in results.items():
            clips = [clip.id for clip in tokens if clip.domain == domain and clip.id not in result.undefined]
            if name in skipped or not clips:
                continue
            if not result.scores and set(clips) <= set(result.failures):
                skipped[f"{name}, {domain}"] = f"nothing is claimed: {result.failures[clips[0]]}"
                continue
            kept = {c: scores[metrics[name].key] for c in clips if (scores := again.read_scores(c)["scores"])}
            comparisons.append(_compare(metrics[name], result, clips, kept, failed))
    return comparisons, skipped


def _lags(entry: Entry) -> dict[str, int | None]:
    """The tokenizer's delay is a median over all clips of which only a few are here: take what the submitter measured.

    It cannot flatter: another lag than the true one only lowers the aligned scores.
    """
    lags = entry.environment.get("lags")
    return {
        domain: lag
        for domain, lag in (lags.items() if isinstance(lags, dict) else ())
        if domain in DOMAIN_RATES and type(lag) is int and abs(lag) <= WINDOW_S * DOMAIN_RATES[domain]
    }


def _compare(
    metric: SignalMetric, result: Result, clips: Sequence[str], kept: Mapping[str, object], failed: Mapping[str, str]
) -> Comparison:
    claimed = {s.clip: ClipScore(s.total, s.weight) for s in result.scores if s.clip in clips}
    measured = {clip: ClipScore(*values) for clip, values in kept.items() if isinstance(values, list)}
    for clip in clips:
        if (clip in claimed) != (clip in measured):
            outcome = kept.get(clip, failed.get(clip, "no audio"))
            reason = result.failures.get(clip) or (why(outcome) if isinstance(outcome, dict) else outcome)
            side = "claimed as scored, failed here" if clip in claimed else "claimed as failed, scored here"
            return Comparison(metric.name, result.domain, len(clips), 0.0, 0.0, f"{clip}: {side} ({reason})")
    both = [clip for clip in clips if clip in claimed]
    if any(score.weight != 1 for score in (*claimed.values(), *measured.values())):
        pairs = {f"{len(both)} clips": (_pooled(claimed.values()), _pooled(measured.values()))}
    else:
        pairs = {clip: (claimed[clip].value, measured[clip].value) for clip in both}
    # Where both failed alike there is nothing to compare.
    where, (old, new) = max(pairs.items(), key=lambda item: abs(item[1][0] - item[1][1]), default=("", (0.0, 0.0)))
    allowed = metric.tolerance * max(abs(old), abs(new), 1.0)
    old, new, allowed = (metric.scale * value for value in (old, new, allowed))
    difference = ""
    if abs(old - new) > allowed:
        difference = f"{where}: {old:.6g} claimed, {new:.6g} measured, {allowed:.2g} apart is allowed"
    return Comparison(metric.name, result.domain, len(both), old, new, difference)


def _pooled(scores: Iterable[ClipScore]) -> float:
    values = list(scores)
    weight = sum(score.weight for score in values)
    return sum(score.total for score in values) / weight if weight else 0.0


def _agreement(tokenizer: Tokenizer, clip: Clip, root: Path | None, old: Tokens) -> float:
    """Share of equal codes; frames that only one of them has count as unequal."""
    new = tokenizer.encode(Audio.from_array(data.read(clip, root).clips()[0], clip.sample_rate)).to("cpu")
    frames = min(new.codes.shape[2], old.codes.shape[2])
    equal = int((new.codes[..., :frames] == old.codes[..., :frames]).sum())
    total = max(new.codes.numel(), old.codes.numel())
    if new.global_codes is not None and old.global_codes is not None:
        equal += int((new.global_codes == old.global_codes).sum())
        total += new.global_codes.numel()
    return equal / total if total else 1.0
