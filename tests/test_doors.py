import sys
from pathlib import Path
from typing import Any, cast

import pytest

from audiotok import data, doors, registry, tasks
from audiotok.doors import Door
from audiotok.errors import BrokenPackage, MissingDependency, UnknownName
from audiotok.lm import patterns
from audiotok.runs import engines

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


def test_a_module_that_fails_when_imported_is_named_with_its_package(site: Path) -> None:
    package(site, "first", "loud = broken_here:L\nsoft = math:tau")
    (site / "broken_here.py").write_text("raise ImportError('cannot import name X')")
    with pytest.raises(BrokenPackage, match=r"'loud' of first \(broken_here:L\) cannot be imported: .*cannot import"):
        WORDS.load("loud")


def test_what_works_is_listed_and_the_rest_is_named_once(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package(site, "first", "heavy = broken_too:L\nlight = math:tau")
    (site / "broken_too.py").write_text("1 / 0")
    for _ in range(2):
        assert [name for name, _ in doors.usable(WORDS.names(), WORDS.load)] == ["light"]
    assert capsys.readouterr().err.count("left out: the word 'heavy' of first") == 1


@pytest.fixture
def other(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a door of each kind, none of which holds what it should."""
    info = site / "other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[audiotok.tasks]\nmine = other_mod:TASK\n"
        "[audiotok.datasets]\nnothing = other_mod:load\n"
        "[audiotok.engines]\nhalf = other_mod:half\n"
    )
    (site / "other_mod.py").write_text(
        "TASK = 'no task'\ndef load(rest): return None\ndef half(stage, jobs, workers): yield from jobs[::2]\n"
    )
    return site


@pytest.mark.usefixtures("other")
def test_a_task_that_is_none_is_refused_and_the_others_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BrokenPackage, match="expected a Task called 'mine', got 'no task'"):
        tasks.get("mine")
    assert "wer" in {task.name for task in tasks.usable()}
    assert "left out: other offers other_mod:TASK" in capsys.readouterr().err


@pytest.mark.usefixtures("other")
def test_a_data_set_that_is_no_manifest_is_refused() -> None:
    with pytest.raises(BrokenPackage, match="expected a function that returns a Manifest, got None"):
        data.load("nothing:here")


@pytest.mark.usefixtures("other")
def test_an_engine_that_leaves_jobs_undone_is_refused() -> None:
    engine = engines.get("half")
    with pytest.raises(BrokenPackage, match="expected one result for each of 4 jobs, got 2"):
        list(engine(cast(Any, None), [1, 2, 3, 4], 1))


CODECS = """
from __future__ import annotations
import typing
from audiotok.tokenizers.mulaw import MuLaw
if typing.TYPE_CHECKING:
    from pathlib import PurePath

class Raises(MuLaw):
    def __init__(self, *, gain: float = 1.0) -> None:
        raise ValueError("gain must be positive")

class NoCard(MuLaw):
    card = None

class NoSpec(MuLaw):
    def __init__(self) -> None:
        self.decode_sample_rate = 16000

class Unknown(MuLaw):
    def __init__(self, *, path: PurePath | None = None) -> None:
        super().__init__()

class Network:
    pass

def chosen():
    return MuLaw()
"""


@pytest.fixture
def codecs(site: Path) -> Path:
    """A package with tokenizers, a pattern and data sets, each with one mistake of its author."""
    info = site / "door_codecs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: door_codecs\nVersion: 1.0\n")
    names = ("Raises", "NoCard", "NoSpec", "Unknown", "Network", "chosen")
    (info / "entry_points.txt").write_text(
        "[audiotok.tokenizers]\n"
        + "".join(f"door-{name.lower()} = door_codecs.tokenizer:{name}\n" for name in names)
        + "door-typo = door_codecs.tokenizr:Raises\ndoor-module = door_codecs.tokenizer\n"
        + "[audiotok.patterns]\nno_pattern = door_codecs.tokenizer:Network\n"
        + "[audiotok.datasets]\nmini = door_codecs.tokenizer:chosen\nraises = door_codecs.tokenizer:chosen\n"
    )
    (site / "door_codecs").mkdir()
    (site / "door_codecs" / "__init__.py").touch()
    (site / "door_codecs" / "tokenizer.py").write_text(CODECS)
    return site


@pytest.mark.usefixtures("codecs")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("door-typo", "needs the module door_codecs.tokenizr, which does not exist; mend the entry point"),
        ("door-module", "expected a subclass of audiotok.core.tokenizer.Tokenizer, got <module"),
        ("door-network", "expected a subclass of audiotok.core.tokenizer.Tokenizer, got <class"),
        ("door-raises", "failed as it was constructed as door-raises: ValueError: gain must be positive"),
        ("door-nocard", "expected a tokenizer whose card is a TokenizerCard, got None"),
        ("door-nospec", "expected a tokenizer whose spec is a TokenSpec, got None"),
        ("door-unknown", "by its annotations: NameError: name 'PurePath' is not defined"),
    ],
)
def test_a_mistake_in_a_tokenizer_of_another_package_is_named(name: str, words: str) -> None:
    with pytest.raises(BrokenPackage, match=words):
        registry.load(name)


@pytest.mark.usefixtures("codecs")
def test_a_function_that_does_not_say_which_class_it_returns_has_no_card() -> None:
    with pytest.raises(BrokenPackage, match="a function annotated with the class that it returns"):
        registry.card("door-chosen")


@pytest.mark.usefixtures("codecs")
def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(BrokenPackage, match=r"expected a subclass of audiotok.*Pattern, got"):
        patterns.find("no_pattern")


@pytest.mark.usefixtures("codecs")
def test_a_data_set_that_raises_is_named_with_its_package() -> None:
    with pytest.raises(BrokenPackage, match=r"'raises' of door_codecs .* failed as it was loaded as raises:x: TypeErr"):
        data.load("raises:x")


@pytest.mark.usefixtures("codecs")
def test_a_data_set_with_the_name_of_ours_is_refused() -> None:
    with pytest.raises(UnknownName, match="data set name 'mini' is claimed twice, by audiotok and door_codecs"):
        data.load("mini")
