"""JSON files, written atomically and with sorted keys, so that equal values are equal bytes; and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from audiotok.errors import InvalidData
from audiotok.files.atomic import atomic_write


def write_json(path: Path, value: Any, *, new: bool = False) -> None:
    """`new`: raises FileExistsError where `path` exists. Raises ValueError where a number is not finite, OSError."""
    with atomic_write(path, new=new) as partial:
        partial.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def json_lines(lines: Iterable[bytes | str], name: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number, from 1, and the object of each line that is not blank.

    `lines` end where a file's do: a text may hold other characters that str.splitlines takes for a line's end. Raises
    InvalidData, with `name` and the number, where a line is no JSON object, UnicodeDecodeError where it is no UTF-8.

    >>> list(json_lines(['{"a": 1}', "", '{"a": 2}'], "example.jsonl"))
    [(1, {'a': 1}), (3, {'a': 2})]
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        text = line if isinstance(line, str) else line.decode("utf-8")
        try:
            row = json.loads(text.removeprefix("\ufeff") if number == 1 else text)
        except (ValueError, RecursionError) as error:
            raise InvalidData(f"{name}:{number}: not JSON ({error})") from error
        if not isinstance(row, dict):
            raise InvalidData(f"{name}:{number}: expected an object, got {type(row).__name__}")
        yield number, row
