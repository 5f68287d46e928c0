"""The packages that a tokenizer runs on: which are missing, what installs them, and their versions."""

from __future__ import annotations

import contextlib
import json
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

from audiotok import registry
from audiotok.doors import ANCHORS, TOKENIZERS, package_of
from audiotok.files.installed import version
from audiotok.isolated import environments


def missing(name: str) -> list[str]:
    """Packages that a tokenizer needs, by its extra or in an environment of its own, and that are not here."""
    found = [Requirement(text) for text in environments.PACKAGES.get(name, ())]
    for point in (*TOKENIZERS.points(name), *ANCHORS.points(name)):
        if point.dist:
            found += [requirement for requirement in _requirements(point.dist) if _is_of_extra(requirement, name)]
    return [requirement.name for requirement in found if not _is_installed(requirement)]


def install_command(name: str) -> str:
    """The command that installs the packages of a tokenizer of ours."""
    return f"audiotok env make {name}" if name in environments.PACKAGES else f'pip install "audiotok[{name}]"'


def _is_of_extra(requirement: Requirement, extra: str) -> bool:
    return _holds(requirement, extra) and not _holds(requirement, "")


@lru_cache(maxsize=4096)
def _holds(requirement: Requirement, extra: str) -> bool:
    """Whether this machine needs it with an extra; "" is none."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _is_installed(requirement: Requirement) -> bool:
    with contextlib.suppress(PackageNotFoundError):
        version(requirement.name)
        return True
    return False


def versions(identifier: str) -> dict[str, str]:
    """Versions of the packages that may change what a tokenizer returns: its own, and what that one requires."""
    parsed = registry.parse(identifier)
    found: dict[str, str] = {}
    for point in (*TOKENIZERS.points(parsed.name), *ANCHORS.points(parsed.name)):
        if not point.dist:
            continue
        package = package_of(point)
        if package != "audiotok":
            found[package] = version(package)
        for requirement in _requirements(point.dist):
            # Of our own requirements only the tokenizer's extra: the core's are named by whoever asks.
            counts = package != "audiotok" or requirement.marker is not None
            if counts and _holds(requirement, parsed.name):
                with contextlib.suppress(PackageNotFoundError):
                    found[requirement.name] = version(requirement.name)
    for text in environments.PACKAGES.get(parsed.name, ()):
        with contextlib.suppress(PackageNotFoundError):
            found[Requirement(text).name] = _version_and_commit(distribution(Requirement(text).name))
    return found | (versions(str(parsed.inner)) if parsed.inner else {})


@lru_cache(maxsize=64)
def _requirements(package: Distribution) -> tuple[Requirement, ...]:
    """Read once: the object is another where something was installed (audiotok.doors)."""
    return tuple(Requirement(text) for text in package.requires or ())


def _version_and_commit(package: Distribution) -> str:
    """A package on no index is installed from a commit, and may have one version number for ever."""
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    commit = origin.get("vcs_info", {}).get("commit_id", "")
    return f"{package.version}+{commit[:12]}" if commit else package.version
