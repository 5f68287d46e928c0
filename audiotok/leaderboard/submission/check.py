"""The board's door: what is wrong with a submission, found without running, unpacking or believing anything in it.

    files    known, of their kind and size, no links                               files.py
    text     plain and visible, links with https                                   text.py, cards.py
    scores   complete, in range, giving the estimates that are claimed, possible   scores.py
    tokens   of the spec that they name, costing the bits that are claimed         codes.py

What can only be told by running the tokenizer is `audiotok.leaderboard.submission.verify`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from audiotok import data, registry
from audiotok.core.identifier import Identifier
from audiotok.data.manifest import Manifest
from audiotok.errors import AudiotokError, InvalidOption
from audiotok.leaderboard.submission import text
from audiotok.leaderboard.submission.cards import read_card
from audiotok.leaderboard.submission.check_scores import Expected, check_results, read_results
from audiotok.leaderboard.submission.check_tokens import check_tokens
from audiotok.leaderboard.submission.entry import RESULTS, TIMINGS, Entry, read_entry
from audiotok.leaderboard.submission.files import check_files, listened
from audiotok.leaderboard.submission.problem import Problem
from audiotok.results import record, signature
from audiotok.results.conformance import Report
from audiotok.results.record import Result
from audiotok.tasks import ABX_ITEMS, OPTIONAL_FILES, SUITES, Suite

#: Files that every submission holds, and those that an anchor, which has no tokens, does without.
ALWAYS = (RESULTS, "environment.json")
WITH_TOKENS = ("card.yaml", "conformance.json", TIMINGS)
Reference = Mapping[tuple[str, str, str], Result]


def check(
    folder: str | Path, taken: Collection[str] = (), reference: Reference | None = None, suite: str = "mini"
) -> list[Problem]:
    """Why the board refuses a submission; empty where it takes it. Never raises for what is in the folder.

    `taken`: identifiers that are on the board. `reference`: the clean reference's own scores (`reference_scores`),
    which none can beat.
    """
    folder = Path(folder)
    if folder.is_symlink() or not folder.is_dir():
        return [Problem(".", "", "expected a folder of its own")]
    asked = SUITES[suite]
    manifests = {name: data.load(name) for name in asked.datasets}
    try:
        return sorted(set(_problems(folder, taken, reference or {}, asked, manifests)))
    except Exception as error:  # noqa: BLE001  # a hostile folder may find what nobody thought of: refused, not a crash
        return [Problem(".", "", f"cannot be checked: {type(error).__name__}: {str(error)[:200]}")]


def admit(folder: str | Path, reference: Reference | None = None) -> tuple[list[Entry], dict[str, str]]:
    """The submissions in a folder that pass, and the names of those that don't, with the reasons.

    Of two with one identifier the first by name of folder stays.
    """
    entries: list[Entry] = []
    refused: dict[str, str] = {}
    for path in sorted(Path(folder).iterdir()) if Path(folder).is_dir() else []:
        if path.name.startswith(".") or not (path.is_dir() or path.is_symlink()):
            continue
        problems = check(path, [entry.tokenizer for entry in entries], reference)
        if problems:
            more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
            refused[path.name] = "; ".join(map(str, problems[:3])) + more
        else:
            entries.append(read_entry(path))
    return entries, refused


def identifiers(submissions: str | Path, besides: Path) -> list[str]:
    """Names that a folder of submissions holds, but for that in the folder called as `besides`: its older self."""
    folders = sorted(Path(submissions).iterdir()) if Path(submissions).is_dir() else []
    others = [path / RESULTS for path in folders if path.name != besides.resolve().name]
    records = [read_results(path)[0] for path in others if path.is_file() and not path.is_symlink()]
    return sorted({result.tokenizer for results in records for result in results})


def reference_scores(folder: str | Path) -> Reference:
    """Of a folder that holds the clean reference's submission, `<folder>/reference`; empty where it does not."""
    path = Path(folder) / "reference" / RESULTS
    results = record.read(path) if path.is_file() and not path.is_symlink() else []
    return {
        (result.metric, result.domain, signature.parse(result.signature).data): result
        for result in results
        if result.tokenizer == "reference"
    }


