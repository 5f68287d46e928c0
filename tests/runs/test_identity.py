"""A system's identity: whatever changes its output makes another one, also in a package that audiotok does not know."""

import importlib
import sys
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.core.tokenizer import Tokenizer
from audiotok.runs.identity import describe

TOKENIZER = """
from pathlib import Path

from audiotok.tokenizers.mulaw import MuLaw
from identity_codec import layers


class IdentityCodec(MuLaw):
    def __init__(self, *, checkpoint: str = "") -> None:
        super().__init__()
        self.gain = layers.GAIN * float((Path(__file__).parent / "weights.txt").read_text())
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installed package that offers the tokenizer `identity-codec`."""
    folder = tmp_path / "identity_codec"
    folder.mkdir()
    info = tmp_path / "identity_codec-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: identity_codec\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[audiotok.tokenizers]\nidentity-codec = identity_codec.tokenizer:IdentityCodec\n"
    )
    (folder / "__init__.py").touch()
    (folder / "tokenizer.py").write_text(TOKENIZER)
    (folder / "layers.py").write_text("from identity_codec import quantizer\nGAIN = quantizer.GAIN\n")
    (folder / "quantizer.py").write_text("GAIN = 1.0\n")
    (folder / "weights.txt").write_text("1.0")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def described(identifier: str = "identity-codec") -> dict[str, str]:
    """The identity, as in a process that has just begun."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "identity_codec"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return describe(registry.load(identifier))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("tokenizer.py", TOKENIZER + "    batched = False\n"),
        ("layers.py", "GAIN = 0.1\n"),  # imported as a module
        ("quantizer.py", "GAIN = 0.1\n"),  # imported by that module
        ("weights.txt", "0.25"),
    ],
)
def test_every_file_of_another_package_counts(package: Path, file: str, text: str) -> None:
    before = described()
    assert described() == before
    (package / file).write_text(text)
    assert {name for name, value in described().items() if before.get(name) != value} == {"source_sha256"}


def test_what_python_and_hidden_folders_keep_in_a_package_does_not_count(package: Path) -> None:
    before = described()
    for name in ("__pycache__", ".cache"):
        (package / name).mkdir(exist_ok=True)
        (package / name / "kept").write_text("of this process")
    assert described() == before


@pytest.mark.parametrize("outer", ["{}", "dedup({}):max_duration=4"])
def test_a_file_that_an_option_names_counts_with_its_content(package: Path, outer: str) -> None:
    weights = package.parent / "weights.bin"
    weights.write_text("first")
    identifier = outer.format(f"identity-codec:checkpoint={weights}")
    before = described(identifier)
    weights.write_text("second")
    [differing] = [name for name, value in described(identifier).items() if before.get(name) != value]
    assert differing.endswith("checkpoint_sha256")


def test_files_that_our_own_tokenizers_name_are_in_their_cards(tmp_path: Path) -> None:
    ours: Tokenizer = registry.load("mulaw")
    ours._files = {"checkpoint": "0" * 64}
    assert not [name for name in describe(ours) if name.endswith("checkpoint_sha256")]
