"""What does it cost to refuse a folder that is made to be slow? Each within 2 s of processor time and 200 MB.

    python benchmarks/refusals.py

Each folder is checked in a process of its own; time and memory are what the check adds to a process that has loaded
everything and checked the honest row. The exit status is 1 where a folder is accepted or costs more.
"""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from audiotok.cli.options import start
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.parse import CARD, CONFORMANCE, ENVIRONMENT, MAX_CARD_BYTES, results_limit
from audiotok.results.frame import RESULTS

ROW = Path(__file__).parents[1] / "leaderboard" / "submissions" / "codec2-mode-700"
MOST_SECONDS, MOST_BYTES = 2.0, 200 << 20


def brackets(folder: Path) -> None:
    (folder / CARD).write_text("title: " + "[" * 30_000)


def full_card(folder: Path) -> None:
    (folder / CARD).write_text("title: " + "[" * (MAX_CARD_BYTES - 10))


def newlines(folder: Path) -> None:
    (folder / RESULTS).write_text("\n" * (4 << 20))


def full_of_newlines(folder: Path) -> None:
    (folder / RESULTS).write_text("\n" * (results_limit(RESULTS) - 1))


def unknown_metrics(folder: Path) -> None:
    line = json.loads((folder / RESULTS).read_text(encoding="utf-8").splitlines()[0])
    small = line | {"scores": [], "failures": {}, "undefined": {}, "groups": {}}
    with (folder / RESULTS).open("w", encoding="utf-8") as file:
        for number in range(125_000):
            if file.tell() > results_limit(RESULTS) - 4096:
                break
            file.write(json.dumps(small | {"metric": f"metric{number}"}) + "\n")


def nested_report(folder: Path) -> None:
    (folder / CONFORMANCE).write_text('{"findings": ' + "[" * 200_000)


def long_numbers(folder: Path) -> None:
    (folder / ENVIRONMENT).write_text('{"parameters": ' + "9" * 500_000 + "}")


HOSTILE: dict[str, Callable[[Path], None]] = {
    "a card of 30,000 [": brackets,
    "a card of [ up to its limit": full_card,
    "4 MB of newlines as results": newlines,
    "results of newlines up to their limit": full_of_newlines,
    "125,000 unknown metrics": unknown_metrics,
    "a report of 200,000 [": nested_report,
    "a number of 500,000 digits": long_numbers,
}


def used() -> tuple[float, int]:
    """Processor time in seconds, and the largest memory in bytes, of this process so far."""
    return time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(name: str) -> None:
    """Print seconds, bytes, problems and the characters of them."""
    with TemporaryDirectory() as scratch:
        folder = shutil.copytree(ROW, Path(scratch) / ROW.name)
        check(folder, {})  # loads what a check needs
        HOSTILE[name](folder)
        seconds, size = used()
        problems = check(folder, {})
        after, most = used()
    text = "\n".join(str(problem) for problem in problems)
    print(json.dumps([after - seconds, most - size, len(problems), len(text), text[:160]]))


def main() -> None:
    """Check each folder and print what it cost."""
    bad = False
    for name in HOSTILE:
        program = f"import runpy; runpy.run_path({__file__!r})['measure']({name!r})"
        run = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
        seconds, size, problems, characters, text = json.loads(run.stdout.splitlines()[-1])
        over = seconds > MOST_SECONDS or size > MOST_BYTES or not problems
        bad |= over
        said = f"{problems} problems, {characters} characters: {text.splitlines()[0] if text else 'accepted'}"
        typer.echo(f"{'OVER' if over else 'ok':5}{name:40}{seconds:6.2f} s {size / 2**20:6.0f} MB  {said[:120]}")
    if bad:
        raise typer.Exit(1)


if __name__ == "__main__":
    start(main)
