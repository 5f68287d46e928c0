import importlib
from pathlib import Path

import pytest

from audiotok.files.source import package_sha256


def changed(module: str, file: Path) -> bool:
    """Whether the hash is another after the file has grown."""
    importlib.import_module(module)
    before = package_sha256(module)
    with file.open("a") as opened:
        opened.write("x = 1\n")
    return package_sha256(module) != before


@pytest.mark.parametrize(
    ("files", "module"),
    [
        (("a_package/__init__.py", "a_package/inner/one.py", "a_package/two.py"), "a_package.inner.one"),
        (("a_bare_folder/one.py", "a_bare_folder/two.py"), "a_bare_folder.one"),  # no __init__.py
        (("a_company/speech/__init__.py", "a_company/speech/one.py"), "a_company.speech.one"),
    ],
)
def test_a_file_of_the_package_counts_also_where_nothing_imports_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...], module: str
) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert changed(module, tmp_path / files[-1])
    (tmp_path / "another.py").touch()
    assert not changed(module, tmp_path / "another.py")


def test_a_module_outside_of_any_package_counts_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a_lone_module", "another_lone_module"):
        (tmp_path / f"{name}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert changed("a_lone_module", tmp_path / "a_lone_module.py")
    assert not changed("a_lone_module", tmp_path / "another_lone_module.py")
