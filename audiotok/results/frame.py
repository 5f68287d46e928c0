"""Results as rows: for pandas, JSON and whoever reads them without audiotok."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audiotok.errors import InvalidResult
from audiotok.files.json import read_json
from audiotok.results import record
from audiotok.results.early import lags_of, unranked_if_early
from audiotok.results.record import Estimate, Result

if TYPE_CHECKING:
    import pandas

RESULTS = "results.jsonl"
ENVIRONMENT = "environment.json"  # of a submission
TIMINGS = "timings.jsonl"  # of a submission
Value = str | float | int | None
COLUMNS = (
    *("tokenizer", "metric", "title", "question", "domain", "group", "value", "low", "high", "n", "n_failed"),
    *("n_undefined", "coverage", "unit", "direction", "unranked", "uncertainty", "signature"),
)


def load(path: str | Path) -> pandas.DataFrame:
    """All results of a file, or of a folder of submissions or runs, as `rows`, with the file in column `source`.

    Raises InvalidResult where there is no such file, or one is not as the format asks.
    """
    import pandas

    values = [{**row, "source": str(file)} for file, results in read_files(path) for row in rows(results)]
    frame = pandas.DataFrame(values, columns=[*COLUMNS, "source"])
    return frame.astype(dict.fromkeys(("value", "low", "high", "coverage"), "float64"))


def files(path: str | Path) -> list[Path]:
    """The results files that a path stands for. Raises InvalidResult where there are none."""
    path = Path(path)
    found = sorted(filter(_holds_results, path.rglob("*.jsonl"))) if path.is_dir() else [path]
    if not found or not found[0].is_file():
        raise InvalidResult(f"expected a {RESULTS}, or a folder of submissions or runs; found none at {path}")
    return found


def _holds_results(file: Path) -> bool:
    """By its first record; a submission's timings, which hold for one machine, are left out."""
    if file.name == TIMINGS:
        return False
    with file.open(encoding="utf-8", errors="replace") as lines:
        return f'"format": "{record.FORMAT}"' in lines.readline()


def read_all(path: str | Path) -> list[Result]:
    """The results of a file, or of a folder of submissions or runs. Raises InvalidResult like `load`."""
    return [result for _, results in read_files(path) for result in results]


def read_files(path: str | Path) -> list[tuple[Path, list[Result]]]:
    """Every file with its results. A score that a run has written to two files counts once, as it was written last.

    Raises InvalidResult like `load`.
    """
    of_files = {file: _read(file) for file in files(path)}
    newest: dict[tuple[Path, str, str, str, str], Path] = {}
    for file in sorted(of_files, key=lambda file: file.stat().st_mtime_ns):
        newest |= {_cell(file, result): file for result in of_files[file]}
    return [
        (file, [result for result in results if newest[_cell(file, result)] == file or not _of_run(file)])
        for file, results in of_files.items()
    ]


def _read(file: Path) -> list[Result]:
    """A file's results, those of a submission with what its environment says of early outputs."""
    environment = file.with_name(ENVIRONMENT)
    try:
        lags = lags_of(read_json(environment)) if environment.is_file() else {}
    except ValueError as error:
        raise InvalidResult(f"{environment}: expected JSON in UTF-8: {error}") from error
    return [unranked_if_early(result, lags) for result in record.read(file)]


def _of_run(file: Path) -> bool:
    """Whether it lies where runs write: the results of all metrics of a recipe, or of some."""
    return file.parent.name == "results"


def _cell(file: Path, result: Result) -> tuple[Path, str, str, str, str]:
    return file.parent, result.tokenizer, result.metric, result.domain, result.signature


def rows(results: Iterable[Result]) -> Iterator[dict[str, Value]]:
    """One row per result with group "", then one per group, whose failures aren't told apart (None).

    A value that does not exist is None.
    """
    for result in results:
        yield _row(result, "", result.estimate)
        for group, estimate in sorted(result.groups.items()):
            yield _row(result, group, estimate)


def _row(result: Result, group: str, estimate: Estimate | None) -> dict[str, Value]:
    return {
        "tokenizer": result.tokenizer,
        "metric": result.metric,
        "title": result.title,
        "question": result.question,
        "domain": result.domain,
        "group": group,
        "value": estimate.value if estimate else None,
        "low": estimate.low if estimate else None,
        "high": estimate.high if estimate else None,
        "n": estimate.n if estimate else 0,
        "n_failed": None if group else len(result.failures),
        "n_undefined": None if group else len(result.undefined),
        "coverage": None if group else result.coverage,
        "unit": result.unit,
        "direction": result.direction,
        "unranked": result.unranked,
        "uncertainty": result.uncertainty,
        "signature": result.signature,
    }
