"""The one reading of a submission's folder: its content as values, or what is wrong with it.

`check` judges these values and the page shows them; nothing reads a folder in another way. Files are read within size
limits, links are not followed, numbers are finite and bounded, text stays text, and reading stops at the first
`MAX_PROBLEMS` problems.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiotok import registry
from audiotok.core.identifier import Identifier
from audiotok.errors import AudiotokError, InvalidOption, InvalidResult
from audiotok.leaderboard.submission import text
from audiotok.leaderboard.submission.cards import read_card
from audiotok.leaderboard.submission.check_samples import samples_in
from audiotok.leaderboard.submission.problem import MAX_PROBLEMS, Problem
from audiotok.results import record, signature
from audiotok.results.conformance import Report
from audiotok.results.frame import ENVIRONMENT, RESULTS, TIMINGS
from audiotok.results.record import Result
from audiotok.results.statistics import units
from audiotok.tasks.suites import MANY_ITEMS, OPTIONAL_FILES, SAMPLED

CARD, CONFORMANCE = "card.yaml", "conformance.json"
MAX_CARD_BYTES = 1 << 14  # ours take a kilobyte
MAX_TEXT_BYTES = 1 << 16  # ours take two kilobytes
MAX_RESULTS_BYTES = 4 << 20  # mini takes a quarter of a megabyte
MAX_BYTES_OF_MANY = 12 << 20  # of a task with many items: ABX has a score for each pair of phones and speaker
MAX_RECORDS = 500
MAX_SCORES = 12_000  # objects and lists in a file of records; a file of mini's has 3,000
MAX_SCORES_OF_MANY = 100_000
MAX_TEXTS = 1 << 16  # characters of different texts in a file of records, all of which the page holds; ours have 8,000


@dataclass(frozen=True)
class Parsed:
    """The contents of a submission, as values. Whether it is true is `check`'s and `verify`'s question."""

    identifier: str
    anchor: bool
    records: Mapping[str, tuple[Result, ...]]  # file -> its records
    card: Mapping[str, Any] | None  # None for an anchor
    conformance: Report | None
    environment: Mapping[str, Any]
    samples: Mapping[str, Path]  # clip id, or recipe/clip id -> audio


def results_limit(name: str) -> int:
    """Bytes that a file of records may have."""
    return MAX_BYTES_OF_MANY if name in MANY_ITEMS else MAX_RESULTS_BYTES


def parse(folder: Path) -> tuple[Parsed | None, list[Problem]]:
    """The content of a folder, or why it cannot be had: at most MAX_PROBLEMS reasons."""
    problems: list[Problem] = []
    records = {}
    for name in (*OPTIONAL_FILES, RESULTS, TIMINGS):
        if name == RESULTS or _is_there(folder / name):
            records[name], faults = read_results(folder / name)
            problems += faults
    identifiers = sorted({result.tokenizer for results in records.values() for result in results})
    if len(identifiers) != 1:
        shown = ", ".join(identifier[:80] for identifier in identifiers[:3]) or "none"
        wrong = f"expected the scores of one tokenizer, got those of {shown}"
        return None, [*problems, Problem(RESULTS, "tokenizer", wrong)][:MAX_PROBLEMS]
    anchor = is_anchor(identifiers[0])
    card, report = None, None
    environment: dict[str, Any] = {}
    if not anchor:
        content, faults = read_text(folder / CARD, MAX_CARD_BYTES)
        card, more = (None, []) if faults else read_card(content)
        problems += [*faults, *more]
    if _is_there(folder / CONFORMANCE):
        report, faults = _report(folder / CONFORMANCE)
        problems += faults
    if _is_there(folder / ENVIRONMENT):
        environment, faults = _environment(folder / ENVIRONMENT)
        problems += faults
    samples: dict[str, Path] = {}
    for place in ("samples", *SAMPLED):
        for path, wrong in samples_in(folder / place):
            samples[path.stem if place == "samples" else f"{place}/{path.stem}"] = path
            if wrong:
                problems.append(Problem(path.relative_to(folder).as_posix(), "", wrong))
    if problems:
        return None, problems[:MAX_PROBLEMS]
    return Parsed(identifiers[0], anchor, records, card, report, environment, samples), []


def is_anchor(identifier: str) -> bool:
    """Recordings are none here: a submission names no files of whoever checks it."""
    try:
        return Identifier.parse(identifier).name in set(registry.anchors()) - {registry.RECORDINGS}
    except InvalidOption:
        return False


def read_results(path: Path) -> tuple[tuple[Result, ...], list[Problem]]:
    """The records of a file, and why one is none: NaN, duplicate keys, text for a number, another format."""
    content, problems = read_text(path, results_limit(path.name))
    if problems:
        return (), problems
    results: list[Result] = []
    limit = MAX_SCORES_OF_MANY if path.name in MANY_ITEMS else MAX_SCORES
    if content.count("{") + content.count("[") > limit:
        return (), [Problem(path.name, "", f"expected JSON of at most {limit} objects and lists, got more")]
    # Not splitlines: it also splits at U+2028, which a JSON string may hold as it is.
    for number, line in enumerate(content.removesuffix("\n").split("\n"), start=1):
        if number > MAX_RECORDS or len(problems) == MAX_PROBLEMS:
            reason = f"expected at most {MAX_RECORDS} records; nothing is read from here on"
            return tuple(results), [*problems, Problem(path.name, f"line {number}", reason)][:MAX_PROBLEMS]
        try:
            result = Result.from_dict(record.strict_json(line))
            field, wrong = _unusable(result)
            problems += [Problem(path.name, field, wrong[:300])] if wrong else []
            results.append(result)
        except (ValueError, RecursionError) as error:
            reason = str(error)[:300] if isinstance(error, AudiotokError) else f"expected JSON: {str(error)[:200]}"
            problems.append(Problem(path.name, f"line {number}", reason))
    if not problems and (characters := _characters(results)) > MAX_TEXTS:
        reason = f"expected at most {MAX_TEXTS} characters of provenance, reasons and other texts, got {characters}"
        problems.append(Problem(path.name, "", reason))
    return tuple(results), problems


def _characters(results: Iterable[Result]) -> int:
    """How long the different texts of records are together, without the names of clips, which the data set has."""
    found: set[str] = set()
    for result in results:
        reasons = [list(result.failures.values()), list(result.undefined.values())]
        shown = {**vars(result), "scores": [], "failures": reasons[0], "undefined": reasons[1]}
        found |= {one for _, one in text.texts(shown)}
    return sum(map(len, found))


def read_text(path: Path, limit: int) -> tuple[str, list[Problem]]:
    """A regular file's UTF-8 text."""
    try:
        status = path.lstat()
    except OSError:
        return "", [Problem(path.name, "", "expected this file, it is missing")]
    if not stat.S_ISREG(status.st_mode):
        return "", [Problem(path.name, "", "expected a regular file, got a link, folder or device")]
    if status.st_size > limit:
        return "", [Problem(path.name, "", f"expected at most {limit} bytes, got {status.st_size}")]
    try:
        return path.read_bytes().decode(), []
    except UnicodeDecodeError as error:
        return "", [Problem(path.name, "", f"expected UTF-8 text: {error.reason} at byte {error.start}")]


