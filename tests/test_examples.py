"""Every example in a docstring runs and gives what it shows."""

import doctest
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch

import audiotok

PACKAGE = Path(audiotok.__file__).parent
WITH_EXAMPLES = sorted(path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))

#: What a reader has imported.
KNOWN = {"np": np, "torch": torch} | {name: getattr(audiotok, name) for name in ("Audio", "Tokens", "TokenSpec")}


def module_of(path: Path) -> str:
    return ".".join(("audiotok", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


@pytest.mark.parametrize("name", map(module_of, WITH_EXAMPLES))
def test_the_examples_of_a_module_give_what_they_show(name: str) -> None:
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        pytest.skip(f"{name} needs {error.name}")
    found = doctest.testmod(module, extraglobs=KNOWN)
    assert found.attempted > 0
    assert found.failed == 0
