"""The same jobs done by Ray Data, on one machine or on a cluster that shares the file system."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from audiotok.errors import MachineTrouble, MissingDependency, reason
from audiotok.runs.processes import SINGLE_THREADED
from audiotok.runs.stage import Job, Outcome, Stage

_TRIES = 4  # of a job whose worker dies


def perform(stage: Stage[Job, Outcome], jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Each worker loads the stage's system by its identifier and is given a job at a time, never all of them.

    A job's files are written whole or not at all: of a worker that dies, Ray gives the job to another, and the bytes
    are the same. Raises what a job raises, as it is, and MachineTrouble where its workers die time and again.
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
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_gpus=1 if stage.on_gpu else 0,
        runtime_env={} if stage.on_gpu else {"env_vars": SINGLE_THREADED},
        max_restarts=-1,
        max_task_retries=_TRIES - 1,
    )
    try:
        for row in made.iter_rows():
            outcome, raised = pickle.loads(row["made"])
            if raised:
                raise raised
            yield outcome
    except ray.exceptions.RayError as error:
        raise MachineTrouble(
            f"Ray could not complete a job in {_TRIES} tries: {reason(error).splitlines()[0]}; completed work is "
            "kept, and the same command resumes"
        ) from error


class _Worker:
    """A Ray actor."""

    def __init__(self, stage: bytes) -> None:
        self._stage: Stage[Any, Any] = pickle.loads(stage)

    def __call__(self, row: dict[str, Any]) -> dict[str, bytes]:
        """The outcome of a job, or the error that it raised, which is to arrive as it is and not as one of Ray's."""
        try:
            (outcome,) = self._stage.run([pickle.loads(row["job"])])
        except Exception as error:  # noqa: BLE001  # raised again where the jobs came from
            error.add_note(traceback.format_exc())
            return {"made": pickle.dumps((None, error))}
        return {"made": pickle.dumps((outcome, None))}
