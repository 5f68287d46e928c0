"""A stage of work as a function of jobs, which an engine does here or elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar, final

from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Tokenizer
from audiotok.runs.pool import Say

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


class Stage(ABC, Generic[Job, Outcome]):
    """The work that is done with each job. It is pickled for a worker elsewhere, as its jobs and outcomes are."""

    @property
    @abstractmethod
    def on_gpu(self) -> bool:
        """Whether a worker needs a GPU of its own."""

    @abstractmethod
    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcome of each job, in their order; the next job may be begun before an outcome is taken."""


class PooledStage(Stage[Job, Outcome]):
    """Jobs that share nothing, which the local engine does in single-threaded processes."""

    on_gpu = False

    @staticmethod
    @abstractmethod
    def do(job: Any, say: Say) -> Any:
        """The outcome of one job; `say` tells what it is at, in case the process dies of it."""

    @abstractmethod
    def name(self, job: Job) -> str:
        """How messages call the job."""

    def heard(self, job: Job, doing: str) -> None:
        """Take note of what a job in a process of this machine says it is at; called here, as it says so."""

    @final
    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        for job in jobs:
            yield self.do(job, lambda doing: None)


def is_on_gpu(system: Tokenizer | Anchor) -> bool:
    return isinstance(system, Tokenizer) and system.device.type == "cuda"
