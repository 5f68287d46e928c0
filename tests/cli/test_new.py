"""The author of a codec: from an empty folder to a package that installs, passes `check`, and is loaded by its name."""

import os
import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import audiotok as package
from audiotok.cli.new import Kind, new
from audiotok.isolated import environments
from audiotok.isolated.environments import Environment

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, Path]:
    """What `audiotok new my-KIND --kind KIND` writes."""
    folder = tmp_path_factory.mktemp("new")
    for kind in Kind:
        new(f"my-{kind}", kind, folder / f"my-{kind}")
    return {kind: folder / f"my-{kind}" for kind in Kind}


@pytest.fixture(scope="module")
def environment(written: dict[Kind, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """One environment that holds all of them, made without a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIOTOK_ENVS", str(tmp_path_factory.mktemp("envs")))
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_NO_BUILD_ISOLATION", "0")
        return environments.make("my-isolated", [str(folder) for folder in written.values()], share=True)


@pytest.mark.slow
def test_every_new_package_passes_its_own_test(environment: Environment, written: dict[Kind, Path]) -> None:
    tests = [str(written[kind] / "tests") for kind in written if kind is not Kind.isolated]
    pytest_alone = [str(environment.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    plain = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # those of this environment take seconds to import
    done = subprocess.run(
        [*pytest_alone, *tests], cwd=written[Kind.codec].parent, capture_output=True, text=True, env=plain
    )
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) > 10 * len(tests)


@pytest.mark.parametrize(
    ("kind", "scalable", "streaming", "variable"),
    [
        (Kind.codec, False, False, False),
        (Kind.scalable, True, False, False),
        (Kind.streaming, False, True, False),
        (Kind.variable, False, False, True),
    ],
)
def test_a_kind_has_the_abilities_that_its_name_says(
    written: dict[Kind, Path],
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    scalable: bool,
    streaming: bool,
    variable: bool,
) -> None:
    project = tomllib.loads((written[kind] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["audiotok.tokenizers"][f"my-{kind}"].partition(":")
    monkeypatch.syspath_prepend(written[kind])
    made = getattr(import_module(module), name)()
    able = (isinstance(made, package.Scalable), isinstance(made, package.Streaming), made.spec.variable_rate)
    assert able == (scalable, streaming, variable)
    assert package.conformance.check(made).passed


@pytest.mark.slow
def test_an_isolated_package_is_checked_from_where_it_is_not_installed(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "my-isolated" not in package.available()
    monkeypatch.setenv("AUDIOTOK_ENVS", str(environment.folder.parent))
    report = package.conformance.check(package.load("my-isolated"))
    assert report.passed, str(report)


def test_the_readme_prints_what_is_written(tmp_path: Path, audiotok) -> None:
    assert audiotok("new", "mycodec", "-o", tmp_path / "mycodec")[0] == 0
    text = README.read_text(encoding="utf-8")
    for language, path in (("python", "mycodec/tokenizer.py"), ("toml", "pyproject.toml")):
        printed = re.search(rf"```{language}\n# mycodec/{path}\n(.*?)```", text, re.DOTALL)
        assert printed, f"the README does not print mycodec/{path}"
        assert printed[1] == (tmp_path / "mycodec" / path).read_text()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("My Codec", "lower-case letters"),
        ("class", "lower-case letters"),
        ("mimi", "a tokenizer mimi already"),
        ("numpy", "a package numpy already exists"),
        ("audiotok", "a package audiotok already exists"),
        ("json", "a package json already exists"),
    ],
)
def test_a_name_that_cannot_be_is_refused(audiotok, name: str, complaint: str) -> None:
    status, _, err = audiotok("new", name)
    assert (status, complaint in err) == (1, True)


def test_nothing_is_written_over(audiotok, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    status, _, err = audiotok("new", "mine", "-o", tmp_path / "mine")
    assert (status, "not empty" in err) == (1, True)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["file"]
