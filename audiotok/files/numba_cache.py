"""Code that numba compiles, read from a cache of our own that one process fills once.

    LIBROSA = Kernels("librosa", ("librosa",), "audiotok.metrics.kernels:call_librosa")
    with compiled(LIBROSA):
        import librosa.sequence

numba by itself keeps machine code beside the package, without a lock: of two processes that write at once, one can
leave code under the other's name, and every later process that calls it dies of SIGSEGV. Here the first process that
needs a package's kernels waits for a subprocess which calls all of them and writes to a folder of its own; the folder
is renamed when it is complete, and nobody writes to it afterwards. What a complete folder lacks is compiled in memory.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from threading import Thread
from typing import Any

from audiotok.files.assets import cache_folder
from audiotok.files.download import lock
from audiotok.files.installed import version
from audiotok.files.progress import note

_FILLING = "AUDIOTOK_NUMBA_FILLING"  # environment variable of the subprocess: the folder that it fills
_protected: set[Path] = set()  # complete folders that this process reads


@dataclass(frozen=True)
class Kernels:
    """Functions of some packages that numba compiles, and a function that calls all of them."""

    name: str
    packages: tuple[str, ...]  # top-level packages or own modules whose files are compiled
    call: str  # "module:function", run in a process of its own


@contextmanager
def compiled(kernels: Kernels) -> Iterator[None]:
    """Modules imported in this block read their compiled code from our cache; it is filled first where it is empty.

    numba decides where code is kept when a function is decorated, so only the import has to be in the block. Code of
    others that is imported elsewhere keeps its own place.
    """
    if importlib.util.find_spec("numba") is None:
        yield  # whoever needs it says so
        return
    from numba.core import config

    folder = _filled(kernels)
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


def begin_to_fill(kernels: Kernels) -> None:
    """Fill the cache beside what this process does, which waits only where it needs them."""
    if importlib.util.find_spec("numba") is not None:
        Thread(target=_filled, args=(kernels,), daemon=True).start()


def discard() -> None:
    """Throw away all that was compiled; it is compiled again where it is needed next."""
    for folder in (cache_folder() / "numba").glob("[!.]*"):  # not what another process is filling
        aside = folder.with_name(f".discarded.{os.getpid()}.{folder.name}")
        with suppress(FileNotFoundError):  # another process was faster
            folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)


def fill(folder: Path, call: str) -> None:
    """In the subprocess: call what is to be compiled, with numba writing to `folder`."""
    module, function = call.split(":")
    getattr(importlib.import_module(module), function)()
    folder.mkdir(parents=True, exist_ok=True)


def _filled(kernels: Kernels) -> Path:
    """The complete folder of these kernels on this machine."""
    if filling := os.environ.get(_FILLING):
        return Path(filling)
    folder = cache_folder() / "numba" / f"{kernels.name}-{_key(kernels)}"
    _protect(folder)
    if folder.is_dir():
        return folder
    try:
        with lock(cache_folder(), f"numba-{kernels.name}"):
            if not folder.is_dir():
                _fill(kernels, folder)
    except OSError as error:
        warnings.warn(
            f"the compiled code of {kernels.name} cannot be cached ({error}), so every process compiles it again; set "
            "AUDIOTOK_CACHE to a writable folder",
            stacklevel=4,
        )
    return folder


def _fill(kernels: Kernels, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    for abandoned in folder.parent.glob(f".{kernels.name}.*"):  # by a process that was killed: we hold the lock
        shutil.rmtree(abandoned, ignore_errors=True)
    partial = folder.with_name(f".{kernels.name}.{os.getpid()}")
    note(f"compiling {kernels.name}'s kernels, once (some seconds)")
    script = f"from audiotok.files.numba_cache import fill, Path; fill(Path({str(partial)!r}), {kernels.call!r})"
    environment = {**os.environ, _FILLING: str(partial), "NUMBA_CACHE_DIR": str(partial)}
    made = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        last = (made.stderr.strip().splitlines() or [f"exit status {made.returncode}"])[-1]
        warnings.warn(
            f"every process compiles the kernels of {kernels.name}, since compiling them ahead of time failed: {last}",
            stacklevel=5,
        )
        return
    partial.rename(folder)


@cache
def _key(kernels: Kernels) -> str:
    """Changes with whatever numba would not take old code for: versions, the processor, the packages' files."""
    import llvmlite.binding

    facts = [sys.version, llvmlite.binding.get_host_cpu_name(), str(llvmlite.binding.get_host_cpu_features().flatten())]
    for package in ("numba", "llvmlite", "numpy", *kernels.packages):
        with suppress(PackageNotFoundError):
            facts.append(f"{package} {version(package)}")
    for package in kernels.packages:
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            state = Path(spec.origin).stat()
            facts.append(f"{spec.origin} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def _protect(folder: Path) -> None:
    """From now on this process writes nothing that numba compiled into `folder`."""
    _protected.add(folder)
    _stop_writing()


@cache
def _stop_writing() -> None:
    """numba has no option for a cache that is only read."""
    from numba.core.caching import Cache

    save = Cache.save_overload

    def save_overload(self: Any, signature: Any, data: Any) -> None:
        if not any(Path(self.cache_path).is_relative_to(folder) for folder in _protected):
            save(self, signature, data)

    Cache.save_overload = save_overload  # type: ignore[method-assign]
