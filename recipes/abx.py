"""Can phones be told apart by a tokenizer's tokens?

    python recipes/abx.py -t lyra -t audiotok-rvq --item dev-clean.item --audio ~/LibriSpeech/dev-clean

Takes an item file, as ZeroSpeech and Libri-Light publish them, and the recordings that it is about, for no bundled data
have phones with their times. Per tokenizer the ABX error within and across speakers: of its codes, by edit distance,
and of its embeddings where it has them, by warped angle; 50 % is chance. Goes on where it was stopped.
"""

from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok.cli.options import Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.core.identifier import slug
from audiotok.metrics.abx import GROUP, VOICES
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.abx import Task, measure


def main(
    tokenizer: TokenizerNames,
    item: Annotated[Path, typer.Option(help="File with a line per phone: file, times, phone, neighbours, speaker.")],
    audio: Annotated[Path, typer.Option(help="Folder of the recordings.")],
    group: Annotated[int, typer.Option(min=0, help="Items of one phone, context and speaker; 0 for all.")] = GROUP,
    voices: Annotated[int, typer.Option(min=0, help="Other speakers that A and B are held against; 0: all.")] = VOICES,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    task = Task.load(item.expanduser(), audio.expanduser(), group, voices)
    shown: list[Result] = []
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        folder = runs / "abx" / f"{task.name}-{task.sha256[:12]}" / slug(system.identifier)
        for clip, reason in tokenize(system, task.clips, folder / "tokens").items():
            typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
        found = measure(system, task, TokenStore(folder / "tokens"))
        record.write(folder / f"results-{group}-{voices}.jsonl", found)
        shown += found
    show(shown)


if __name__ == "__main__":
    start(main)