def _is_there(path: Path) -> bool:
    """A link that leads nowhere is there too, and refused."""
    return path.exists() or path.is_symlink()


def _unusable(result: Result) -> tuple[str, str]:
    """(field, reason) where the page could not group, sort or draw what the record says; the reason "" where it can."""
    field = "tokenizer"
    try:
        Identifier.parse(result.tokenizer)
        field = f"{result.metric[:40]}/{result.domain[:40]}: signature"
        signature.parse(result.signature)
        field = f"{result.metric[:40]}/{result.domain[:40]}: scores"
        if result.scores:
            units(result.scores)
    except (AudiotokError, RecursionError) as error:
        return field, str(error) or type(error).__name__
    return "", ""


def _json(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    content, problems = read_text(path, MAX_TEXT_BYTES)
    if problems:
        return {}, problems
    try:
        values = record.strict_json(content)
        for at, value in text.texts(values):
            if wrong := text.fault(value):
                return {}, [Problem(path.name, at[:80], wrong)]
        return values, []
    except (ValueError, RecursionError) as error:
        return {}, [Problem(path.name, "", f"expected JSON: {str(error)[:200]}")]


def _environment(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    values, problems = _json(path)
    parameters = values.get("parameters")
    if parameters is not None and (type(parameters) is not int or parameters < 0):
        reason = f"expected a whole number or null, got {str(parameters)[:80]!r}"
        problems.append(Problem(path.name, "parameters", reason))
    return values, problems


def _report(path: Path) -> tuple[Report | None, list[Problem]]:
    values, problems = _json(path)
    if problems:
        return None, problems
    try:
        report = Report.from_dict(values)
    except InvalidResult as error:
        return None, [Problem(path.name, "", str(error)[:300])]
    if values.get("passed") is not report.passed:
        problems = [Problem(path.name, "passed", f"expected {str(report.passed).lower()}, what its findings say")]
    return report, problems
