"""JSON files: written atomically, with sorted keys, so that equal values are equal bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audiotok.files.atomic import atomic_write


def write_json(path: Path, value: Any) -> None:
    """Raises ValueError where a number is not finite."""
    with atomic_write(path) as partial:
        partial.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
