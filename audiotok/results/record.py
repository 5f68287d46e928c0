"""One score of one tokenizer, as it is kept and passed on: complete in itself, readable without this code.

Rows with equal signatures may be compared. What may differ without changing what was measured (package versions,
device, commit) is provenance, and stands beside it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from audiotok.errors import InvalidResult
from audiotok.files.atomic import atomic_write

FORMAT = "audiotok.result.v1"
MAX_NUMBER = 1e18
LEAST_WEIGHT = 1e-9
MAX_DIGITS = 19  # of an integer
Direction = Literal["higher", "lower", "none"]


@dataclass(frozen=True)
class ScoredClip:
    """One clip's share of a ratio of sums, with what intervals group and stratify by."""

    clip: str
    total: float
    weight: float
    speaker: str | None = None
    language: str | None = None

    @property
    def value(self) -> float:
        """The clip's own ratio, without the metric's scale; its weight must not be 0."""
        return self.total / self.weight


@dataclass(frozen=True)
class Estimate:
    """A value and its 95% interval."""

    value: float
    low: float | None  # None: too few clips for an interval, or a metric that has none
    high: float | None
    n: int  # clips


@dataclass(frozen=True)
class Result:
    """A cell of the leaderboard and all that stands behind it."""

    tokenizer: str  # canonical identifier
    metric: str  # "pesq_wb"
    domain: str  # "speech"
    signature: str  # "reconstruction.v1|data:mini@sha256:ab12…|metric:pesq_wb.v1|resample:soxr_hq|seed:0"
    estimate: Estimate | None  # None: no clip could be scored; values are scale * Σtotal / Σweight
    uncertainty: str = ""  # "t over 24 speakers", "t over clips (these 3 voices only)"
    groups: dict[str, Estimate] = field(default_factory=dict)  # per language, where there are several
    scores: tuple[ScoredClip, ...] = ()  # empty for metrics of a whole set
    failures: dict[str, str] = field(default_factory=dict)  # clip -> why this tokenizer has no score there
    undefined: dict[str, str] = field(default_factory=dict)  # clip -> why the reference has none; left out for all
    provenance: dict[str, str] = field(default_factory=dict)
    title: str = ""  # "PESQ (wide band)"
    question: str = ""  # "perceptual"
    unit: str = ""  # of the estimate
    direction: Direction = "none"  # which way is better; "none" is never ranked
    scale: float = 1.0  # 100 for per cent
    unranked: str = ""  # why it is shown but not ranked though every clip has a score: "taught by its judge, whisper"

    @property
    def coverage(self) -> float:
        """Share of the clips with a defined reference that were scored; below 1 the cell is shown but not ranked."""
        scored = self.estimate.n if self.estimate else 0
        return scored / (scored + len(self.failures)) if scored + len(self.failures) else 0.0

    def to_json(self) -> str:
        """One line, keys sorted, no NaN: equal results are equal bytes."""
        values = {"format": FORMAT, **asdict(self)}
        return json.dumps(values, ensure_ascii=False, sort_keys=True, allow_nan=False)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Result:
        """Raises InvalidResult with the field that is wrong."""
        values = dict(values)
        if values.pop("format", None) != FORMAT:
            raise InvalidResult(f"expected a record of format {FORMAT}")
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise InvalidResult(f"unknown field {', '.join(unknown)}")
        try:
            values["scores"] = tuple(ScoredClip(**score) for score in values.get("scores", ()))
            values["groups"] = {name: Estimate(**estimate) for name, estimate in values.get("groups", {}).items()}
            estimate = values.get("estimate")
            values["estimate"] = None if estimate is None else Estimate(**estimate)
            result = cls(**values)
            _check(result)
        except (TypeError, AttributeError) as error:
            raise InvalidResult(str(error)) from error
        return result


