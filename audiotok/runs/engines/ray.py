"""The same jobs done by Ray Data, on one machine or on a cluster that shares the file system."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from audiotok.errors import MissingDependency
from audiotok.runs.stage import Job, Outcome, Stage


def perform(stage: Stage[Job, Outcome], jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Each worker loads the stage's system by its identifier and is given a job at a time, never all of them.

    A job's files are written whole or not at all: of a worker that dies, Ray gives the job to another, and the bytes
    are the same.
    """
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'--engine ray needs the package {error.name}; install it with: pip install "audiotok[ray]"'
        ) from error
    if not jobs:
        return
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    # Ray takes a class of callables for an actor; its annotations only know functions.
    worker: Any = _Worker
    made = ray.data.from_items([{"job": pickle.dumps(job)} for job in jobs], override_num_blocks=len(jobs)).map(
        worker,
        fn_constructor_kwargs={"stage": pickle.dumps(stage)},
        concurrency=workers,
        num_gpus=1 if stage.on_gpu else 0,
        max_restarts=-1,
        max_task_retries=-1,
    )
    for row in made.iter_rows():
        yield pickle.loads(row["outcome"])


class _Worker:
    """A Ray actor."""

    def __init__(self, stage: bytes) -> None:
        self._stage: Stage[Any, Any] = pickle.loads(stage)

    def __call__(self, row: dict[str, Any]) -> dict[str, bytes]:
        (outcome,) = self._stage.run([pickle.loads(row["job"])])
        return {"outcome": pickle.dumps(outcome)}
