"""A TOML or YAML file of a command's options, by the names that they have on the command line.

    # experiment.toml: audiotok run --config experiment.toml
    tokenizer = ["mimi", "codec2:mode=2400"]
    data = "speech:recordings"
    metric = ["pesq_wb", "estoi"]
    codebooks = [1, 2, 4, 8]

What the command line says comes first; paths are from the folder that the command is called in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from audiotok import doors
from audiotok.errors import InvalidOption

#: Options whose several values are one text on the command line, "1,2,4,8".
_JOINED = ("codebooks",)


def _apply(context: typer.Context, path: Path | None) -> Path | None:
    if path is not None:
        options = {_name(option): option for option in context.command.params if option.name != "config"}
        given = _values(read(path), {name: option.multiple for name, option in options.items()}, path)
        context.default_map = {str(options[name].name): value for name, value in given.items()}
    return path


Config = Annotated[
    Path | None,
    typer.Option("--config", is_eager=True, callback=_apply, help="TOML or YAML file that sets these options by name."),
]


def _name(option: Any) -> str:
    """The long name on the command line without dashes at its start: "json" for --json."""
    return max(option.opts, key=len).lstrip("-")


def read(path: Path) -> dict[str, Any]:
    """Raises InvalidOption where the file is not there, not TOML or YAML, or no table of options."""
    import tomllib

    import yaml

    if path.suffix not in (".toml", ".yaml", ".yml"):
        raise InvalidOption(f"--config takes a .toml, .yaml or .yml file, got {path}")
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise InvalidOption(f"{path} cannot be read: {error}") from error
    if not isinstance(values, dict):
        raise InvalidOption(f"{path}: expected option: value, got {type(values).__name__}")
    return {str(name).replace("_", "-"): value for name, value in values.items()}


def _values(given: dict[str, Any], known: dict[str, bool], path: Path) -> dict[str, Any]:
    """Values as click takes them. `known`: option -> whether it may be given several times."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise InvalidOption(f"{path}: {doors.unknown('option', name, known)}")
        several = list(value) if isinstance(value, (list, tuple)) else [value]
        if any(isinstance(one, (dict, list)) for one in several):
            raise InvalidOption(f"{path}: {name} must be a value or a list of values, got {value!r}")
        if known[name]:
            found[name] = [str(one) for one in several]
        elif name in _JOINED:
            found[name] = ",".join(map(str, several))
        elif isinstance(value, (list, tuple)):
            raise InvalidOption(f"{path}: {name} takes one value, got {value!r}")
        else:
            found[name] = value
    return found
