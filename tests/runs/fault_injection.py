"""Runs the cheap recipe with a fault at a chosen file operation, then again without, and compares the files.

    python tests/runs/fault_injection.py FOLDER POINT/FAULT …     e.g. 0.2/kill 0.4/full: the share of the run;
                                                          every/N for N faults all over it; 0/twice for two at once

FOLDER holds vowels/vowels.jsonl. An undisturbed run counts its file operations (opening a file to write, fsync, rename,
unlink; in workers too). Each disturbed run is a process of its own, forked so that its imports cost nothing, and its
workers are forked from it. Prints a JSON list with what came of each point.
"""

from __future__ import annotations

import contextlib
import errno
import json
import mmap
import multiprocessing
import os
import shutil
import signal
import struct
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import scipy.signal  # noqa: F401  # as a run does: each process is then forked with it
import torch

spawn_or_fork = multiprocessing.get_context
multiprocessing.get_context = lambda method=None: spawn_or_fork("fork")  # workers inherit the fault and the counter

from audiotok.data import Manifest  # noqa: E402
from audiotok.errors import AudiotokError  # noqa: E402
from audiotok.files.provenance import commit  # noqa: E402
from audiotok.metrics import catalogue  # noqa: E402
from audiotok.results.recipe import Recipe  # noqa: E402
from audiotok.runs import processes  # noqa: E402
from audiotok.runs.run import Run  # noqa: E402

FAULTS = ("kill", "full", "denied", "memory", "interrupt")
METRICS = ("si_sdr", "si_sdr_aligned", "mel_distance", "clipped", "bitrate", "codebook_use", "rtf_encode")


class Counter:
    """File operations of a process and its workers; two at once may be counted as one, which moves a fault by one."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 16)

    def next(self) -> int:
        number = int.from_bytes(self._shared[:8], "little") + 1
        self._shared[:8] = number.to_bytes(8, "little")
        return number

    def strike(self) -> None:
        self._shared[8:] = struct.pack("d", time.monotonic())

    def since_strike(self) -> float | None:
        (struck,) = struct.unpack("d", self._shared[8:])
        return time.monotonic() - struck if struck else None


def inject(fault: str, point: int, counter: Counter) -> None:
    """From the numbered file operation on, every one in this process and those it forks meets the fault."""
    main = os.getpid()

    def strike(operation: str) -> None:
        number = counter.next()
        if number == point and fault == "kill":
            os.killpg(main, signal.SIGKILL)
        if number == point and fault == "interrupt":
            counter.strike()
            os.killpg(main, signal.SIGINT)  # as a terminal does
        if number >= point and fault == "full" and operation in ("open", "fsync"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if number >= point and fault == "denied":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if number >= point and fault == "memory":
            raise MemoryError

    def struck(operation: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def with_fault(*args: Any, **kwargs: Any) -> Any:
            strike(operation)
            return call(*args, **kwargs)

        return with_fault

    real_open = os.open

    def open_with_fault(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and not str(path).endswith(".lock"):
            strike("open")
        return real_open(path, flags, *args, **kwargs)

    os.open = open_with_fault
    os.replace, os.fsync = struck("rename", os.replace), struck("fsync", os.fsync)
    os.unlink = struck("unlink", os.unlink)
    Path.touch = struck("open", Path.touch)  # type: ignore[method-assign]


def forked(work: Callable[[], None], patience: float = 120) -> str:
    """How a process of its own ends that does the work."""
    started = time.monotonic()
    sys.stdout.flush()
    if not (pid := os.fork()):
        os.setpgid(0, 0)
        torch.set_num_threads(1)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        try:
            work()
        except KeyboardInterrupt:
            code = 130
        except AudiotokError as error:
            print(error, file=sys.stderr)
            code = 1
        except BaseException:  # noqa: BLE001  # reported as a crash
            traceback.print_exc()
            code = 3
        else:
            code = 0
        # As a Python program ends: it waits for its workers, unless they are gone.
        os._exit(code) if code == 0 else sys.exit(code)
    while time.monotonic() - started < patience:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            kill_group(pid)
            return describe(os.waitstatus_to_exitcode(status))
        time.sleep(0.02)
    kill_group(pid)
    os.waitpid(pid, 0)
    return "hung"


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def describe(code: int) -> str:
    return {0: "ended well", 1: "one error", 130: "interrupted", -9: "killed"}.get(code, f"crashed ({code})")


def evaluate(manifest: Path, runs: Path) -> None:
    warnings.simplefilter("ignore")
    Run(Manifest.load(manifest), Recipe("cheap", 1, METRICS), runs, workers=1).evaluate("mulaw")


def twice(manifest: Path, runs: Path) -> None:
    """Two processes that do the same at once. Raises ChildProcessError unless both end well."""
    other = os.fork()
    evaluate(manifest, runs)
    if not other:
        os._exit(0)
    _, status = os.waitpid(other, 0)
    if status:
        raise ChildProcessError(f"the other process ended with {os.waitstatus_to_exitcode(status)}")


def contents(runs: Path) -> dict[str, bytes]:
    """All that is kept but times."""
    paths = (path for path in runs.rglob("*") if path.is_file() and "timings" not in str(path))
    return {str(path.relative_to(runs)): path.read_bytes() for path in paths if path.name[0] != "."}


def main(folder: Path, points: list[str]) -> None:
    manifest, counter = folder / "vowels" / "vowels.jsonl", Counter()
    undisturbed = folder / "undisturbed"
    commit()  # asked for once: the program is the same in all runs
    for name in METRICS:  # and their modules are opened once
        catalogue.get(name)

    def count() -> None:
        inject("none", 0, counter)
        evaluate(manifest, undisturbed)

    if (how := forked(count)) != "ended well":
        sys.exit(f"the undisturbed run {how}")
    total, expected = counter.next() - 1, contents(undisturbed)
    chosen = []
    for point in points:
        number, fault = point.split("/")
        if number == "every":
            many = int(fault)
            chosen += [(1 + i * total // many, FAULTS[i % len(FAULTS)]) for i in range(many)]
        else:
            chosen.append((max(1, round(float(number) * total)), fault))
    found = []
    for number, fault in chosen:
        runs = folder / "disturbed"
        shutil.rmtree(runs, ignore_errors=True)

        counter = Counter()

        def disturbed(number: int = number, fault: str = fault, counter: Counter = counter, runs: Path = runs) -> None:
            if fault == "twice":
                twice(manifest, runs)
                return
            inject(fault, number, counter)
            evaluate(manifest, runs)

        how, seconds = forked(disturbed), counter.since_strike()
        again = forked(lambda runs=runs: evaluate(manifest, runs))  # type: ignore[misc]
        after = contents(runs)
        differing = sorted(name for name in expected.keys() | after.keys() if expected.get(name) != after.get(name))
        found.append({"point": number, "fault": fault, "how": how, "seconds_after_ctrl_c": seconds})
        found[-1] |= {"again": again, "differing": differing}
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    print(json.dumps({"operations": total, "points": found}))


if __name__ == "__main__":
    if processes.get_context is not multiprocessing.get_context:
        sys.exit("expected processes to take their start method from multiprocessing.get_context")
    main(Path(sys.argv[1]), sys.argv[2:])
