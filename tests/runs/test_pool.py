"""The pool returns every job with its result, and says how a process ended."""

import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.runs.pool import Death, Pool

JOBS = """
import os, signal, time
from pathlib import Path

def job(number, say):
    if isinstance(number, str):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            say("waiting")
            time.sleep(60)
        except KeyboardInterrupt:
            Path(number).write_text("kept")
            raise
    say(f"doubling {number}")
    if number == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == 4:
        os._exit(7)
    if number == 5:
        raise ValueError("five is right out")
    return 2 * number, os.environ["OMP_NUM_THREADS"]
"""


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    (tmp_path / "jobs_of_the_pool.py").write_text(JOBS)
    monkeypatch.syspath_prepend(tmp_path)
    import jobs_of_the_pool  # type: ignore[import-not-found]

    return jobs_of_the_pool.job


def test_every_job_comes_back_with_its_result_from_a_single_threaded_process(job) -> None:
    assert sorted(Pool(2).run(job, deque([1, 2, 6]))) == [(1, (2, "1")), (2, (4, "1")), (6, (12, "1"))]


def test_a_death_names_its_signal_and_what_was_being_done_and_costs_no_other_job(job) -> None:
    outcomes = dict(Pool(2).run(job, deque([1, 3, 4, 2])))
    assert outcomes[3] == Death(-signal.SIGSEGV, "doubling 3")
    assert outcomes[3].cause == "SIGSEGV"
    assert outcomes[4].cause == "exit status 7"
    assert (outcomes[1][0], outcomes[2][0]) == (2, 4)


def test_jobs_may_be_appended_while_others_run(job) -> None:
    queue, seen = deque([1]), []
    for number, _ in Pool(1).run(job, queue):
        seen.append(number)
        if number == 1:
            queue.append(2)
    assert seen == [1, 2]


def test_what_a_job_raises_is_raised_with_its_traceback_and_the_pool_lives_on(job) -> None:
    pool = Pool(1)
    with pytest.raises(ValueError, match="five is right out") as raised:
        list(pool.run(job, deque([5])))
    assert "jobs_of_the_pool.py" in raised.value.__notes__[0]
    assert list(pool.run(job, deque([1]))) == [(1, (2, "1"))]


def test_results_that_nobody_waited_for_are_not_given_to_the_next_caller(job) -> None:
    pool = Pool(2)
    first = pool.run(job, deque([1, 2, 6]))
    next(first)
    first.close()
    assert sorted(pool.run(job, deque([7, 8]))) == [(7, (14, "1")), (8, (16, "1"))]


def test_what_a_job_says_it_is_at_is_heard_while_it_is(job) -> None:
    heard: list[tuple[int, str]] = []
    list(Pool(2).run(job, deque([1, 2]), lambda *said: heard.append(said)))
    assert sorted(heard) == [(1, "doubling 1"), (2, "doubling 2")]


def test_a_job_that_is_stopped_may_keep_what_it_has(
    job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "checkpoint"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(Pool(1).run(job, deque([str(kept)]), stop))
    assert kept.read_text() == "kept"
    assert capfd.readouterr().err == ""


def test_a_process_that_died_while_idle_is_a_death(job) -> None:
    pool = Pool(1)
    list(pool.run(job, deque([1])))
    pool._idle[0].process.kill()
    while pool._idle[0].process.is_alive():
        time.sleep(0.01)
    ((_, outcome),) = pool.run(job, deque([2]))
    assert outcome.cause == "SIGKILL"


PROGRAM = """
from collections import deque
from tqdm import tqdm
from audiotok.runs.pool import pool

def job(number, say):
    return list(tqdm([number], disable=True))

if __name__ == "__main__":
    print(list(pool(1).run(job, deque([1]))))
"""


def test_a_bar_in_a_job_leaves_nothing_to_complain_of(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[(1, [1])]\n", "")
