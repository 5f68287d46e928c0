"""An environment with a package of tokenizers that is not here, made without a network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from audiotok.isolated import environments
from audiotok.isolated.environments import Environment


@pytest.fixture(scope="session")
def package() -> Path:
    return Path(__file__).parents[1] / "plugin_package"


@pytest.fixture(scope="session")
def _environments(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("isolated")
    source = folder / "source"  # setuptools writes beside what it builds
    shutil.copytree(package, source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIOTOK_ENVS", str(folder / "envs"))
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_NO_BUILD_ISOLATION", "0")
        made = environments.make("dct", [str(source)], share=True)
    (folder / "envs" / "faulty").symlink_to("dct")
    return made


@pytest.fixture
def environment(_environments: Environment, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Called dct; it is there as faulty as well."""
    monkeypatch.setenv("AUDIOTOK_ENVS", str(_environments.folder.parent))
    return _environments
