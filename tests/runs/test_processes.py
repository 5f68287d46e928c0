"""Processes come from a server that has imported torch, have one thread, and the program's variables of now."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audiotok.runs.processes import SINGLE_THREADED, single_threaded

PROGRAM = """
import os, sys
from audiotok.runs.processes import adopt, begin, context

def look(connection, environment):
    imported = "torch" in sys.modules and "scipy.signal" in sys.modules
    adopt(environment)
    import torch
    from threadpoolctl import threadpool_info
    threads = {library["num_threads"] for library in threadpool_info()} | {torch.get_num_threads()}
    connection.send((imported, threads, os.environ.get("AUDIOTOK_OF_NOW"), os.environ["OMP_NUM_THREADS"]))

if __name__ == "__main__":
    begin()
    os.environ["AUDIOTOK_OF_NOW"] = "now"
    here, there = context().Pipe()
    process = context().Process(target=look, args=(there, dict(os.environ)))
    process.start()
    print(*here.recv())
    process.join()
"""


def test_a_process_has_what_it_needs_imported_one_thread_and_the_variables_of_now(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("True {1} now 1\n", "")


def test_ctrl_c_while_the_server_imports_prints_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import time\nfrom audiotok.runs.processes import begin\nif __name__ == '__main__':\n    begin()\n"
        "    print('begun', flush=True)\n    try:\n        time.sleep(60)\n"
        "    except KeyboardInterrupt:\n        pass\n"
    )
    running = subprocess.Popen(
        [sys.executable, tmp_path / "program.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A program that was started in the background ignores Ctrl-C, and so do those that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert running.stdout
    assert running.stdout.readline() == "begun\n"
    time.sleep(0.5)  # the server has begun to import
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate(timeout=60)[1] == ""
    assert running.returncode == 0


def test_the_program_itself_keeps_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with single_threaded():
        assert {name: os.environ[name] for name in SINGLE_THREADED} == dict.fromkeys(SINGLE_THREADED, "1")
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ
