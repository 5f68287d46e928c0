"""`audiotok new`: a package with a tokenizer of one's own, which installs, passes `check` and has a test."""

from __future__ import annotations

import keyword
import re
import sys
from enum import StrEnum
from importlib.metadata import packages_distributions
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from audiotok.errors import InvalidOption


class Kind(StrEnum):
    codec = "codec"
    scalable = "scalable"
    streaming = "streaming"
    variable = "variable"
    isolated = "isolated"


#: The README's text beside the common part.
_MORE = {
    Kind.isolated: """
If its packages conflict with those of others, it can run in an isolated environment, where `audiotok.load` finds it:

```
pip uninstall $name
audiotok env make $name --package "$$PWD"
audiotok check $name
```
"""
}


def new(
    name: Annotated[str, typer.Argument(help="Name of the tokenizer in audiotok, for example mycodec or my-codec.")],
    kind: Annotated[
        Kind,
        typer.Option("--kind", help="Kind of tokenizer to generate; isolated: one that runs in its own environment."),
    ] = Kind.codec,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the package; NAME by default.")
    ] = None,
) -> None:
    """Generate a tokenizer package: a working placeholder network, a card, and tests."""
    from audiotok import registry

    package = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", name) or keyword.iskeyword(package):
        raise InvalidOption(f"a name is lower-case letters, digits and hyphens, as in my-codec; got {name!r}")
    if name in (*registry.available(), *registry.anchors()):
        raise InvalidOption(f"a tokenizer {name} already exists; choose another name")
    if package in sys.stdlib_module_names or package in packages_distributions():
        raise InvalidOption(f"a package {package} already exists, which this one would replace; choose another name")
    cls = "".join(part.capitalize() for part in package.split("_"))
    if any(re.search(rf"import .*\b{cls}\b", _template(path)) for path in (f"{_codec(kind)}.py", "model.py")):
        raise InvalidOption(f"the class {cls} would replace one that its own module imports; choose another name")
    folder = output or Path(name)
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise InvalidOption(f"{folder} already exists and is not empty; choose another --output")
    words = {"name": name, "package": package, "cls": cls}
    words["more"] = Template(_MORE.get(kind, "")).substitute(words)
    for path, template in {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        f"{package}/__init__.py": "",
        f"{package}/model.py": "model.py",
        f"{package}/tokenizer.py": f"{_codec(kind)}.py",
        "tests/test_conformance.py": "test_conformance.py",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        text = _template(template) if template else ""
        (folder / path).write_text(Template(text).substitute(words), encoding="utf-8")
    typer.echo(f"{folder}: now pip install -e {folder}; audiotok check {name}; replace {folder}/{package}/model.py")


def _codec(kind: Kind) -> Kind:
    """The kind whose template a tokenizer of this kind has."""
    return Kind.codec if kind == Kind.isolated else kind


def _template(name: str) -> str:
    return (files("audiotok.cli") / "templates" / f"{name}.txt").read_text(encoding="utf-8")
