"""The documentation site: every page of its menu is there, and every name of its reference exists."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), flags=re.MULTILINE)
NAMES = [
    name
    for page in sorted((ROOT / "docs" / "api").glob("*.md"))
    for name in re.findall(r"^::: (\S+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_menu_is_there(page: str) -> None:
    assert (ROOT / "docs" / page).is_file()


def test_every_page_is_in_the_menu() -> None:
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert pages - set(PAGES) <= {"ablation_table.md"}  # part of ablation.md


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_reference_exists_and_says_what_it_is(name: str) -> None:
    module, _, last = name.rpartition(".")
    try:
        thing = importlib.import_module(name)
    except ModuleNotFoundError:
        thing = getattr(importlib.import_module(module), last)
    assert thing.__doc__


@pytest.mark.parametrize(
    ("page", "snippet"),
    [
        (page, snippet)
        for page in PAGES
        for snippet in re.findall(r'^--8<-- "([^"]+)"$', (ROOT / "docs" / page).read_text("utf-8"), flags=re.MULTILINE)
    ],
)
def test_code_that_a_guide_shows_is_in_the_tested_package(page: str, snippet: str) -> None:
    path, *lines = snippet.split(":")
    shown = (ROOT / path).read_text(encoding="utf-8").splitlines()
    first, last = (int(lines[0]), int(lines[1])) if lines else (1, len(shown))
    assert path.startswith("tests/plugin_package/")
    assert 1 <= first <= last <= len(shown)
    assert shown[first - 1].startswith(("[", "def ", "class ", '"""'))
