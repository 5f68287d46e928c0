"""Do a tokenizer's tokens separate phones (ABX discrimination)?

    python recipes/abx.py -t lyra -t audiotok-rvq --item dev-clean.item --audio ~/LibriSpeech/dev-clean

Needs an item file, as published by ZeroSpeech and Libri-Light, and the recordings that it refers to, because no bundled
data set has time-aligned phones. For each tokenizer, prints the ABX error within and across speakers: of the codes,
with the edit distance, and of the embeddings (if the tokenizer has them), with dynamic time warping and the angular
distance. Chance level is 50 %. Resumes an interrupted run.
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
