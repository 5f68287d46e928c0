"""Files with the hash of their content and what it was made of: altered and swapped ones are found out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from audiotok.errors import AlteredFile
from audiotok.files.atomic import atomic_write
from audiotok.files.json import read_json, write_json


def write_sealed(path: Path, value: Any, made_of: str) -> None:
    """Write `value`, which must survive JSON, atomically; `made_of` names all that it depends on."""
    write_json(path, {"made_of": made_of, "sha256": _seal(made_of, value), "value": value})


def read_sealed(path: Path, made_of: str) -> Any:
    """The value that `write_sealed` wrote for the same `made_of`; None where there is no file.

    Raises AlteredFile where the file is not what was written, or belongs to something else; OSError.
    """
    try:
        found = read_json(path)
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise AlteredFile(f"{path}: expected the JSON that was written there, got something else ({error})") from error
    if not isinstance(found, dict) or set(found) != {"made_of", "sha256", "value"}:
        raise AlteredFile(f"{path}: expected a sealed file, got another; was it written by an earlier version?")
    if found["sha256"] != (seal := _seal(found["made_of"], found["value"])):
        raise AlteredFile(f"{path}: was altered, its content has sha256 {seal}, expected {found['sha256']}")
    if found["made_of"] != made_of:
        raise AlteredFile(f"{path}: was made of {found['made_of']}, expected {made_of}; was it swapped?")
    return found["value"]


def write_sealed_bytes(path: Path, content: bytes, made_of: str) -> None:
    """Write a line of sha256 and `made_of`, then `content`, atomically; `made_of` is one line."""
    with atomic_write(path) as partial:
        partial.write_bytes(_head(content, made_of) + content)


def read_sealed_bytes(path: Path, made_of: str) -> bytes | None:
    """The content that `write_sealed_bytes` wrote for the same `made_of`; None where there is no file.

    Raises AlteredFile where the file is not what was written, or belongs to something else; OSError.
    """
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    head, _, content = found.partition(b"\n")
    if head + b"\n" != (expected := _head(content, made_of)):
        raise AlteredFile(f"{path}: was altered or swapped, it begins with {head[:200]!r}, expected {expected!r}")
    return content


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(made_of: str, value: Any) -> str:
    return hashlib.sha256(json.dumps([made_of, value], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _head(content: bytes, made_of: str) -> bytes:
    return f"{hashlib.sha256(made_of.encode() + content).hexdigest()} {made_of}\n".encode()
