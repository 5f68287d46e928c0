"""Decodes a submission's tokens again, scores them and compares: whether its numbers are the tokenizer's.

Decides: each metric on each clip whose tokens are there, within the metric's tolerance; where a score counts things
(errors of words, frames), over these clips together, since one word more is within the tolerance of a corpus but not of
a sentence. A clip that failed for the submitter and not here, or the other way round, decides as well. So do a finding
of `audiotok check` that comes out otherwise here, and optional tasks that are cheap (probes, and stability on the clips
that are drawn), which are measured again from the audio on.
Does not decide: the share of codes that come out equal when the clips are encoded again, which floating-point
arithmetic moves from machine to machine.

`audiotok leaderboard check` comes first: it reads the folder without running anything. This runs the tokenizer that is
installed here under the submission's identifier, never code of the folder.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiotok import conformance, data, registry
from audiotok.core.anchor import Anchor
from audiotok.core.audio import Audio
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AudiotokError, InvalidResult
from audiotok.leaderboard.submission.compare import ClaimCheck, scored_again
from audiotok.leaderboard.submission.elsewhere import elsewhere_better
from audiotok.leaderboard.submission.entry import Entry, read_entry
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.leaderboard.submission.read_tokens import read_tokens
from audiotok.leaderboard.submission.rounding import rounding_of
from audiotok.leaderboard.submission.tasks_again import measured_again
from audiotok.leaderboard.submission.token_set import FILE, as_tokens, read_set
from audiotok.leaderboard.submission.unknown import on_copies
from audiotok.leaderboard.submission.version import folder_sha256
from audiotok.metrics import catalogue
from audiotok.metrics.distortion import ROUNDING
from audiotok.results.conformance import Report
from audiotok.results.record import Result
from audiotok.results.signature import parse

#: Checks whose finding follows from the tokenizer alone, so that its words are compared too: no machine moves them.
SAME_ANYWHERE = ("round_trip_length", "latency", "scalable", "embeddable")
#: Clips of a domain that a folder has tokens of, at least: fewer say little of its scores.
LEAST_CLIPS = 3
#: Fields of cards of which rows that are older than the field say nothing.
LATER_FIELDS = ("code_licence",)


@dataclass(frozen=True)
class Verification:
    """Outcome of decoding and encoding again."""

    tokenizer: str
    comparisons: tuple[ClaimCheck, ...]
    skipped: dict[str, str]  # metric -> why it could not be measured here
    equal_codes: dict[str, float]  # clip -> share, 0 to 1
    problems: tuple[str, ...] = ()  # what the tokenizer here and the submission say differently
    clips: int = 0  # that were decoded and scored
    rounding: float = 0.0  # share of its amplitude by which the decoded audio differs with the number of threads
    claimed: tuple[str, ...] = ()  # metrics that the submission has values of

    @property
    def passed(self) -> bool:
        """Everything that was compared agrees, and something was, unless there is no audio to compare."""
        return not self.problems and not any(comparison.difference for comparison in self.comparisons)

    def __str__(self) -> str:
        lines = [f"{self.tokenizer}: {f'verified on {self.clips} clips' if self.passed else 'NOT VERIFIED'}"]
        lines += [f"  FAILED  {problem}" for problem in self.problems]
        for c in self.comparisons:
            said = c.difference or f"{c.claimed:.6g} claimed, {c.measured:.6g} measured on {c.clips} clips"
            lines.append(f"  {'FAILED' if c.difference else 'ok':6}  {c.metric}, {c.domain}: {said}")
        lines += [f"  -       {metric}: {reason}" for metric, reason in self.skipped.items()]
        if unmeasured := sorted(set(self.claimed) - {comparison.metric for comparison in self.comparisons}):
            lines.append(f"  claimed and not measured here: {', '.join(unmeasured)}")
        if self.rounding > ROUNDING:
            lines.append(f"  another number of threads changes the audio by {self.rounding:.1e} of its amplitude")
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
    seed: str | None = None,
    every: bool = False,
) -> Verification:
    """Raises InvalidResult where the folder cannot be read, and what loading the tokenizer raises.

    `runs`: where analyses of the reference are kept, and shared with `audiotok run`. `manifest`: the data set, by
    default the bundled one that the signatures name. `seed`: what the submitter did not know, as the number of the pull
    request; with the folder's hash it draws the clips. Without one they are the same for everybody. `every`: all clips,
    and the scores of whole sets too.
    """
    entry = read_entry(folder)
    claimed = tuple(sorted({result.metric for result in entry.results if result.estimate}))
    manifest = manifest or data.load(_data(entry.results))
    system = registry.load_system(entry.tokenizer, device)
    secret = "" if seed is None else f"{folder_sha256(Path(folder))}:{seed}:"
    if isinstance(system, Anchor):
        clips = list(manifest) if every else chosen(manifest, VERIFIED_CLIPS, secret)
        comparisons, skipped = scored_again(entry, _processed(system, clips, manifest), manifest, runs, workers)
        problems = [] if comparisons else [_nothing(skipped)]
        return Verification(
            entry.tokenizer, tuple(comparisons), skipped, {}, tuple(problems), len(clips), claimed=claimed
        )
    held = dict(_tokens(Path(folder), entry.tokenizer, manifest))
    if not held:
        raise InvalidResult(f"{folder}: there are no tokens to decode")
    # Drawn from those that are there: of all clips, a row that holds twelve has one or two.
    tokens = held if every else {clip: held[clip] for clip in chosen(held, VERIFIED_CLIPS, secret)}
    problems = [*_too_few(entry, held, manifest), *_unlike(entry, system, tokens), *_unlike_report(entry, system)]
    comparisons, skipped, rounding = [], {}, 0.0
    if isinstance(system, Codec) and not problems:
        audio = _decoded(system, tokens)
        rounding = rounding_of(system, audio, tokens)
        comparisons, skipped = scored_again(entry, audio, manifest, runs, workers, rounding)
        problems += [] if comparisons else [_nothing(skipped)]
        problems += elsewhere_better(entry.results, [clip.id for clip in tokens])
        comparisons += on_copies(entry, system, list(tokens), manifest, runs, workers, secret or secrets.token_hex(8))
    if not problems:
        more, unmeasured = measured_again(entry, system, device, workers, [clip.id for clip in tokens])
        comparisons, skipped = [*comparisons, *more], {**skipped, **unmeasured}
    # Codes of another spec have nothing in common with these.
    alike = {clip: old for clip, old in tokens.items() if old.spec == system.spec}
    equal = {clip.id: _agreement(system, clip, manifest.root, old) for clip, old in alike.items()}
    return Verification(
        entry.tokenizer, tuple(comparisons), skipped, equal, tuple(problems), len(tokens), rounding, claimed
    )


def _nothing(skipped: Mapping[str, str]) -> str:
    return "no metric could be measured here: " + "; ".join(dict.fromkeys(skipped.values()))


def _decoded(codec: Codec, tokens: Mapping[Clip, Tokens]) -> dict[Clip, Audio | str]:
    """Audio, or why there is none."""
    found: dict[Clip, Audio | str] = {}
    for clip, submitted in tokens.items():
        try:
            found[clip] = codec.decode(submitted)
        except AudiotokError as error:
            found[clip] = f"TokenizerFailed: {error}"
    return found


def _processed(anchor: Anchor, clips: Sequence[Clip], manifest: Manifest) -> dict[Clip, Audio | str]:
    return {clip: anchor.process(data.read(clip, manifest.root))[0] for clip in clips}


def _data(results: Sequence[Result]) -> str:
    """The one data set of the results that `verify` can recompute (not those of trained models)."""
    scored = [result for result in results if catalogue.get(result.metric).by_run]
    names = {parse(result.signature).data for result in scored}
    if len(names) != 1:
        raise InvalidResult(f"expected results on one data set, got {', '.join(sorted(names)) or 'none'}")
    return names.pop()


def _tokens(folder: Path, identifier: str, manifest: Manifest) -> Iterator[tuple[Clip, Tokens]]:
    """The tokens of all clips, or of the few that the folder holds."""
    if (folder / FILE).exists():
        found = read_set(folder / FILE, identifier)
        yield from ((clip, as_tokens(found[clip.id], identifier)) for clip in manifest if clip.id in found)
        return
    for clip in manifest:
        path = folder / "tokens" / f"{clip.id}.safetensors"
        if path.is_file():
            yield clip, as_tokens(read_tokens(path, identifier), identifier)


def _too_few(entry: Entry, held: Collection[Clip], manifest: Manifest) -> Iterator[str]:
    """Domains with scores of clips of which too few have tokens: what is not decoded may claim anything."""
    scored = {score.clip for result in entry.results for score in result.scores}
    for domain in sorted({clip.domain for clip in manifest}):
        clips = [clip for clip in manifest.domain(domain) if clip.id in scored or clip in held]
        there = sum(clip in held for clip in clips)
        if there < (least := min(LEAST_CLIPS, len(clips))):
            yield f"tokens: those of at least {least} clips of {domain} are expected, the folder holds {there}"


def _unlike(entry: Entry, tokenizer: Tokenizer, tokens: Mapping[Clip, Tokens]) -> Iterator[str]:
    for clip, submitted in tokens.items():
        if submitted.spec != tokenizer.spec:
            yield f"spec of {clip.id}: {submitted.spec} submitted, {tokenizer.spec} here"
            break
    if (claimed := entry.environment.get("parameters")) != tokenizer.num_parameters:
        yield f"parameters: {claimed} submitted, {tokenizer.num_parameters} here"
    for name, (submitted, here) in unlike_cards(entry.card or {}, tokenizer.card).items():
        yield f"card: {name}: {submitted!r} submitted, {here!r} here"


def unlike_cards(submitted: Mapping[str, Any], card: TokenizerCard) -> dict[str, tuple[Any, Any]]:
    """Fields of a submitted card that differ from the tokenizer's -> both values."""
    here = card.to_dict()
    differing = {name: (value, here[name]) for name, value in submitted.items() if value != here[name]}
    return {name: values for name, values in differing.items() if values[0] or name not in LATER_FIELDS}


def _unlike_report(entry: Entry, tokenizer: Tokenizer) -> Iterator[str]:
    """Findings of `audiotok check` that come out otherwise here; checks that were added since say nothing."""
    if entry.conformance is None:
        yield "conformance: there is no report of audiotok check"
        return
    here = {check.name: check for check in conformance.checks()}
    for submitted in Report.from_dict(dict(entry.conformance)).findings:
        if submitted.check not in here:
            yield f"conformance: {submitted.check[:80]} is no check of audiotok check"
            continue
        found = here[submitted.check](tokenizer)
        if submitted.outcome != found.outcome:
            came = f"{submitted.outcome} submitted, {found.outcome} here ({found.message})"
            yield f"conformance: {found.check}: {came}"
        elif found.check in SAME_ANYWHERE and submitted.message != found.message:
            yield f"conformance: {found.check}: {submitted.message[:80]!r} submitted, {found.message!r} here"


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
