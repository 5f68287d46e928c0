"""A stage of work as a function of jobs, which an engine does here or elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar, final

from audiotok import registry
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

    @final
    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        for job in jobs:
            yield self.do(job, lambda doing: None)


class Portable:
    """A loaded system that is pickled as its identifier, and loaded again where it arrives."""

    def __init__(self, system: Tokenizer | Anchor) -> None:
        self.system = system

    @property
    def on_gpu(self) -> bool:
        return isinstance(self.system, Tokenizer) and self.system.device.type == "cuda"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        device = str(self.system.device) if isinstance(self.system, Tokenizer) else "cpu"
        return _load, (self.system.identifier, device)


def _load(identifier: str, device: str) -> Portable:
    return Portable(registry.load_system(identifier, device))
