"""`audiotok check`: what a tokenizer must do, and whether its weights are the published ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audiotok.cli.options import Device
from audiotok.errors import InvalidOption


def check(
    name: Annotated[str, typer.Argument(help="Identifier of the tokenizer to check.")],
    device: Device = "cpu",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report as JSON.")] = None,
    weights: Annotated[
        bool,
        typer.Option("--weights", help="Compare the codes and decoded audio of one clip with stored golden files."),
    ] = False,
    write: Annotated[
        Path | None, typer.Option("--write", help="With --weights: write the golden files to this folder.")
    ] = None,
) -> None:
    """Run the conformance checks on a tokenizer. Exit status 1 if a check fails."""
    import audiotok
    from audiotok import conformance, registry
    from audiotok.conformance.weights import check_weights
    from audiotok.files.output import require_writable, write_output
    from audiotok.golden import codes
    from audiotok.runs.identity import describe

    if write and not weights:
        raise InvalidOption("--write records golden codes: it needs --weights")
    if write and output:
        raise InvalidOption("--write records golden codes and makes no report: leave out --output")
    if output:
        require_writable(output)
    if weights and not write:
        codes.load(registry.canonical(name))  # without any there is nothing to load weights for
    tokenizer = audiotok.load(name, device)
    if write:
        typer.echo(codes.write(tokenizer, write, describe(tokenizer)))
        return
    report = check_weights(tokenizer) if weights else conformance.check(tokenizer)
    typer.echo(str(report))
    if output:
        write_output(output, report.to_json() + "\n")
    if not report.passed:
        raise typer.Exit(1)
