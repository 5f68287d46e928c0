"""Identity of a system, on which its output depends: its identifier, weights, source and the packages under it.

Kept results are keyed by it, and it is the provenance of every number.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import platform
import sys
from functools import lru_cache
from pathlib import Path

from audiotok import packages
from audiotok.core.anchor import Anchor, Recordings
from audiotok.core.tokenizer import Tokenizer
from audiotok.files.installed import version
from audiotok.isolated.tokenizer import IsolatedTokenizer

#: Goes up when the code stage writes other files for the same key.
STAGE_VERSION = 1


def describe(system: Tokenizer | Anchor) -> dict[str, str]:
    """All that the system's output may depend on; also the provenance of its results.

    What holds in another environment has that one's name before it: `focalcodec/torch`.
    """
    described = {
        "identifier": system.identifier,
        "stage": str(STAGE_VERSION),
        "source_sha256": _source(system),
        **{name: version(name) for name in ("numpy", "soxr", "torch")},
        "machine": platform.machine(),
        **packages.versions(system.identifier),
    }
    if isinstance(system, Recordings):
        described |= system.provenance
    if isinstance(system, Tokenizer):
        described |= {"device": system.device.type, "weights_sha256": system.card.weights_sha256}
        described |= _elsewhere(system)
    return described


def _elsewhere(tokenizer: Tokenizer) -> dict[str, str]:
    """Provenance of this tokenizer and of nested ones that run in isolated environments."""
    if isinstance(tokenizer, IsolatedTokenizer):
        return {f"{tokenizer.environment}/{name}": value for name, value in tokenizer.provenance.items()}
    inner = (value for value in vars(tokenizer).values() if isinstance(value, Tokenizer))
    return {name: value for nested in inner for name, value in _elsewhere(nested).items()}


def _source(system: Tokenizer | Anchor) -> str:
    """sha256 of the code of the system's module, of those it takes names from, and of the tokenizers nested in it.

    Modules of other packages count with their version; of audiotok only what makes tokens, so that a change of the
    core does not void every run. A module may be renamed and its docstrings reworded: only what it does counts.
    """
    own = sys.modules[type(system).__module__]
    package = own.__name__.partition(".")[0]
    prefixes = (
        ("audiotok.tokenizers.", "audiotok.units.", "audiotok.models.") if package == "audiotok" else (f"{package}.",)
    )
    names = {getattr(value, "__module__", None) for value in vars(own).values()}
    modules = {own.__name__} | {name for name in names if isinstance(name, str) and name.startswith(prefixes)}
    parts = [code_sha256(Path(inspect.getfile(sys.modules[name])).read_text(encoding="utf-8")) for name in modules]
    parts += [_source(inner) for inner in vars(system).values() if isinstance(inner, Tokenizer)]
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()


@lru_cache(maxsize=256)
def code_sha256(source: str) -> str:
    """sha256 of a module's code without its imports, comments, docstrings and layout.

    >>> code_sha256("import a\\n\\nx = 1  # one\\n") == code_sha256("from b import a\\nx = 1\\n")
    True
    """
    return hashlib.sha256(ast.dump(_Bare().visit(ast.parse(source))).encode()).hexdigest()


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
