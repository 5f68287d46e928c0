"""`audiotok results`: what earlier runs have left."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from audiotok.cli.options import RunsFolder, print_json


def results(
    runs: RunsFolder = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object per file.")] = False,
) -> None:
    """List the results of earlier runs: data set, recipe, tokenizer, number of scores, date and file."""
    from audiotok.results.frame import read_files
    from audiotok.results.signature import parse
    from audiotok.results.table import align

    listed = []
    for file, found in read_files(runs):
        if not found:
            continue
        signature = parse(found[0].signature)
        listed.append(
            {
                "data": signature.data,
                "recipe": signature.recipe,
                "tokenizer": found[0].tokenizer,
                "metrics": sorted({result.metric for result in found}),
                "scores": len(found),
                "failed": sum(result.estimate is None for result in found),
                "written": datetime.fromtimestamp(file.stat().st_mtime).isoformat(sep=" ", timespec="minutes"),
                "file": str(file),
            }
        )
    if as_json:
        print_json(listed)
        return
    columns = ("data", "recipe", "tokenizer", "scores", "failed", "written", "file")
    lines = [[str(one[name]) for name in columns] for one in listed]
    typer.echo(align([list(columns), *lines], words=(0, 1, 2, 5, 6)), nl=False)
