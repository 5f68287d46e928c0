"""Files that a user names for the result of a command: known to be writable before the work, and written at once."""

from __future__ import annotations

import os
from pathlib import Path

from audiotok.errors import CannotWrite
from audiotok.files.atomic import atomic_write


def require_writable(path: Path) -> None:
    """Raises CannotWrite where a file of this name could not be written now."""
    folder = path.expanduser().absolute().parent
    if not folder.is_dir():
        raise CannotWrite(f"{path}: the folder {folder} does not exist; create it, or choose another file")
    if path.is_dir():
        raise CannotWrite(f"{path}: expected the name of a file, got a folder")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise CannotWrite(f"{path}: cannot be written (permission denied); choose another file")


def write_output(path: Path, text: str) -> None:
    """Replace the file by the text, all at once; a device or a pipe is written to. Raises CannotWrite."""
    require_writable(path)
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        with atomic_write(path) as partial:
            partial.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error})") from error
