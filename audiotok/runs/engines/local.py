"""Jobs one after another in this process, or in a pool of processes of this machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from signal import SIGKILL

from audiotok.errors import AudiotokError
from audiotok.files import numba_cache
from audiotok.files.progress import warn
from audiotok.runs.pool import Death, pool
from audiotok.runs.stage import Job, Outcome, PooledStage, Stage


def perform(stage: Stage[Job, Outcome], jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """With the system as it is loaded; only the jobs of a `PooledStage` are done by `workers` processes."""
    return _in_pool(stage, jobs, workers) if isinstance(stage, PooledStage) else stage.run(jobs)


def _in_pool(stage: PooledStage[Job, Outcome], jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Outcomes as they come; a job that ends its process is tried once more. Raises AudiotokError."""
    queue, died = deque(jobs), set[str]()
    with closing(pool(workers).run(stage.do, queue, stage.heard)) as outcomes:
        for job, outcome in outcomes:
            if isinstance(outcome, Death):
                name = stage.name(job)
                what = f"a process was ended by {outcome.cause} during {outcome.doing} of {name}"
                if name in died:
                    raise AudiotokError(_died_again(what, outcome, workers))
                died.add(name)
                if outcome.exit_code != -SIGKILL:
                    numba_cache.discard()
                warn(f"{what}; it is tried once more")
                queue.append(job)
                continue
            yield outcome


def _died_again(what: str, death: Death, workers: int) -> str:
    """The message of an error that stops the run."""
    advice = "; completed work is kept. Leave out the clip that it was processing, or report this with the clip"
    if death.exit_code == -SIGKILL:
        advice = "; the system does this when memory runs out. Completed work is kept"
        advice += f": run it again with fewer workers than {workers}" if workers > 1 else ""
    return f"{what}, twice{advice}"
