"""The bytes of an audio file, which is given as a path or as an open binary file."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from audiotok.errors import InvalidAudio, machine_trouble_at


class AudioBytes:
    """A path, which is opened each time, or an open binary file, which is rewound."""

    def __init__(self, file: Path | IO[bytes], name: str) -> None:
        self._file, self._name = file, name

    @property
    def path(self) -> Path | None:
        return self._file if isinstance(self._file, Path) else None

    @property
    def suffix(self) -> str:
        """File name suffix in lower case, "" if there is none."""
        name = self._file if isinstance(self._file, Path) else getattr(self._file, "name", None)
        return Path(name).suffix.lower() if isinstance(name, (str, Path)) else ""

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file as bytes, from its beginning. Raises MachineTrouble where it may not be read."""
        if not isinstance(self._file, Path):
            self._file.seek(0)
            yield cast(BinaryIO, self._file)
            return
        with machine_trouble_at(self._name):
            file = self._file.open("rb")
        with file:
            yield file

    def check_there(self) -> None:
        """Raises InvalidAudio where the path is that of no regular file, or the open file is text or a pipe."""
        if not isinstance(self._file, Path):
            if isinstance(self._file, io.TextIOBase):
                raise InvalidAudio("is opened as text: open it in binary mode, open(path, 'rb')")
            if not _seekable(self._file):
                raise InvalidAudio("is a pipe or download, which cannot be rewound: pass io.BytesIO(file.read())")
            return
        try:
            there, exists = self._file.is_file(), self._file.exists()
        except OSError as error:  # as for a name that is too long
            raise InvalidAudio(f"cannot be opened ({error.strerror})") from error
        if not there:
            raise InvalidAudio("is not a regular file, as audio must be" if exists else "no such file")


def _seekable(file: IO[bytes]) -> bool:
    try:
        file.seek(0)
    except (AttributeError, io.UnsupportedOperation):
        return False
    except OSError as error:
        if error.errno != errno.ESPIPE:
            raise
        return False
    return True
