"""The board's door: what is wrong with a submission, found without running, unpacking or believing anything in it.

    files    known, of their kind and size, no links                               files.py
    content  read once into values, finite and bounded                             parse.py
    samples  audio that can be played, as long as its clip                         check_samples.py
    text     plain and visible, links with https                                   text.py, cards.py
    scores   complete, in range, giving the estimates that are claimed, possible   check_scores.py, check_estimates.py
    tokens   of the spec that they name, costing the bits that are claimed         check_tokens.py

What can only be told by running the tokenizer is `audiotok.leaderboard.submission.verify`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audiotok import conformance, data, registry, tasks
from audiotok.core.identifier import Identifier, slug
from audiotok.data.manifest import Manifest
from audiotok.errors import AudiotokError, InvalidOption
from audiotok.golden.codes import find
from audiotok.leaderboard.submission.check_samples import check_samples
from audiotok.leaderboard.submission.check_scores import Expected, check_results
from audiotok.leaderboard.submission.check_tokens import STABILITY, check_tokens
from audiotok.leaderboard.submission.entry import Entry, command_of, entry_of
from audiotok.leaderboard.submission.files import check_files, sampled_clips
from audiotok.leaderboard.submission.parse import CARD, CONFORMANCE, Parsed, parse
from audiotok.leaderboard.submission.problem import Problem, first
from audiotok.leaderboard.submission.titles import title_fault
from audiotok.leaderboard.submission.version import NEWEST, OLDEST, older, version_of
from audiotok.results.conformance import Report
from audiotok.results.early import lags_of
from audiotok.results.frame import ENVIRONMENT, RESULTS, TIMINGS
from audiotok.results.record import Result
from audiotok.tasks.suites import SAMPLED, VERSIONS, Suite
from audiotok.tasks.suites import suite as suite_named

#: Files that every submission holds, and those that an anchor, which has no tokens, does without.
ALWAYS = (RESULTS, ENVIRONMENT)
_PLAIN = re.compile(r"[A-Za-z0-9._+/@:,=()-]{1,200}")
WITH_TOKENS = (CARD, CONFORMANCE, TIMINGS)
NOBODY: Mapping[str, str] = MappingProxyType({})
Reference = Mapping[tuple[str, str, str], Result]  # (metric, domain, data) -> the clean reference's


def check(
    folder: str | Path,
    taken: Mapping[str, str] = NOBODY,
    reference: Reference | None = None,
    suite: str = "mini",
) -> list[Problem]:
    """Why the board refuses a submission, at most MAX_PROBLEMS reasons; empty where it takes it.

    Never raises for what is in the folder. `taken`: identifier -> title of the rows on the board. `reference`: the
    clean reference's own scores (`rows.reference_scores`), which none can beat.
    """
    return examine(folder, taken, reference, suite)[1]


def examine(
    folder: str | Path,
    taken: Mapping[str, str] = NOBODY,
    reference: Reference | None = None,
    suite: str = "mini",
) -> tuple[Entry | None, list[Problem]]:
    """A submission's row, or why the board refuses it: the folder is read once for both."""
    folder = Path(folder)
    if folder.is_symlink() or not folder.is_dir():
        return None, [Problem(".", "", "expected a folder of its own")]
    asked = suite_named(suite)
    manifests = {name: data.load(name) for name in asked.datasets}
    try:
        if problems := first(_file_problems(folder, asked, manifests)):
            return None, problems  # what is no proper file is not opened
        parsed, problems = parse(folder)
        if parsed is None:
            return None, first(problems)
        version = _suite_of(parsed, asked)
        if version is None:
            said = str(parsed.environment.get("suite"))[:80]
            return None, [Problem(ENVIRONMENT, "suite", f"expected a version of the suite {asked.name}, got {said!r}")]
        manifests = {name: data.load(name) for name in version.datasets}
        problems = first(_problems(folder, parsed, taken, reference or {}, version, manifests))
        return (None, problems) if problems else (entry_of(parsed), [])
    except Exception as error:  # noqa: BLE001  # a hostile folder may find what nobody thought of: refused, not a crash
        return None, [Problem(".", "", f"cannot be checked: {type(error).__name__}: {str(error)[:200]}")]


def _suite_of(parsed: Parsed, newest: Suite) -> Suite | None:
    """The version of the suite that a row was made for: the first where it names none, as rows did before a second."""
    version = VERSIONS.get(str(parsed.environment.get("suite", f"{newest.name}.v1")))
    return version if version and version.name == newest.name else None


def _file_problems(folder: Path, suite: Suite, manifests: Mapping[str, Manifest]) -> Iterator[Problem]:
    clips = {clip.id for manifest in manifests.values() for clip in manifest}
    sampled = {part.task: {clip.id for clip in sampled_clips(part)} for part in suite.optional}
    yield from check_files(folder, {"samples": clips, "tokens": clips, **sampled})
    for part in suite.optional:
        if part.task in SAMPLED and (folder / part.task).exists() and not (folder / part.file).exists():
            yield Problem(part.task, "", f"expected {part.file} next to it: samples are submitted with their scores")


