"""Entry points by which packages add tokenizers, anchors, metrics and the like: a group is listed and a name loaded.

A package offers a metric with

    [project.entry-points."audiotok.metrics"]
    loudness = "my_package.loudness:LOUDNESS"

Listing reads metadata only; a module is imported when a name of it is loaded.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import Any, TypeVar

from audiotok.errors import AudiotokError, BrokenPackage, MissingDependency, UnknownName, is_machine_trouble, reason
from audiotok.files import installed

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Door:
    """A group of entry points, and what one thing that comes in by it is called in messages."""

    group: str  # "audiotok.metrics"
    noun: str  # "metric"

    def names(self) -> list[str]:
        """Names that installed packages offer, sorted; none of them is imported."""
        return sorted({point.name for point in _installed(self.group)})

    def points(self, name: str) -> list[EntryPoint]:
        """Every entry point of this name: one, unless packages disagree or it is unknown."""
        return [point for point in _installed(self.group) if point.name == name]

    def find(self, name: str, known: Iterable[str] | None = None) -> EntryPoint:
        """The entry point of this name.

        Raises UnknownName where there is none (near names of `known` are suggested, of this group if left out), and
        where packages disagree on it.
        """
        points = self.points(name)
        if not points:
            raise unknown(self.noun, name, self.names() if known is None else known)
        if len({(point.value, package_of(point)) for point in points}) > 1:
            raise claimed_twice(self.noun, name, points)
        return points[0]

    def load(self, name: str, known: Iterable[str] | None = None) -> Any:
        """The object that the entry point names.

        Raises as `find` does, MissingDependency without its packages, and BrokenPackage where importing it fails.
        """
        point = self.find(name, known)
        try:
            return point.load()
        except ModuleNotFoundError as error:
            if (error.name or "").startswith(f"{point.module.partition('.')[0]}."):  # its package is here
                raise BrokenPackage(
                    f"the {self.noun} {name!r} of {package_of(point)} ({point.value}) needs the module {error.name}, "
                    f"which does not exist; mend the entry point or the import in {package_of(point)}"
                ) from error
            raise missing_package(name, error, point) from error
        except Exception as error:  # the module of another package may raise anything
            raise BrokenPackage(
                f"the {self.noun} {name!r} of {package_of(point)} ({point.value}) cannot be imported: {reason(error)}; "
                f"update or uninstall {package_of(point)}"
            ) from error

    @contextmanager
    def calling(self, name: str, doing: str) -> Iterator[None]:
        """Around a call of another package's object, which may raise anything.

        Raises BrokenPackage in place of what no caller expects; errors of audiotok and of the machine stay as they are.
        """
        try:
            yield
        except Exception as error:
            if isinstance(error, AudiotokError) or is_machine_trouble(error):
                raise
            raise self.failed(name, doing, error) from error

    def failed(self, name: str, doing: str, error: Exception) -> BrokenPackage:
        """The error for an object of another package that raised what no caller expects."""
        point = self.find(name)
        return BrokenPackage(
            f"the {self.noun} {name!r} of {package_of(point)} ({point.value}) failed as it was {doing}: "
            f"{reason(error)}; check what was asked of it, or mend or update {package_of(point)}"
        )

    def mismatch(self, name: str, expected: str, got: Any) -> BrokenPackage:
        """The error for an entry point that names another object than it should."""
        point = self.find(name)
        return BrokenPackage(
            f"{package_of(point)} offers {point.value} as the {self.noun} {name!r}: expected {expected}, "
            f"got {got!r:.200}; update or uninstall {package_of(point)}"
        )


def usable(names: Iterable[str], get: Callable[[str], Thing]) -> Iterator[tuple[str, Thing]]:
    """Every name with what `get` returns; names that packages break are left out, with the reason on stderr."""
    for name in names:
        try:
            found = get(name)
        except (BrokenPackage, MissingDependency, UnknownName) as error:
            _warn(str(error))
        else:
            yield name, found


@cache
def _warn(reason: str) -> None:
    """Once in a process."""
    sys.stderr.write(f"left out: {reason}\n")


TOKENIZERS = Door("audiotok.tokenizers", "tokenizer")
ANCHORS = Door("audiotok.anchors", "anchor")
METRICS = Door("audiotok.metrics", "metric")


def _installed(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group; read again where a folder of the path has changed, since a package may have come."""
    return _read(group, installed.state())


@lru_cache(maxsize=64)
def _read(group: str, _: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


def unknown(noun: str, name: str, known: Iterable[str]) -> UnknownName:
    """The error for a name that is not among `known`, with near names, or all of them where none is near.

    >>> print(unknown("suite", "mimi", ["mini", "dates"]))
    no suite is called 'mimi'; did you mean mini?
    >>> print(unknown("suite", "large", ["mini", "dates"]))
    no suite is called 'large'; there are mini, dates
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(known) or 'none'}"
    return UnknownName(f"no {noun} is called {name!r}; {hint}")


def claimed_twice(noun: str, name: str, points: Iterable[EntryPoint]) -> UnknownName:
    """The error for a name that several packages offer; audiotok is the other one where there is one point."""
    claimed = sorted(f"{package_of(point)} ({point.value})" for point in points)
    claims = " and ".join(claimed if len(claimed) > 1 else ["audiotok", *claimed])
    return UnknownName(f"the {noun} name {name!r} is claimed twice, by {claims}; uninstall one of them")


def missing_package(name: str, error: ModuleNotFoundError, point: EntryPoint | None = None) -> MissingDependency:
    """The error for a module that is not installed; it names the extra of this name, where the package has one."""
    package = package_of(point) if point else "audiotok"
    extras = (point.dist.metadata.get_all("Provides-Extra") or ()) if point and point.dist else (name,)
    target = f"{package}[{name}]" if name in extras else error.name
    return MissingDependency(f'{name} needs the package {error.name}; install it with: pip install "{target}"')


def package_of(point: EntryPoint) -> str:
    """The distribution that an entry point belongs to."""
    return _name(point.dist) if point.dist else "?"


@lru_cache(maxsize=1024)
def _name(package: Distribution) -> str:
    """Read from its metadata once; the object is another where something was installed."""
    return package.name
