"""Command-line options that recipes and the `audiotok` command share, so that they read and behave the same.

    def main(tokenizer: TokenizerNames, options: LMOptions, runs: RunsFolder = Path("runs")) -> None: ...

    if __name__ == "__main__":
        start(main)

An option is a type with a name and a help text. A dataclass of such options (`LMOptions`) gives all of its fields.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from audiotok import doors
from audiotok.core.card import DOMAINS
from audiotok.errors import AudiotokError, CannotWrite, InvalidOption
from audiotok.files.output import require_writable

CORES = os.cpu_count() or 1
_CLOSED_PIPE = 128 + 13  # SIGPIPE, which Windows does not name


def _checked(identifiers: list[str]) -> list[str]:
    """All of them before work on the first is begun. Raises InvalidOption, UnknownName."""
    from audiotok import registry

    return [registry.canonical(identifier) for identifier in identifiers]


def known_domain(name: str) -> str:
    """The domain, "" where none is named. Raises UnknownName."""
    if name and name not in DOMAINS:
        raise doors.unknown("domain", name, DOMAINS)
    return name


def _device(name: str) -> str:
    """ "auto" -> "cuda" where there is a GPU, else "cpu"."""
    if name != "auto":
        return name
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _quiet(asked: bool) -> bool:
    """By the environment, which the processes that are started inherit."""
    if asked:
        from audiotok.files.progress import QUIET

        os.environ[QUIET] = "1"
    return asked


def output_file(path: Path | None) -> Path | None:
    """A callback for a file that is written at the end: its folder is made before the work. Raises CannotWrite."""
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(f"{path}: its folder cannot be made ({error})") from error
        require_writable(path)
    return path


def weights_file(path: Path | None) -> Path | None:
    """As `output_file`, of a model beside which a record (.json) or a plot (.png) of the same name is written."""
    if path and path.suffix in (".json", ".png"):
        other = path.with_suffix(".safetensors")
        raise InvalidOption(f"--out: {path} is the name of the record or plot beside the model; choose {other}")
    return output_file(path)


TokenizerNames = Annotated[
    list[str],
    typer.Option("--tokenizer", "-t", help="Tokenizer, for example codec2:mode=2400; repeatable.", callback=_checked),
]
TokenizerName = Annotated[str, typer.Option("--tokenizer", "-t", help="Tokenizer, for example codec2:mode=2400.")]
DataName = Annotated[str, typer.Option("--data", help="mini, small, librispeech:FOLDER, or a manifest of your own.")]
RunsFolder = Annotated[Path, typer.Option("--runs", help="Folder for tokens, audio, scores and results.")]
Device = Annotated[
    str,
    typer.Option(
        "--device",
        help="Device for tokenizers: cpu, cuda, cuda:1 …; auto uses a GPU if there is one.",
        callback=_device,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Hide progress; show only warnings, errors and the result.", callback=_quiet),
]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Number of scoring processes.")]
Retry = Annotated[bool, typer.Option("--retry", help="Retry clips that failed in an earlier run.")]


def start(command: typer.Typer | Callable[..., Any]) -> None:
    """Run a command line; what audiotok raises on purpose is one red line and exit status 1, not a traceback.

    Where the reader of the output leaves early (`audiotok list | head -3`), the status is the shell's for SIGPIPE.
    """
    if not isinstance(command, typer.Typer):
        function, command = command, typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        command.command()(spread(function))
    try:
        command()
    except AudiotokError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(1)
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):  # typer has made it status 1, without a word
            sys.exit(_CLOSED_PIPE)
        raise


def print_json(values: object) -> None:
    """Print a value for `--json`. Raises ValueError on NaN and infinity, which JSON does not have."""
    typer.echo(json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False))


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return inspect.Parameter.empty if field.default is MISSING else field.default


def spread(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as typer is to see it: a parameter for each field of those that are dataclasses."""
    hints = get_type_hints(function, include_extras=True)
    flat: list[inspect.Parameter] = []
    made_of: dict[str, tuple[type, list[str]]] = {}
    for name, own in inspect.signature(function).parameters.items():
        kind = hints[name]
        if not (isinstance(kind, type) and is_dataclass(kind)):
            flat.append(own.replace(annotation=kind, kind=own.KEYWORD_ONLY))
            continue
        options = get_type_hints(kind, include_extras=True)
        made_of[name] = kind, [field.name for field in fields(kind)]
        for field in fields(kind):
            default = _default(field)
            option = inspect.Parameter(field.name, own.KEYWORD_ONLY, default=default, annotation=options[field.name])
            flat.append(option)

    def call(**given: Any) -> Any:
        for name, (kind, names) in made_of.items():
            given[name] = kind(**{field: given.pop(field) for field in names})
        return function(**given)

    call.__name__, call.__doc__ = function.__name__, function.__doc__
    call.__dict__["__signature__"] = inspect.Signature(flat)  # raises where two options have one name
    call.__annotations__ = {option.name: option.annotation for option in flat}
    return call
