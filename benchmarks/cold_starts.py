"""Does any process crash, now or later, where several compile at once?

    python benchmarks/cold_starts.py --rounds 20

A round begins with empty caches. Four processes start at once, each with another metric first and then all the others,
beside a fifth that uses librosa without audiotok; then all five start again and find what was compiled. A round on two
idle cores takes about a minute and a half. The exit status is 1 if any process did not end well.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from audiotok.cli.options import start

METRICS = {
    "f0": "from audiotok.metrics.f0 import f0_track; f0_track(noisy, 16000)",
    "dnsmos": "from audiotok.metrics.dnsmos import dnsmos, load; dnsmos(noisy, 16000, load())",
    "ge2e": "from audiotok.metrics.ge2e import GE2E; GE2E().embed(noisy)",
    "visqol": "from audiotok.metrics.visqol import visqol_speech; visqol_speech(tone, noisy, 16000)",
}
SIGNALS = """
import numpy as np
time = np.arange(48000) / 16000
tone = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 12)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time))
tone = (0.1 * tone).astype(np.float32)
noisy = tone + (0.001 * np.random.default_rng(0).standard_normal(len(tone))).astype(np.float32)
"""
ALONE = """
import librosa
librosa.pyin(noisy, fmin=65, fmax=500, sr=16000)
librosa.feature.melspectrogram(y=noisy, sr=16000)
librosa.util.localmin(noisy)
librosa.util.localmin(noisy.astype(float))
"""


def programs() -> dict[str, str]:
    """Name of each process -> what it runs."""
    names = list(METRICS)
    rotated = {name: names[i:] + names[:i] for i, name in enumerate(names)}
    ours = {f"{name} first": SIGNALS + "\n".join(METRICS[n] for n in order) for name, order in rotated.items()}
    return ours | {"librosa alone": SIGNALS + ALONE}


def all_at_once(folder: Path) -> list[str]:
    """Run every program; what ended badly, and how."""
    # Where numba would write by itself is the round's own, too: it is cold, and the environment stays as it is.
    environment = {**os.environ, "AUDIOTOK_CACHE": str(folder / "audiotok"), "NUMBA_CACHE_DIR": str(folder / "numba")}
    processes = {
        name: subprocess.Popen([sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE, text=True)
        for name, program in programs().items()
    }
    ended = {name: (process.communicate()[1], process.returncode) for name, process in processes.items()}
    return [f"{name}: {code}\n{said[-2000:]}" for name, (said, code) in ended.items() if code]


def main(rounds: Annotated[int, typer.Option(min=1, help="Cold starts.")] = 20) -> None:
    """Start cold again and again; exit with 1 where a process crashed."""
    bad = 0
    for number in range(1, rounds + 1):
        with TemporaryDirectory() as folder:
            for state in ("cold", "warm"):
                began = time.perf_counter()
                problems = all_at_once(Path(folder))
                bad += len(problems)
                typer.echo(f"round {number}, {state}: {time.perf_counter() - began:.0f} s, {len(problems)} ended badly")
                typer.echo("\n".join(problems), nl=False)
    if bad:
        raise typer.Exit(1)


if __name__ == "__main__":
    start(main)
