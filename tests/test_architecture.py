"""The shape of the package: imports point down only, none go round, and nothing concrete is overridden."""

import ast
import importlib
import inspect
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import audiotok
from audiotok.core.tokenizer import Tokenizer

ROOT = Path(audiotok.__file__).parent
#: From the ground up: a room imports from those before it. The two programs stand at the top.
FLOORS = (
    *("_version", "errors", "files", "doors", "core", "data", "golden", "units", "models", "isolated", "registry"),
    *("packages", "tokenizers", "metrics", "results", "conformance", "runs", "store", "train", "lm", "tasks"),
    *("leaderboard.submission", "leaderboard.page", "cli", "isolated.worker"),
)
#: Classes of one name that mean one thing each in its own file: a tokenizer family's network, its sizes, layers and
#: published variants; the wrapper that is called like the network it wraps; two ways to run Whisper's encoder.
SHARED_NAMES = {
    *("Model", "Quantizer", "Residual", "Sizes", "Variant", "Vocoder"),
    *("MelCodec", "WaveformCodec", "WhisperEncoder"),
}
#: Packages that a room must do without, whatever is installed.
FORBIDDEN = {"leaderboard.page": {"torch"}, "results": {"torch"}}


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """A module's syntax, itself first."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports(path: Path) -> set[str]:
    """Names that a module imports, those for type checkers and inside functions included."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def room_of(module: str) -> str:
    """The highest named place that holds a module: "audiotok.runs.run" -> "runs"."""
    parts = module.split(".")[1:]
    return next((room for n in (2, 1) if (room := ".".join(parts[:n])) in FLOORS), parts[0] if parts else "")


@cache
def modules() -> dict[str, Path]:
    """All but the package's own face, from which anything may be had."""
    return {module_of(path): path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem != "__init__"}


@pytest.mark.parametrize("room", FLOORS)
def test_imports_go_down(room: str) -> None:
    own = {name: path for name, path in modules().items() if room_of(name) == room}
    assert own, f"there is no room {room}"
    for name, path in own.items():
        for imported in imports(path):
            other = room_of(imported) if imported.startswith("audiotok.") else ""
            down = other not in FLOORS or FLOORS.index(other) <= FLOORS.index(room)
            assert down, f"{name} imports {imported}, from a room above its own"
            assert imported.partition(".")[0] not in FORBIDDEN.get(room, ()), f"{name} imports {imported}"


def test_the_page_on_the_architecture_lists_the_rooms_in_their_order() -> None:
    page = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Rooms")[2].partition("## ")[0]
    assert tuple(re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE)) == FLOORS


def test_every_module_has_a_room() -> None:
    assert {room_of(name) for name in modules()} - set(FLOORS) <= {"leaderboard"}  # its face, which is empty


def test_no_imports_go_round() -> None:
    """Not inside functions either."""
    graph = {}
    for name, path in modules().items():
        found = imports(path) & modules().keys() - {name}
        # `from package import module` takes nothing from the package itself.
        graph[name] = {other for other in found if not any(inner.startswith(f"{other}.") for inner in found)}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names them


def module_of(path: Path) -> str:
    return ".".join((ROOT.name, *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def test_a_public_class_has_a_name_of_its_own() -> None:
    named: dict[str, set[str]] = {}
    for name, path in modules().items():
        for node in nodes(path)[0].body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named.setdefault(node.name, set()).add(name)
    shared = {name: sorted(places) for name, places in named.items() if len(places) > 1}
    assert {name: places for name, places in shared.items() if name not in SHARED_NAMES} == {}
    assert set(shared) >= SHARED_NAMES, "a name that is shared no more is still allowed"


def test_docstrings_begin_with_what_a_thing_is() -> None:
    """A subject first: none begins with Of, Those, So many, or a relative clause. A question may."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                first = (ast.get_docstring(node) or "").partition("\n\n")[0]
                if first.startswith(("Of ", "So many ", "Those ", "What ")) and "?" not in first:
                    found.append(f"{path.relative_to(ROOT)}: {first}")
    assert found == []


def test_no_object_changes_its_class() -> None:
    """Functions choose a class before there is an object."""
    changed = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr == "__class__" and isinstance(node.ctx, ast.Store)
    }
    assert changed == set()


def test_nothing_concrete_is_overridden() -> None:
    """A method is abstract or it is found in one place; constructors, which are not inherited here, are left out."""
    for path in sorted((ROOT / "tokenizers").rglob("*.py")):
        try:
            importlib.import_module(module_of(path))
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
