"""`audiotok env`: environments for tokenizers whose packages cannot live in this one."""

from __future__ import annotations

from typing import Annotated

import typer

env_app = typer.Typer(
    help="Manage isolated environments for tokenizers with conflicting dependencies.", no_args_is_help=True
)


@env_app.command("make")
def make(
    name: Annotated[str, typer.Argument(help="Tokenizer to run in the environment, for example focalcodec.")],
    package: Annotated[
        list[str] | None,
        typer.Option("--package", "-p", help="Additional package to install with pip."),
    ] = None,
    share: Annotated[
        bool, typer.Option("--share", help="Fall back to the packages of the current environment, such as torch.")
    ] = False,
) -> None:
    """Create an environment. `audiotok.load` runs the tokenizer there if it cannot be loaded here."""
    from audiotok.isolated import environments

    made = environments.make(name, package or (), share=share)
    typer.echo(f"{made.name}: {made.folder}")


@env_app.command("list")
def list_() -> None:
    """List the environments and the packages installed in them."""
    from audiotok.isolated import environments

    for environment in environments.installed():
        typer.echo(f"{environment.name}: {environment.folder} ({', '.join(environment.packages) or 'audiotok alone'})")


@env_app.command("remove")
def remove(name: Annotated[str, typer.Argument(help="Name, as shown by `audiotok env list`.")]) -> None:
    """Delete an environment."""
    from audiotok.isolated import environments

    environments.remove(name)
    typer.echo(f"removed {name}")
