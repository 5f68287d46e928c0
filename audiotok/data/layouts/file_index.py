"""The audio files that the rows of a table name."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

Found = list[Path | None]  # a row each; None: it names no file


class FileIndex:
    """The audio of a folder, found by the paths that a table gives.

    Spellings do not matter: `./a.wav`, `clips\\a.mp3`, absolute paths, without suffix, composed or decomposed accents.
    All rows of a table are read in one way, since a row of a missing file must not name another file.
    """

    def __init__(self, folder: Path, paths: Iterable[Path]) -> None:
        self._folder = _name(folder)
        self._files: dict[str, Path | None] = {}  # by the absolute path; None: more than one file
        stems: dict[str, Path | None] = {}
        for path in paths:
            _add(self._files, _name(path), path)
            _add(stems, _name(path.with_suffix("")), path)
        self._files = stems | self._files
        self._ends_below: dict[str, dict[str, Path | None]] = {}

    def resolve(self, references: Sequence[str], beside: Path) -> tuple[Found, str]:
        """The files of a table's rows, and how they were found where it was not by their exact paths.

        `beside`: the folder of the table, in which its files are if it holds any audio. The first of these that finds a
        file is the reading of all rows: paths from `beside`, or from the folder; the last parts of paths, where one
        file ends so; paths behind one prefix, as of a corpus that was moved. The latter two take no row one of whose
        own folders is there.
        """
        wanted = [os.path.normpath(_plain(reference.strip())) for reference in references]
        home = _name(beside)
        found = [self._exact(home, path) for path in wanted]
        if any(found):
            return found, ""
        top = home if any(name.startswith(f"{home}/") for name in self._files) else self._folder
        found = [self._exact(self._folder, path, top) for path in wanted]
        if any(found):
            return found, ""
        ends = self._ends(top)
        found = [None if _leaves(path) or _has_any(top, path.split("/")[:-1]) else ends.get(path) for path in wanted]
        if any(found):
            return found, "its paths are the last parts of those here"
        for place in dict.fromkeys((home, self._folder)):
            prefix, found = self._moved(place, wanted, top)
            if any(found):
                return found, f"its paths were read without {prefix}/"
        return [None] * len(wanted), ""

    def names(self, reference: str) -> bool:
        """Whether some file's path ends so, with or without its suffix."""
        return _plain(reference.strip()) in self._ends(self._folder)

    def _exact(self, place: str, path: str, top: str = "") -> Path | None:
        """The file of a path from `place`, if it is below `top`."""
        name = os.path.normpath(os.path.join(place, path))
        return self._files.get(name) if name.startswith(f"{top}/") else None

    def _ends(self, top: str) -> dict[str, Path | None]:
        """Files below `top` by the last parts of their paths; None where more than one file ends so."""
        if top not in self._ends_below:
            ends: dict[str, Path | None] = {}
            for name, path in self._files.items():
                if name.startswith(f"{top}/"):
                    parts = name.removeprefix(f"{top}/").split("/")
                    for n in range(len(parts)):
                        _add(ends, "/".join(parts[n:]), path)
            self._ends_below[top] = ends
        return self._ends_below[top]

    def _moved(self, place: str, wanted: Sequence[str], top: str) -> tuple[str, Found]:
        """The prefix without which paths are files of `place`, and these; none where there are several such prefixes.

        Of `old/corpus` and `old/corpus/train` the former is taken.
        """
        behind: dict[tuple[str, ...], Found] = {}
        for row, path in enumerate(wanted):
            parts = tuple(path.split("/"))
            for n in range(1, len(parts)):
                if found := self._exact(place, "/".join(parts[n:]), top):
                    behind.setdefault(parts[:n], [None] * len(wanted))[row] = found
        shortest = [prefix for prefix in behind if not any(prefix[:n] in behind for n in range(1, len(prefix)))]
        if len(shortest) != 1 or _has_any(place, shortest[0]):
            return "", []
        return "/".join(shortest[0]), behind[shortest[0]]


def _add(files: dict[str, Path | None], name: str, path: Path | None) -> None:
    files[name] = path if files.get(name, path) == path else None


def _leaves(path: str) -> bool:
    """Whether the path is absolute, or leads out of the folder that it is relative to."""
    return path.startswith(("/", "../"))


def _has_any(place: str, parts: Iterable[str]) -> bool:
    """Whether one of a path's folders is in `place`: then the path means a file in there, and no other."""
    return any(part not in ("", ".", "..") and os.path.isdir(f"{place}/{part}") for part in parts)


def _name(path: Path) -> str:
    return os.path.normpath(_plain(str(path)))


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path).replace("\\", "/")
