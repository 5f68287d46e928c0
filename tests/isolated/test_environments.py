import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import audiotok
from audiotok.errors import InvalidOption, MissingDependency, UnknownName
from audiotok.isolated import environments
from audiotok.isolated.environments import Environment


def pretend(folder: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "environment.json").write_text(json.dumps({"packages": ["a", "b"], "audiotok": "0"}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIOTOK_ENVS", str(tmp_path))
    return tmp_path


def test_they_are_in_the_asset_cache_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDIOTOK_ENVS", raising=False)
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    assert environments.folder() == tmp_path / "envs"


def test_they_are_listed_found_and_removed_by_name(folder: Path) -> None:
    pretend(folder, "one")
    pretend(folder, "two")
    (folder / "half").mkdir()
    assert [environment.name for environment in environments.installed()] == ["one", "two"]
    assert environments.find("two") == Environment("two", folder / "two", ("a", "b"))
    assert environments.find("half") is None
    environments.remove("two")
    assert not (folder / "two").exists()
    with pytest.raises(UnknownName, match=r"no environment two .* there are: one"):
        environments.remove("two")


def test_a_worker_looks_for_no_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(folder, "one")
    monkeypatch.setenv(environments.IN_WORKER, "one")
    assert environments.find("one") is None


@pytest.mark.parametrize("name", ["../one", "one:option=1", "one(two)", ".one"])
def test_a_name_that_no_tokenizer_could_have_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(InvalidOption):
        environments.make(name)
    assert list(folder.iterdir()) == []


def test_one_that_is_there_is_not_made_again(folder: Path) -> None:
    pretend(folder, "one")
    with pytest.raises(InvalidOption, match="audiotok env remove one"):
        environments.make("one")


def test_what_pip_cannot_install_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(MissingDependency, match=r"pip install .*no-such-package failed with exit status 1"):
        environments.make("one", ["no-such-package"], share=True)
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_making_one_leaves_torch_compile_usable(folder: Path) -> None:
    script = (
        "from audiotok.errors import MissingDependency\n"
        "from audiotok.isolated import environments\n"
        "try:\n"
        "    environments.make('one', ['no-such-package'], share=True)\n"
        "except MissingDependency:\n"
        "    import torch.utils.cpp_extension as used\n"
        "    print(used.__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PIP_NO_INDEX": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "torch.utils.cpp_extension"


def test_what_is_known_to_be_needed_can_be_read_by_pip() -> None:
    for name, packages in environments.PACKAGES.items():
        names = [Requirement(package).name for package in packages]
        assert names[0] == name


def test_each_package_is_pinned_to_a_version_or_a_commit() -> None:
    for package in (Requirement(text) for packages in environments.PACKAGES.values() for text in packages):
        pinned = [one.operator for one in package.specifier] == ["=="]
        assert pinned or re.search("@[0-9a-f]{40}$", package.url or ""), package


@pytest.mark.parametrize("name", environments.PACKAGES)
def test_an_error_names_the_command_that_makes_one(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependency, match=f"audiotok env make {name}"):
        audiotok.load(name)
