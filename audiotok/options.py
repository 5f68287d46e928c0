"""Command-line options that recipes and the `audiotok` command share, so that they read and behave the same.

if __name__ == "__main__":
    start(main)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from audiotok.errors import AudiotokError

CORES = os.cpu_count() or 1


def _checked(identifiers: list[str]) -> list[str]:
    """All of them before work on the first is begun. Raises InvalidOption, UnknownName."""
    from audiotok import registry

    return [registry.canonical(identifier) for identifier in identifiers]


TokenizerNames = Annotated[
    list[str],
    typer.Option(
        "--tokenizer", "-t", help="Identifier, as in codec2:mode=2400; repeat for several.", callback=_checked
    ),
]
TokenizerName = Annotated[str, typer.Option("--tokenizer", "-t", help="Identifier, as in codec2:mode=2400.")]
DataName = Annotated[str, typer.Option("--data", help="mini, small, librispeech:FOLDER, or a manifest of your own.")]
RunsFolder = Annotated[Path, typer.Option("--runs", help="Where tokens, audio, scores and results are kept.")]
Device = Annotated[str, typer.Option("--device", help="Where tokenizers run: cpu, cuda, cuda:1 …")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes that score.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try clips again whose failure is on record.")]


def start(command: typer.Typer | Callable[..., Any]) -> None:
    """Run a command line; what audiotok raises on purpose is one red line and exit status 1, not a traceback."""
    if not isinstance(command, typer.Typer):
        function, command = command, typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        command.command()(function)
    try:
        command()
    except AudiotokError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(1)
