"""Which codes stay the same when the audio hardly changes? A language model learns what is stable.

    python recipes/stability.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

Every clip is encoded as it is, then shifted by half a frame, made quieter, with noise, resampled, through Opus, and
decoded and encoded again and again. Per change: the share of equal codes, and the edit distance with runs collapsed;
per generation also how far the audio drifts from the original. Needs no labels. Scores of each codebook are in the
results file. Goes on where it was stopped.
"""

from pathlib import Path
from typing import Annotated

import typer

from audiotok import data, registry
from audiotok.cli.options import DataName, Device, Retry, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.data.manifest import Manifest
from audiotok.results import record
from audiotok.runs.folder import open_folder
from audiotok.tasks.stability import measure


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "mini",
    generations: Annotated[int, typer.Option(min=1, help="Times to decode and encode again.")] = 5,
    clips: Annotated[int, typer.Option(min=0, help="Only so many of each domain; 0 for all.")] = 0,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    retry: Retry = False,
) -> None:
    manifest = data.load(data_name)
    if clips:
        chosen = [clip for domain in ("speech", "music", "audio") for clip in list(manifest.domain(domain))[:clips]]
        manifest = Manifest.of(f"{manifest.name}-first-{clips}", chosen, manifest.root)
    for clip, reason in data.fetch(manifest).items():
        typer.secho(f"{clip} cannot be had: {reason}", fg="yellow", err=True)
    results = []
    for identifier in tokenizer:
        system = registry.load(identifier, device)
        folder = open_folder(runs, system, manifest)
        measured = measure(system, manifest, folder, generations, retry=retry)
        record.write(folder.results("stability"), measured)
        results += measured
    show(result for result in results if "_codebook_" not in result.metric)


if __name__ == "__main__":
    start(main)
