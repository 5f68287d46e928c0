"""What is installed is read once, and again where something was installed."""

import os
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from audiotok.files.installed import state, version


def install(folder: Path, number: str) -> None:
    for old in folder.glob("kazoo-*"):
        (old / "METADATA").unlink()
        old.rmdir()
    made = folder / f"kazoo-{number}.dist-info"
    made.mkdir()
    (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kazoo\nVersion: {number}\n", encoding="utf-8")
    stamp = int(float(number) * 10**9)  # a clock of its own: two installations may share a tick
    os.utime(folder, ns=(stamp, stamp))


def test_a_version_is_that_of_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PackageNotFoundError):
        version("kazoo")
    install(tmp_path, "1.0")
    before = state()
    assert [version("kazoo"), version("kazoo")] == ["1.0", "1.0"]
    install(tmp_path, "2.0")
    assert version("kazoo") == "2.0"
    assert state() != before


def test_folders_that_are_not_there_are_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = state()
    monkeypatch.setattr(sys, "path", [*sys.path, "/nowhere/at/all"])
    assert state() == before
