"""Processes of one thread each, forked from a server that has imported what they need.

A process that Python starts anew imports torch for seconds before it does anything. The server is Python's own
(`multiprocessing`'s forkserver): it holds modules only, so that what is forked from it inherits no model, no thread and
no GPU. It is started with the first process, or before, by `begin`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver, get_all_start_methods, get_context, resource_tracker
from multiprocessing.context import ForkServerContext, SpawnContext

#: Variables of a process in which no library starts threads of its own.
SINGLE_THREADED = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
_IMPORTED = ("torch", "scipy.signal", "threadpoolctl", "audiotok.runs.score")


@cache
def context() -> ForkServerContext | SpawnContext:
    """The way that processes are started by: with a server, where the system has one."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    found = get_context("forkserver")
    found.set_forkserver_preload(list(_IMPORTED))
    return found


def begin() -> None:
    """Start the server, which imports meanwhile; nothing where it is running."""
    if context().get_start_method() == "forkserver":
        # Ctrl-C reaches the whole group, and the server would print a traceback of what it is importing. It is started
        # after the tracker, which would unblock the signal.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with single_threaded():
                forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def single_threaded() -> Iterator[None]:
    """Libraries read their thread counts as they load, so that processes must be born with the variables set."""
    before = {name: os.environ.get(name) for name in SINGLE_THREADED}
    os.environ.update(SINGLE_THREADED)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def adopt(environment: Mapping[str, str]) -> None:
    """In a process: take the environment of the program, whose variables may have changed since the server began.

    The server may also be another one of the program's, with threads.
    """
    import torch
    from threadpoolctl import threadpool_limits

    os.environ.clear()
    os.environ.update(environment, **SINGLE_THREADED)
    threadpool_limits(limits=1)
    torch.set_num_threads(1)
    _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Freed memory stays with the process, where the C library can be told so (glibc).

    Arrays of some megabytes come and go with every clip, and fetching their pages anew takes a tenth of the time that
    reading takes.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)  # the largest that it takes
        libc.mallopt(_M_TRIM_THRESHOLD, 256 << 20)