def _problems(
    folder: Path, taken: Collection[str], reference: Reference, suite: Suite, manifests: Mapping[str, Manifest]
) -> Iterator[Problem]:
    clips = {clip.id for manifest in manifests.values() for clip in manifest}
    heard = {x.recipe: {c.id for c in listened(data.load(x.data), x.listened)} for x in suite.optional if x.listened}
    files = list(check_files(folder, {"samples": clips, "tokens": clips, **heard}))
    yield from files
    if files:
        return  # what is no proper file is not opened
    found = {name: _read(folder / name) for name in (RESULTS, TIMINGS, *OPTIONAL_FILES)}
    identifiers = sorted({result.tokenizer for results, _ in found.values() for result in results})
    anchor = len(identifiers) == 1 and _is_anchor(identifiers[0])
    missing = [name for name in (*ALWAYS, *(() if anchor else WITH_TOKENS)) if not (folder / name).exists()]
    yield from (Problem(name, "", "expected this file, it is missing") for name in missing)
    for _, unreadable in found.values():
        yield from unreadable
    for extra in suite.optional:
        if extra.listened and (folder / extra.recipe).exists() and not (folder / extra.file).exists():
            yield Problem(extra.recipe, "", f"expected {extra.file} beside it: samples come with their scores")
    if missing:
        return
    card, faults = ({}, []) if anchor else read_card(folder / "card.yaml")
    yield from faults
    if len(identifiers) != 1:
        shown = ", ".join(identifier[:80] for identifier in identifiers[:3]) or "none"
        yield Problem(RESULTS, "tokenizer", f"expected the scores of one tokenizer, got those of {shown}")
        return
    identifier = identifiers[0]
    yield from _name(identifier, taken)
    yield from _environment(folder / "environment.json")
    if not anchor:
        yield from _conformance(folder / "conformance.json", identifier)
    decodes = anchor or card.get("decoder") != "-"
    taught = card.get("trained_with") if not faults else None
    besides = {x.data: data.load(x.data) for x in suite.optional if found[x.file][0] and x.data not in ABX_ITEMS}
    expected = Expected(suite, {**manifests, **besides}, not anchor, decodes, tuple(taught or ()), reference)
    for name, (results, unreadable) in found.items():
        if not unreadable and (folder / name).exists():
            yield from check_results(name, results, expected)
    if not anchor:
        for manifest in manifests.values():
            yield from check_tokens(folder, identifier, found[RESULTS][0], manifest, decodes=decodes)


def _read(path: Path) -> tuple[list[Result], list[Problem]]:
    return read_results(path) if path.exists() else ([], [])


def _is_anchor(identifier: str) -> bool:
    try:
        return Identifier.parse(identifier).name in registry.anchors()
    except InvalidOption:
        return False


def _name(identifier: str, taken: Collection[str]) -> Iterator[Problem]:
    try:
        canonical = str(Identifier.parse(identifier))
    except (InvalidOption, RecursionError) as error:
        yield Problem(RESULTS, "tokenizer", str(error)[:300])
        return
    if canonical != identifier:
        yield Problem(RESULTS, "tokenizer", f"expected the canonical {canonical!r}, got {identifier!r}")
    # Names that differ by case alone would be taken for each other.
    if identifier.casefold() in {name.casefold() for name in taken}:
        yield Problem(RESULTS, "tokenizer", f"the name is taken: {identifier} is on the board")


def _json(path: Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    try:
        values = record.strict_json(path.read_text(encoding="utf-8"))
        for at, value in text.texts(values):
            if wrong := text.fault(value):
                return None, [Problem(path.name, at[:80], wrong)]
        return values, []
    except (ValueError, RecursionError) as error:
        return None, [Problem(path.name, "", f"expected JSON: {str(error)[:200]}")]


def _environment(path: Path) -> Iterator[Problem]:
    values, problems = _json(path)
    yield from problems
    parameters = values.get("parameters") if isinstance(values, dict) else None
    if parameters is not None and (type(parameters) is not int or parameters < 0):
        yield Problem(path.name, "parameters", f"expected a whole number or null, got {str(parameters)[:80]!r}")


def _conformance(path: Path, identifier: str) -> Iterator[Problem]:
    values, problems = _json(path)
    yield from problems
    if values is None:
        return
    try:
        report = Report.from_dict(values)
        outcomes = [finding.outcome for finding in report.findings]
        texts = [part for finding in report.findings for part in (finding.check, finding.message)]
    except AudiotokError as error:
        yield Problem(path.name, "", str(error)[:300])
        return
    if not outcomes or not all(isinstance(part, str) for part in texts):
        yield Problem(path.name, "findings", "expected checks, each with an outcome and a message")
    if report.tokenizer != identifier:
        yield Problem(path.name, "tokenizer", f"expected {identifier}, got {report.tokenizer[:80]}")
    if values.get("passed") is not report.passed:
        yield Problem(path.name, "passed", f"expected {str(report.passed).lower()}, what its findings say")
