"""Jobs one after another, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audiotok.runs.stage import Job, Outcome, Stage


def perform(stage: Stage[Job, Outcome], jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """With the system as it is loaded; `workers` has no effect."""
    return stage.run(jobs)
