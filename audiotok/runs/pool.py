"""A pool of single-threaded processes that says which job ended a process, by which signal, and what it was doing.

    queue = deque(jobs)
    for job, outcome in pool(workers).run(function, queue):  # function(job, say) -> result, in a process
        if isinstance(outcome, Death): queue.append(job)     # the next process takes it

The processes are kept for the life of the program, whatever they do next: opening the evaluation models takes longer
than scoring a clip.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pickle import PicklingError
from threading import RLock, Thread
from typing import Any, TypeVar

from tqdm import tqdm

from audiotok.runs.processes import adopt, begin, context, single_threaded

Job = TypeVar("Job")
Result = TypeVar("Result")
Say = Callable[[str], None]  # tells the parent process what a job is at
_PATIENCE = 10.0  # seconds for a process to end by itself


@dataclass(frozen=True)
class Death:
    """A process ended before its job did."""

    exit_code: int  # negative: the signal
    doing: str  # what it said last

    @property
    def cause(self) -> str:
        """`SIGSEGV`, or `exit status 3`."""
        return signal.Signals(-self.exit_code).name if self.exit_code < 0 else f"exit status {self.exit_code}"


class Pool:
    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._idle: list[_Worker] = []

    def run(
        self,
        function: Callable[[Job, Say], Result],
        queue: deque[Job],
        heard: Callable[[Job, str], None] = lambda job, doing: None,
    ) -> Generator[tuple[Job, Result | Death]]:
        """Each job with what came of it, in the order in which they end. The caller may append jobs meanwhile.

        `heard` is given a job and what it says it is at. What `function` raises is raised here. Closing the generator
        ends the processes that are at work, politely at first: a training writes a checkpoint.
        """
        busy: dict[Connection, tuple[_Worker, Job]] = {}
        try:
            while queue or busy:
                while queue and len(busy) < self._workers:
                    worker = self._idle.pop() if self._idle else _Worker()
                    job = queue.popleft()
                    busy[worker.connection] = worker, job
                    worker.begin(function, job)
                for connection in wait(list(busy)):
                    worker, job = busy[connection]  # type: ignore[index]  # wait returns what it was given
                    outcome = worker.receive()
                    if outcome is None:
                        heard(job, worker.doing)
                        continue
                    del busy[connection]  # type: ignore[arg-type]
                    if isinstance(outcome, Death):
                        yield job, outcome
                        continue
                    self._idle.append(worker)
                    if outcome.error:
                        raise outcome.error
                    yield job, outcome.result
        finally:
            _end([worker.process for worker, _ in busy.values()])  # of a caller that stopped listening


@cache
def pool(workers: int) -> Pool:
    """One for the program."""
    return Pool(workers)


def _end(processes: Sequence[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _PATIENCE
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        process.kill()


@dataclass(frozen=True)
class _Outcome:
    result: Any = None
    error: Exception | None = None


class _Worker:
    def __init__(self) -> None:
        self.connection, theirs = context().Pipe()
        self.process = context().Process(target=_work, args=(theirs, dict(os.environ)), daemon=True)
        begin()
        with single_threaded():
            self.process.start()
        theirs.close()
        self.doing = "starting"

    def begin(self, function: Callable[[Any, Say], Any], job: Any) -> None:
        with suppress(BrokenPipeError):  # it died while it was idle: `receive` says so
            self.connection.send((function, job))

    def receive(self) -> _Outcome | Death | None:
        """None where it only said what it is doing."""
        try:
            message: str | _Outcome = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            return Death(self.process.exitcode or 0, self.doing)
        if isinstance(message, str):
            self.doing = message
            return None
        return message


def _work(connection: Connection, environment: Mapping[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its processes
    adopt(environment)
    Thread(target=_die_with_parent, daemon=True).start()
    # A bar in here (faster-whisper's) would make a semaphore, of which Python complains once this process was killed.
    tqdm.set_lock(RLock())
    while True:
        try:
            function, job = connection.recv()
        except EOFError:  # the parent is done
            return
        try:
            outcome = _Outcome(function(job, connection.send))
        except KeyboardInterrupt:  # of a training that was ended, and has written its checkpoint
            return
        except Exception as error:  # noqa: BLE001  # raised again by the parent process
            error.add_note(traceback.format_exc())
            outcome = _Outcome(error=error)
        try:
            connection.send(outcome)
        except (TypeError, AttributeError, PicklingError) as error:  # an error of somebody's that cannot be pickled
            connection.send(_Outcome(error=RuntimeError(f"{outcome.error or error!r}")))


def _die_with_parent() -> None:
    """Otherwise a process would finish its job after its parent was killed, beside a new run of the same."""
    parent_process().join()  # type: ignore[union-attr]  # a worker has one
    os._exit(1)
