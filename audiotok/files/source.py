"""Hashes of code: of what one module does, and of all files of the package that a module belongs to."""

from __future__ import annotations

import ast
import hashlib
import inspect
import os
import sys
from functools import lru_cache
from pathlib import Path

from audiotok.files.sealed import file_sha256


@lru_cache(maxsize=256)
def code_sha256(source: str) -> str:
    """sha256 of a module's code without its imports, comments, docstrings and layout.

    >>> code_sha256("import a\\n\\nx = 1  # one\\n") == code_sha256("from b import a\\nx = 1\\n")
    True
    """
    return hashlib.sha256(ast.dump(_Bare().visit(ast.parse(source))).encode()).hexdigest()


def package_sha256(module: str) -> str:
    """sha256 of all files, data files included, of the outermost regular package that an imported module is in.

    A module outside of any package counts alone. The files count whether they were imported or not, so that the hash
    does not depend on what a process has imported so far. Hidden files and compiled Python are left out.
    """
    places = _places(module)
    named = sorted((file.relative_to(place).as_posix(), file) for place in places for file in _files(place))
    contents = "".join(f"{name}\0{_sha256(file, *_state(file))}\n" for name, file in named)
    return hashlib.sha256(contents.encode("utf-8", "surrogateescape")).hexdigest()


def _places(module: str) -> list[Path]:
    """The folders of the package, or the module's own file."""
    parts = module.split(".")
    loaded = [sys.modules[name] for n in range(len(parts)) if (name := ".".join(parts[: n + 1])) in sys.modules]
    packages = [found for found in loaded if hasattr(found, "__path__")]
    regular = [package for package in packages if getattr(package, "__file__", None)]
    if folder := [*regular[:1], *packages[-1:]]:  # the last one: a folder without __init__.py
        return [Path(place) for place in folder[0].__path__]
    return [Path(inspect.getfile(sys.modules[module]))]


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    found = []
    for folder, inner, names in os.walk(place):
        inner[:] = [name for name in inner if name != "__pycache__" and not name.startswith(".")]
        files = (Path(folder, name) for name in names if not name.startswith(".") and not name.endswith(".pyc"))
        found += [file for file in files if file.is_file()]
    return found


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=65536)
def _sha256(file: Path, modified: int, size: int) -> str:
    """Read once in a process while it stays as it is: weights may be large."""
    return file_sha256(file)


class _Bare(ast.NodeTransformer):
    """Drops imports and docstrings."""

    def visit_Import(self, node: ast.Import) -> None:  # the name that ast.NodeVisitor calls
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
        return super().generic_visit(node)