def _problems(
    folder: Path,
    parsed: Parsed,
    taken: Mapping[str, str],
    reference: Reference,
    suite: Suite,
    manifests: Mapping[str, Manifest],
) -> Iterator[Problem]:
    tokens = not parsed.anchor
    missing = [name for name in (*ALWAYS, *(WITH_TOKENS if tokens else ())) if not (folder / name).exists()]
    yield from (Problem(name, "", "expected this file, it is missing") for name in missing)
    yield from _name(parsed.identifier, folder.resolve().name, taken)
    version = version_of(parsed.records[RESULTS], parsed.environment)
    if version not in (NEWEST, *older().values()) or (version != NEWEST and "format" in parsed.environment):
        came = f"expected {NEWEST}, got {version or 'none'}; write the folder with audiotok submit"
        yield Problem(ENVIRONMENT, "format", came)
    command, right = parsed.environment.get("command"), command_of(parsed.identifier)
    if command not in (right, f"audiotok submit -t {parsed.identifier}"):  # the page shows ours
        yield Problem(ENVIRONMENT, "command", f"expected {right!r}, since readers copy it, got {str(command)[:80]!r}")
    if tokens and parsed.conformance:
        yield from _conformance(parsed.conformance, parsed.identifier)
    card = parsed.card or {}
    if tokens and card:
        yield from _card(card, parsed.identifier, taken)
    decodes = not tokens or card.get("decoder") != "-"
    optional = {
        part.data: tasks.get(part.task).clips(part.data) for part in suite.optional if part.file in parsed.records
    }
    known = {name: manifest for name, manifest in optional.items() if manifest is not None}
    taught = tuple(card.get("trained_with", ()))
    older_row, lags = version != NEWEST, lags_of(parsed.environment)
    expected = Expected(suite, {**manifests, **known}, tokens, decodes, taught, reference, older_row, lags)
    for name, results in parsed.records.items():
        yield from check_results(name, results, expected)
    yield from check_samples(parsed.samples, {clip.id: clip for manifest in manifests.values() for clip in manifest})
    if tokens:
        complete = version != OLDEST
        for manifest in manifests.values():
            yield from check_tokens(
                folder,
                parsed.identifier,
                parsed.records[RESULTS],
                manifest,
                decodes=decodes,
                complete=complete,
                compared=parsed.records.get(STABILITY, ()),
            )


def _name(identifier: str, folder: str, taken: Mapping[str, str]) -> Iterator[Problem]:
    canonical, wrong = _canonical(identifier)
    if wrong or canonical != identifier:
        yield Problem(RESULTS, "tokenizer", wrong or f"expected the canonical {canonical!r}, got {identifier!r}")
    if not _PLAIN.fullmatch(identifier):
        yield Problem(RESULTS, "tokenizer", f"expected letters, digits and ._-+/@:,=() in a name, got {identifier!a}")
    parsed = Identifier.parse(identifier)
    if not registry.foreign(parsed) and (why := registry.unasked(identifier)):
        yield Problem(RESULTS, "tokenizer", f"expected a tokenizer of weights that audiotok knows, got one {why}")
    if folder != (right := slug(identifier)):
        yield Problem(".", "", f"expected a folder of the name {right}, which identifies the row, got {folder[:80]!a}")
    # Names that differ by case alone would be taken for each other, and files of rows with one slug replace each other.
    if identifier.casefold() in {name.casefold() for name in taken}:
        yield Problem(RESULTS, "tokenizer", f"the name is taken: {identifier} is on the board")
    elif same := next((name for name in taken if slug(name).casefold() == right.casefold()), ""):
        yield Problem(RESULTS, "tokenizer", f"the folder's name is taken: {same} on the board has the name {right} too")


def _canonical(identifier: str) -> tuple[str, str]:
    """The one spelling of an identifier, or why it has none. Options are known of what is installed here."""
    try:
        return registry.canonical(identifier), ""
    except InvalidOption as error:
        return "", f"expected options that the tokenizer takes: {str(error)[:200]}"
    except AudiotokError:
        return str(Identifier.parse(identifier)), ""


def _conformance(report: Report, identifier: str) -> Iterator[Problem]:
    """Every check of `audiotok check`, each once, and no other."""
    names = Counter(finding.check for finding in report.findings)
    known = [check.name for check in conformance.checks()]
    if unknown := sorted(names.keys() - set(known)):
        yield Problem(CONFORMANCE, "findings", f"expected checks of audiotok check, got {unknown[0][:80]!r}")
    if twice := [name for name, count in names.items() if count > 1]:
        yield Problem(CONFORMANCE, "findings", f"expected each check once, got {twice[0][:80]} {names[twice[0]]} times")
    if missing := [name for name in conformance.REQUIRED if name not in names]:
        yield Problem(
            CONFORMANCE, "findings", f"expected checks of audiotok check, all of them: {missing[0]} is missing"
        )
    if report.tokenizer != identifier:
        yield Problem(CONFORMANCE, "tokenizer", f"expected {identifier}, got {report.tokenizer[:80]}")


def _card(card: Mapping[str, Any], identifier: str, taken: Mapping[str, str]) -> Iterator[Problem]:
    """Problems of claims that a card may not make itself."""
    if wrong := title_fault(str(card["title"]), identifier, taken):
        yield Problem(CARD, "title", wrong)
    golden = find(identifier)
    right = golden.verified if golden else ""
    if card.get("weights_verified", "") != right:
        came = str(card["weights_verified"])[:80]
        yield Problem(CARD, "weights_verified", f"expected {right!r}, as in audiotok/golden, got {came!r}")
