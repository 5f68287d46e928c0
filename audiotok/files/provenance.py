"""Provenance of a number: package versions, commit, hardware. Stands beside a result, never in its signature."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import torch

from audiotok._version import __version__
from audiotok.files.installed import version


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of the named distributions and of audiotok itself; a missing one is said to be missing."""
    found = {"audiotok": commit()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache
def commit() -> str:
    """`0.1.0+1a2b3c4`, with `.dirty` where the checkout was changed; the bare version outside a checkout."""
    here = Path(__file__).parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=.dirty", "--exclude=*"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return __version__
    return f"{__version__}+{described.stdout.strip()}"


def hardware(device: torch.device | str = "cpu") -> str:
    """The hardware behind a torch device: "8 × AMD EPYC 7763, 4 torch threads", or the name of its GPU.

    The processor computes on "cpu" also where there is a GPU. The threads are those of this moment in this process.
    """
    place = torch.device(device)
    if place.type == "cuda":
        return torch.cuda.get_device_name(place)
    cores = f"{os.cpu_count()} × {_processor()}, {torch.get_num_threads()} torch threads"
    return cores if place.type == "cpu" else f"{place.type} on {cores}"


@cache
def _processor() -> str:
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    return name
