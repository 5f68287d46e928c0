"""`audiotok env`: environments for tokenizers whose packages cannot live in this one."""

from __future__ import annotations

from typing import Annotated

import typer

env_app = typer.Typer(
    help="Environments for tokenizers whose packages exclude those of this one.", no_args_is_help=True
)


@env_app.command("make")
def make(
    name: Annotated[str, typer.Argument(help="The tokenizer that it is for, as in focalcodec.")],
    package: Annotated[
        list[str] | None,
        typer.Option("--package", "-p", help="More packages that pip installs."),
    ] = None,
    share: Annotated[
        bool, typer.Option("--share", help="See the packages of this environment behind its own (torch, mostly).")
    ] = False,
) -> None:
    """Make an environment; `audiotok.load` runs the tokenizer there from then on where it cannot be loaded here."""
    from audiotok.isolated import environments

    made = environments.make(name, package or (), share=share)
    typer.echo(f"{made.name}: {made.folder}")


@env_app.command("list")
def list_() -> None:
    """The environments that there are, with what was installed for them."""
    from audiotok.isolated import environments

    for environment in environments.installed():
        typer.echo(f"{environment.name}: {environment.folder} ({', '.join(environment.packages) or 'audiotok alone'})")


@env_app.command("remove")
def remove(name: Annotated[str, typer.Argument(help="Name, as `audiotok env list` shows it.")]) -> None:
    """Delete an environment."""
    from audiotok.isolated import environments

    environments.remove(name)
    typer.echo(f"removed {name}")
