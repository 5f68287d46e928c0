"""Can phones be told apart by a tokenizer's tokens?

    python recipes/abx.py -t lyra -t audiotok-rvq --item dev-clean.item --audio ~/LibriSpeech/dev-clean

Takes an item file, as ZeroSpeech and Libri-Light publish them, and the recordings that it is about, for no bundled data
have phones with their times. Per tokenizer the ABX error within and across speakers: of its codes, by edit distance,
and of its embeddings where it has them, by warped angle; 50 % is chance. Resumes where it was stopped.
"""

from pathlib import Path
from typing import Annotated

import typer

from audiotok.cli.options import Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.abx import TASK, ABXOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    item: Annotated[Path, typer.Option(help="Item file, one line per phone: file, times, phone, neighbours, speaker.")],
    audio: Annotated[Path, typer.Option(help="Folder of the recordings.")],
    options: ABXOptions,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    show(run(TASK, tokenizer, f"{item}:{audio}", Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