def _check(result: Result) -> None:
    """Raises InvalidResult where a field has another type, a number is not finite, or an interval is upside down."""
    texts = [(f.name, getattr(result, f.name)) for f in fields(result) if f.type == "str"]
    for name in ("failures", "undefined", "provenance"):
        texts += [(name, text) for item in getattr(result, name).items() for text in item]
    for score in result.scores:
        optional = (("scores.speaker", score.speaker), ("scores.language", score.language))
        texts += [("scores.clip", score.clip), *((name, text) for name, text in optional if text is not None)]
    for name, text in texts:
        if not isinstance(text, str):
            raise InvalidResult(f"{result.metric}: {name} must be text, got {text!r}")
    if result.direction not in get_args(Direction):
        raise InvalidResult(
            f"{result.metric}: direction must be one of {get_args(Direction)}, got {result.direction!r}"
        )
    estimates = [*result.groups.values(), *([result.estimate] if result.estimate else [])]
    numbers = [result.scale, *(x for score in result.scores for x in (score.total, score.weight))]
    numbers += [x for e in estimates for x in (e.value, e.low, e.high, e.n) if x is not None]
    for number in numbers:
        # Not isfinite: it raises on an integer beyond the floats. Bounded, so that no ratio or square overflows.
        if type(number) not in (int, float) or not abs(number) <= MAX_NUMBER:
            raise InvalidResult(
                f"{result.metric:.80}: scores must be finite numbers of at most {MAX_NUMBER:g}, got {str(number)[:40]}"
            )
    weights = [score.weight for score in result.scores]
    if weights and (not any(weights) or any(weight != 0 and weight < LEAST_WEIGHT for weight in weights)):
        raise InvalidResult(
            f"{result.metric}: weights are at least 0, above it at least {LEAST_WEIGHT:g}, and not all of them 0"
        )
    for e in estimates:
        if (e.low is None) != (e.high is None) or (e.low is not None and e.high is not None and e.low > e.high):
            raise InvalidResult(f"{result.metric}: an interval has low <= high, or neither; got {e.low}, {e.high}")


def write(path: str | Path, results: Iterable[Result]) -> None:
    """Write a results.jsonl atomically, sorted, so that equal runs give equal bytes."""
    lines = sorted((r.tokenizer, r.domain, r.metric, r.to_json()) for r in results)
    with atomic_write(Path(path)) as partial:
        partial.write_text("".join(line + "\n" for *_, line in lines), encoding="utf-8")


def read(path: str | Path) -> list[Result]:
    """Raises InvalidResult with file, line and field."""
    results = []
    # Not splitlines: it also splits at U+2028, which a JSON string may hold as it is.
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").removesuffix("\n").split("\n"), start=1):
        try:
            results.append(Result.from_dict(strict_json(line)))
        except (ValueError, RecursionError) as error:
            raise InvalidResult(f"{path}:{number}: {error}") from error
    return results


def strict_json(line: str) -> dict[str, Any]:
    """An object of JSON without NaN, infinite or astronomic numbers and duplicate keys, which Python reads silently.

    Raises ValueError, RecursionError.
    """

    def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            names = Counter(name for name, _ in pairs)
            raise InvalidResult(f"duplicate key {names.most_common(1)[0][0][:80]!r}")
        return values

    def no_constant(text: str) -> None:
        raise InvalidResult(f"{text} is not a number")

    def finite(text: str) -> float:
        if not math.isfinite(number := float(text)):
            raise InvalidResult(f"expected finite numbers, got {text[:40]}")
        return number

    def bounded(text: str) -> int:
        if len(text.lstrip("-")) > MAX_DIGITS:
            raise InvalidResult(f"expected finite numbers of at most {MAX_DIGITS} digits, got {text[:40]}…")
        return int(text)

    values = json.loads(
        line, object_pairs_hook=no_duplicates, parse_constant=no_constant, parse_float=finite, parse_int=bounded
    )
    if not isinstance(values, dict):
        raise InvalidResult(f"expected an object, got {type(values).__name__}")
    return values
