"""This end of the conversation with a worker."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from typing import Any, BinaryIO

from torch import Tensor

from audiotok import errors
from audiotok.errors import AudiotokError, InvalidOption, MachineTrouble, MissingDependency, TokenizerFailed
from audiotok.isolated import wire
from audiotok.isolated.environments import IN_WORKER, Environment

#: Exit statuses of a process that was killed from outside.
KILLED = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


TIMEOUT = "AUDIOTOK_WORKER_TIMEOUT"
DEFAULT_TIMEOUT = 3600.0  # seconds: a first call may download weights
#: Names of variables that hold what opens something.
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH(?!OR)", re.IGNORECASE)
_TAIL = 2000  # bytes of a dead worker's standard error that are shown


def timeout() -> float:
    """Seconds that an answer may take; 0 for no limit. Raises InvalidOption."""
    text = os.environ.get(TIMEOUT, str(DEFAULT_TIMEOUT))
    try:
        seconds = float(text)
    except ValueError as error:
        raise InvalidOption(f"{TIMEOUT} must be seconds, got {text!r}") from error
    return max(0.0, seconds)


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Without tokens, keys and passwords: the packages of another environment need none of the user's."""
    return {name: value for name, value in environment.items() if not _SECRET.search(name)}


class Worker:
    """A process in an environment: started by the first call, and again by the first after one that ended it.

    It ends with `close`, with this object and with this process, however that ends.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.num_parameters = 0  # of what was loaded there; a tokenizer counts those of the runtimes that it holds
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._end: Any = None  # calls _Running.end, at the latest when this object or the interpreter goes

    @property
    def pid(self) -> int | None:
        return self._running.process.pid if self._running else None

    def call(self, name: str, tensors: Mapping[str, Tensor] | None = None, **arguments: Any) -> wire.Message:
        """The worker's answer. Raises the audiotok error that it raised, TokenizerFailed for any other and where
        the process died, MachineTrouble where it was killed, MissingDependency where it cannot be started.
        """
        with self._lock:
            running = self._started()
            try:
                running.connection.sendall(wire.pack({"call": name, **arguments}, tensors))
                reply = wire.unpack(running.read)
            except TimeoutError as error:
                running.kill()
                self.close()
                raise TokenizerFailed(
                    f"{self._place} gave {error} in {name} and was stopped; if its work takes longer, set {TIMEOUT} "
                    f"to more seconds, or to 0 for no limit{running.last_words()}"
                ) from error
            except (EOFError, ConnectionError) as error:
                # A tokenizer may crash; to be killed is done to it, as by a system that is out of memory.
                kind = MachineTrouble if running.status() in KILLED else TokenizerFailed
                self.close()
                raise kind(f"{self._place} died in {name}{running.last_words()}") from error
            except BaseException:  # Ctrl-C: what the worker says next would be taken for another call's answer
                self.close()
                raise
        if "error" in reply.header:
            raise _error(reply.header["error"])(reply.header["message"])
        return reply

    def close(self) -> None:
        if self._end:
            self._end()
        self._running = self._end = None

    @property
    def _place(self) -> str:
        return f"the process in the environment {self.environment.name} ({self.environment.folder})"

    def _started(self) -> _Running:
        if self._running and self._running.owner == os.getpid():  # a fork shares the socket: it starts its own
            return self._running
        running = self._running = _Running(self.environment)
        self._end = weakref.finalize(self, running.end)
        try:
            protocol = wire.unpack(running.read).header["protocol"]
        except (EOFError, ConnectionError, TimeoutError) as error:
            running.kill()
            self.close()
            raise MissingDependency(
                f"{self._place} does not start; create it again with: audiotok env remove {self.environment.name}, "
                f"audiotok env make {self.environment.name}{running.last_words()}"
            ) from error
        except BaseException:
            self.close()
            raise
        if protocol != wire.PROTOCOL:
            self.close()
            raise MissingDependency(
                f"{self._place} uses protocol {protocol}, this audiotok {wire.PROTOCOL}; update it with: audiotok env "
                f"remove {self.environment.name}, audiotok env make {self.environment.name}"
            )
        return running


class _Running:
    def __init__(self, environment: Environment) -> None:
        self.owner = os.getpid()
        self.connection, theirs = socket.socketpair()
        self._errors: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  # open for as long as the process runs
        # -I: neither PYTHONPATH nor the working folder may bring this environment's packages into that one.
        command = [str(environment.python), "-I", "-m", "audiotok.isolated.worker", str(theirs.fileno())]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                env=clean(os.environ) | {IN_WORKER: environment.name},
                start_new_session=True,  # Ctrl-C is for this process, which ends that one
            )
        except OSError as error:
            self.connection.close()
            raise MissingDependency(f"{environment.python} cannot be run ({error})") from error
        finally:
            theirs.close()

    def read(self, count: int) -> bytes:
        """Raises TimeoutError where nothing comes for as long as an answer may take."""
        data = bytearray()
        limit = timeout()
        last = time.monotonic()
        ready = select.poll()
        ready.register(self.connection, select.POLLIN)
        while len(data) < count:
            if ready.poll(1000):
                chunk = self.connection.recv(min(count - len(data), 1 << 20))
                if not chunk:
                    raise EOFError
                data += chunk
                last = time.monotonic()
            elif limit and time.monotonic() - last > limit:
                raise TimeoutError(f"no answer for {limit:g} s")
            elif self.process.poll() is not None:  # a child that it forked may hold the socket open
                raise EOFError
        return bytes(data)

    def status(self) -> int | None:
        """Exit status of a process whose socket has closed; None where it goes on all the same."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        return self.process.returncode

    def kill(self) -> None:
        """At once, with what it started: it is in a session of its own."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Idle, it leaves by itself; in the midst of an answer it is not waited for."""
        self.connection.close()
        if self.owner != os.getpid():
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        self.process.kill()
        self.process.wait()

    def last_words(self) -> str:
        """For the end of an error's message, once the process has ended."""
        size = os.fstat(self._errors.fileno()).st_size
        tail = os.pread(self._errors.fileno(), _TAIL, max(0, size - _TAIL)).decode(errors="replace").strip()
        return f" (exit status {self.process.returncode}); its last output:\n{tail or 'nothing'}"


@functools.cache
def _error(name: str) -> type[AudiotokError]:
    found = getattr(errors, name, None)
    return found if isinstance(found, type) and issubclass(found, AudiotokError) else TokenizerFailed
