"""Findings of `audiotok check`, as they travel with a submission: readable without torch and without the tokenizer."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from audiotok.errors import InvalidResult

FORMAT = "audiotok.conformance.v1"
Outcome = Literal["passed", "failed", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """One check of one tokenizer."""

    check: str  # "batch_equals_single"
    outcome: Outcome
    message: str  # what was measured, or what was expected and what came


@dataclass(frozen=True)
class Report:
    """All findings about one tokenizer on one device."""

    tokenizer: str  # canonical identifier
    device: str  # "cpu", "cuda:0"
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """No check failed; those that do not apply are no failures."""
        return all(finding.outcome != "failed" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self)
        return {"format": FORMAT, "passed": self.passed, **values, "findings": list(values["findings"])}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Report:
        """Inverse of `to_dict`. Raises InvalidResult where it is not as `to_dict` writes it."""
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise InvalidResult(f"a conformance report has format {FORMAT}; run `audiotok check NAME -o FILE` again")
        try:
            findings = tuple(Finding(**finding) for finding in values["findings"])
            report = cls(str(values["tokenizer"]), str(values["device"]), findings)
        except (KeyError, TypeError) as error:
            raise InvalidResult(f"conformance report: {error}") from error
        if not all(isinstance(part, str) for finding in findings for part in (finding.check, finding.message)):
            raise InvalidResult("conformance report: expected texts as names and messages of findings")
        if bad := [finding for finding in findings if finding.outcome not in get_args(Outcome)]:
            raise InvalidResult(f"conformance report: outcomes are {get_args(Outcome)}, got {bad[0].outcome!r}")
        return report

    def __str__(self) -> str:
        width = max((len(finding.check) for finding in self.findings), default=0)
        marks = {"passed": "ok", "failed": "FAILED", "not applicable": "-"}
        lines = [f"{marks[f.outcome]:6}  {f.check:{width}}  {f.message}".rstrip() for f in self.findings]
        counts = Counter(finding.outcome for finding in self.findings)
        summary = ", ".join(f"{counts[outcome]} {outcome}" for outcome in get_args(Outcome))
        return "\n".join([f"{self.tokenizer} on {self.device}", *lines, summary])
