"""Losses and measurements of a training over its steps: `curves.jsonl`, and TensorBoard where it is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audiotok.files.atomic import atomic_write
from audiotok.files.json import json_lines


class Curve:
    """A line per record: step, seconds of training, values by name. Only the main process writes.

    What a killed run recorded after its last checkpoint, at `step`, is dropped, since those steps are trained again.
    """

    def __init__(self, folder: Path, step: int, main: bool, tensorboard: bool) -> None:
        self._path, self._main, self._board = folder / "curves.jsonl", main, None
        if not main:
            return
        if self._path.is_file():
            with self._path.open("rb") as file:
                kept = [record for _, record in json_lines(file, self._path) if record["step"] <= step]
            with atomic_write(self._path) as partial:
                partial.write_text("".join(map(_line, kept)), encoding="utf-8")
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(folder / "tensorboard", purge_step=step + 1)

    def add(self, step: int, seconds: float, values: dict[str, float]) -> None:
        if not self._main:
            return
        if self._board:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line({"step": step, **values, "seconds": round(seconds, 3)}))

    def close(self) -> None:
        if self._board:
            self._board.close()


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record) + "\n"
