"""The shape of the package: which way imports point, and that nothing concrete is overridden."""

import ast
import importlib
import inspect
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import audiotok
from audiotok.tokenizer import Tokenizer

ROOT = Path(audiotok.__file__).parent
FORBIDDEN = {  # in a module of the folder -> what it must not import
    "tokens.py": ["audiotok"],
    "metrics": ["audiotok.tokenizers", "audiotok.run", "audiotok.cli", "audiotok.leaderboard"],
    "units": ["audiotok.tokenizers", "audiotok.run", "audiotok.cli", "audiotok.leaderboard"],
    "lm": ["audiotok.tokenizers", "audiotok.run", "audiotok.cli", "audiotok.leaderboard"],
    "store": ["audiotok.tokenizers", "audiotok.lm", "audiotok.metrics", "audiotok.leaderboard", "audiotok.run"],
    "leaderboard": ["torch", "audiotok.tokenizers"],
    "results": ["torch", "audiotok.tokenizers", "audiotok.metrics", "audiotok.leaderboard"],
    "data": ["audiotok.tokenizers", "audiotok.metrics", "audiotok.leaderboard"],
    "tokenizers": ["audiotok.metrics", "audiotok.leaderboard", "audiotok.run", "audiotok.results"],
}
ALLOWED = {"tokens.py": {"audiotok.errors", "audiotok.whole"}}


def imports(path: Path) -> set[str]:
    """Names that a module imports, those for type checkers and inside functions included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_point_one_way(room: str) -> None:
    place = ROOT / room
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        for name in imports(path):
            wrong = [bad for bad in FORBIDDEN[room] if name == bad or name.startswith(f"{bad}.")]
            excused = any(name.startswith(good) for good in ALLOWED.get(room, ()))
            assert not wrong or excused or name == "audiotok", f"{path.relative_to(ROOT)} imports {name}"


def test_no_imports_go_round() -> None:
    """Not inside functions either. The package's own face, which anything may be had from, is left out."""
    modules = {module_of(path): path for path in ROOT.rglob("*.py")}
    del modules["audiotok"]
    graph = {}
    for name, path in modules.items():
        found = imports(path) & modules.keys() - {name}
        # `from package import module` takes nothing from the package itself.
        graph[name] = {other for other in found if not any(inner.startswith(f"{other}.") for inner in found)}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names them


def module_of(path: Path) -> str:
    return ".".join((ROOT.name, *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def test_nothing_concrete_is_overridden() -> None:
    """A method is abstract or it is found in one place; constructors, which are not inherited here, are left out."""
    for path in sorted((ROOT / "tokenizers").glob("*.py")):
        try:
            importlib.import_module(f"audiotok.tokenizers.{path.stem}".removesuffix(".__init__"))
        except ImportError:
            continue  # an extra that is not installed
    for cls in subclasses(Tokenizer):
        for name, member in vars(cls).items():
            if not inspect.isfunction(member) or name == "__init__":
                continue
            for base in cls.__mro__[1:-1]:
                inherited = vars(base).get(name)
                concrete = inspect.isfunction(inherited) and not getattr(inherited, "__isabstractmethod__", False)
                assert not concrete, f"{cls.__name__}.{name} overrides {base.__name__}.{name}"


def subclasses(cls: type) -> set[type]:
    return {cls, *(below for child in cls.__subclasses__() for below in subclasses(child))}
