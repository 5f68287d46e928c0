"""A package that audiotok knows nothing of, installed beside it, is listed, loaded and checked."""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "plugin_package"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has what this one has, and the plug-in; made without a network."""
    folder = tmp_path_factory.mktemp("plugin")
    source = folder / "source"  # setuptools writes beside what it builds
    shutil.copytree(PACKAGE, source)
    subprocess.run(
        [sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", folder / "env"], check=True
    )
    python = folder / "env" / "bin" / "python"
    # A venv of a venv sees the packages of the first interpreter, not those of the venv that we run in.
    ours = sysconfig.get_paths()["purelib"]
    theirs = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # addsitedir also follows the .pth files there, by which an editable audiotok is found.
    Path(theirs, "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--no-build-isolation", "--no-deps", source]
    subprocess.run(install, check=True, cwd=folder)
    return python


def run(python: Path, script: str) -> str:
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, cwd=python.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_listed_without_being_imported(python: Path) -> None:
    out = run(python, "import sys, audiotok; print(audiotok.available(), 'pcm_codec' in sys.modules)")
    assert "'dct'" in out
    assert "'codec2'" in out
    assert out.strip().endswith("False")


def test_it_is_loaded_by_name_with_its_options(python: Path) -> None:
    out = run(python, "import audiotok; t = audiotok.load('dct:num_codebooks=8'); print(t.identifier, t.spec.bitrate)")
    assert out.split() == ["dct:num_codebooks=8", "4800.0"]


def test_it_conforms(python: Path) -> None:
    report = json.loads(
        run(python, "import audiotok, audiotok.conformance as c; print(c.check(audiotok.load('dct')).to_json())")
    )
    assert [finding for finding in report["findings"] if finding["outcome"] == "failed"] == []
    assert report["passed"]


def test_it_is_not_in_this_environment() -> None:
    import audiotok

    assert "dct" not in audiotok.available()
