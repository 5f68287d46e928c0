"""What pyproject.toml, constraints.txt and requirements.lock say of versions must be one thing."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OPTIONAL = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text()


def requirements(*groups: list[str]) -> list[Requirement]:
    found = [Requirement(line) for group in groups for line in group]
    return [requirement for requirement in found if requirement.name != "audiotok"]


def versions(text: str) -> dict[str, set[str]]:
    """Package -> its versions; a lock may have one for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


PINS = {name: next(iter(pins)) for name, pins in versions((ROOT / "constraints.txt").read_text()).items()}


@pytest.mark.parametrize("requirement", requirements(PROJECT["dependencies"], *OPTIONAL.values()), ids=str)
def test_every_direct_dependency_has_a_lower_bound_that_the_tested_version_keeps(requirement: Requirement) -> None:
    assert [bound.operator for bound in requirement.specifier][:1] == [">="]
    pin = PINS.get(canonicalize_name(requirement.name))
    assert pin is None or requirement.specifier.contains(pin)


def test_a_dependency_has_one_lower_bound_in_all_extras() -> None:
    """Except transformers, into which the models of our tokenizers have come one by one."""
    bounds: dict[str, set[str]] = {}
    for requirement in requirements(PROJECT["dependencies"], *OPTIONAL.values()):
        bounds.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier))
    assert {name: found for name, found in bounds.items() if len(found) > 1}.keys() == {"transformers"}


def test_the_lock_has_every_dependency_of_development_at_its_tested_version() -> None:
    locked = versions(LOCK)
    groups = [group for extra, group in OPTIONAL.items() if extra in {"dev", "metrics", "leaderboard", "data", "store"}]
    for requirement in requirements(PROJECT["dependencies"], *groups):
        name = canonicalize_name(requirement.name)
        assert locked[name], f"{name} is not locked: make lock"
        assert PINS.get(name) is None or PINS[name] in locked[name], f"{name}: make lock"
        assert all(Version(version) in requirement.specifier for version in locked[name]), f"{name}: make lock"


def test_every_file_of_the_lock_has_a_hash_and_no_address() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "-index" not in re.sub(r"^\s+#.*", "", LOCK, flags=re.MULTILINE)


def test_workflows_take_actions_at_a_commit() -> None:
    """A tag may be moved to other code."""
    used = [
        line.split("uses:")[1].split("#")[0].strip()
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert [action for action in used if not re.search("@[0-9a-f]{40}$", action)] == []
