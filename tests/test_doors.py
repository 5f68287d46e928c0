import sys
from pathlib import Path

import pytest

from audiotok import doors
from audiotok.doors import Door
from audiotok.errors import MissingDependency, UnknownName

WORDS = Door("audiotok_test.words", "word")


def package(folder: Path, name: str, points: str, metadata: str = "") -> None:
    """An installed package that offers `points` and holds nothing."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}")
    (info / "entry_points.txt").write_text(f"[{WORDS.group}]\n{points}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_names_are_listed_without_importing_them(site: Path) -> None:
    package(site, "first", "b = first:B\na = first:A")
    assert WORDS.names() == ["a", "b"]
    assert "first" not in sys.modules


def test_a_name_loads_what_its_package_offers(site: Path) -> None:
    package(site, "first", "tau = math:tau")
    assert WORDS.load("tau") == pytest.approx(6.283185307)


def test_a_name_that_two_packages_offer_is_refused_with_both(site: Path) -> None:
    package(site, "first", "tau = first:TAU")
    package(site, "second", "tau = second:TAU")
    with pytest.raises(UnknownName, match=r"the word name 'tau' is claimed twice, by first .* and second .*uninstall"):
        WORDS.load("tau")


def test_an_unknown_name_suggests_a_near_one_or_lists_all(site: Path) -> None:
    package(site, "first", "gain = first:G\nloudness = first:L")
    with pytest.raises(UnknownName, match="no word is called 'loudnes'; did you mean loudness"):
        WORDS.load("loudnes")
    with pytest.raises(UnknownName, match="there are gain, loudness"):
        WORDS.load("xyz")


def test_an_empty_group_says_that_there_is_none() -> None:
    with pytest.raises(UnknownName, match="there are none"):
        WORDS.load("anything")


def test_a_missing_module_names_the_extra_of_the_package_that_offers_it(site: Path) -> None:
    package(site, "first", "loud = no_such_module_here:L\nsoft = no_such_module_here:S", "Provides-Extra: loud\n")
    with pytest.raises(MissingDependency, match=r'pip install "first\[loud\]"'):
        WORDS.load("loud")
    with pytest.raises(MissingDependency, match='pip install "no_such_module_here"'):
        WORDS.load("soft")


def test_every_group_is_named_after_this_package() -> None:
    assert {door.group for door in (doors.TOKENIZERS, doors.ANCHORS, doors.METRICS)} == {
        *("audiotok.tokenizers", "audiotok.anchors", "audiotok.metrics")
    }
