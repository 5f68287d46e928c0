"""What is wrong with a submission: the file, the field in it, and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One reason why a submission is refused. `str` is one line that no terminal acts upon."""

    file: str  # relative to the folder, "." for the folder itself
    field: str  # "pesq_wb/speech: estimate.low", "paper"; "" where it is the file as a whole
    reason: str  # what was expected and what came

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.file, self.field, self.reason) if part)
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
