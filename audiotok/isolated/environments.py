"""Environments of their own, one a family, in the folder `AUDIOTOK_ENVS` (default: envs in the asset cache).

<folder>/<family>/environment.json   written last, so that half an environment is none
                 /bin/python …       a venv that holds audiotok and what the family needs
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distributions, metadata, version
from pathlib import Path

import audiotok
from audiotok.core.identifier import Identifier
from audiotok.errors import CannotWrite, InvalidOption, MissingDependency, UnknownName
from audiotok.files.assets import cache_folder

#: Packages that no extra of ours can name: they are on no index, or exclude those of other extras. Each at one
#: version or commit.
PACKAGES = {
    "dualcodec": ("dualcodec==0.4.2",),
    "focalcodec": (
        "focalcodec @ git+https://github.com/lucadellalib/focalcodec@912b7f2c0cd43d54a8aed296bbcc925dec7d4ea3",
    ),
    "semanticodec": (
        "semanticodec @ git+https://github.com/haoheliu/SemantiCodec-inference@7c05d426d2971505014b96fc151522f78ff2a265",
        "einops==0.8.2",  # the last three it needs and does not declare
        "librosa==0.11.0",
        "requests==2.34.2",
    ),
}
#: Set in a worker: it is in its environment already and looks for no other.
IN_WORKER = "AUDIOTOK_IN_WORKER"


@dataclass(frozen=True)
class Environment:
    name: str
    folder: Path
    packages: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


def folder() -> Path:
    return Path(os.environ.get("AUDIOTOK_ENVS") or cache_folder() / "envs").expanduser().absolute()


def installed() -> list[Environment]:
    return [_read(marker) for marker in sorted(folder().glob("*/environment.json"))]


def find(name: str) -> Environment | None:
    """The environment of this family, unless we are in one."""
    marker = folder() / name / "environment.json"
    return _read(marker) if IN_WORKER not in os.environ and marker.is_file() else None


def make(name: str, packages: Sequence[str] = (), *, share: bool = False) -> Environment:
    """A venv called like the family that it is for, with audiotok, the family's extra, PACKAGES and `packages`.

    With `share` it sees the packages of this environment behind its own, so that torch is not installed again.
    Raises InvalidOption where there is one, MissingDependency where pip fails; pip prints its reasons.
    """
    if Identifier.parse(name) != Identifier(name):
        raise InvalidOption(
            f"an environment must have the name of a tokenizer family, for example focalcodec, got {name!r}"
        )
    place = folder() / name
    if (place / "environment.json").is_file():
        raise InvalidOption(f"the environment {name} already exists; remove it with: audiotok env remove {name}")
    wanted = (*PACKAGES.get(name, ()), *packages)
    shutil.rmtree(place, ignore_errors=True)  # what an interrupted make left
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        # Looking for the module pip would put setuptools' distutils out of use, without which torch.compile fails.
        has_pip = share and any(distributions(name="pip"))
        _run([sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(place)])
        if share:
            _share(place)
        install = [str(place / "bin" / "python"), "-m", "pip", "install", *_audiotok(name, share), *wanted]
        _run(install)
        environment = Environment(name, place, wanted)
        described = {"packages": wanted, "audiotok": version("audiotok")}
        (place / "environment.json").write_text(json.dumps(described), encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{place}: cannot be written ({error}); set AUDIOTOK_ENVS to another folder") from error
    finally:
        if not (place / "environment.json").is_file():
            shutil.rmtree(place, ignore_errors=True)
    return environment


def remove(name: str) -> None:
    """Raises UnknownName."""
    names = [environment.name for environment in installed()]
    if name not in names:
        raise UnknownName(f"there is no environment {name} in {folder()}; there are: {', '.join(names) or 'none'}")
    shutil.rmtree(folder() / name)


def _read(marker: Path) -> Environment:
    described = json.loads(marker.read_text(encoding="utf-8"))
    return Environment(marker.parent.name, marker.parent, tuple(described["packages"]))


def _audiotok(family: str, share: bool) -> list[str]:
    """The requirement for audiotok itself: the checkout that is running, or its release."""
    extra = f"[{family}]" if family in (metadata("audiotok").get_all("Provides-Extra") or ()) else ""
    checkout = Path(audiotok.__file__).parents[1]
    if share:
        return [f"audiotok{extra}"]
    if (checkout / "pyproject.toml").is_file():
        return ["-e", f"{checkout}{extra}"]
    return [f"audiotok{extra}=={version('audiotok')}"]


def _share(place: Path) -> None:
    scheme = {"base": str(place), "platbase": str(place)}
    ours = sysconfig.get_path("purelib")
    # The audiotok that is running comes first. addsitedir also follows the .pth files of this environment.
    Path(sysconfig.get_path("purelib", "venv", vars=scheme), "shared.pth").write_text(
        f"{Path(audiotok.__file__).parents[1]}\nimport site; site.addsitedir({ours!r})\n", encoding="utf-8"
    )


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True)
    except subprocess.CalledProcessError as error:
        raise MissingDependency(
            f"the environment could not be created: {' '.join(command)} failed with exit status {error.returncode}; "
            "see its output above. Other packages can be named with --package"
        ) from error
