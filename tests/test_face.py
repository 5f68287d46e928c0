"""The package's face is light, and its names are all there. What is imported is asserted, not how long it takes."""

import importlib.util
import subprocess
import sys

import pytest

import audiotok

HEAVY = ("torch", "torchaudio", "numpy", "scipy", "soundfile", "transformers", "huggingface_hub", "jinja2", "pandas")


def run(program: str) -> str:
    """What a fresh process prints last."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n").rpartition("\n")[2]


def imported_after(program: str) -> set[str]:
    found = run(f"{program}\nimport sys; print('imported', *(name for name in {HEAVY} if name in sys.modules))").split()
    return set(found[1:])


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert imported_after("import audiotok") == set()


@pytest.mark.parametrize("arguments", [("--help",), ("list",), ("tokenize", "--help"), ("leaderboard", "--help")])
def test_help_and_list_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    program = (
        f"import sys; sys.argv[1:] = {arguments}\n"
        "from audiotok.cli.main import main\n"
        "try: main()\nexcept SystemExit as ended: assert not ended.code, ended"
    )
    assert imported_after(program) == set()


@pytest.mark.parametrize("name", audiotok.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(audiotok, name) is not None
    assert name in dir(audiotok)


def test_what_authors_of_tokenizers_need_is_public() -> None:
    needed = {"Codec", "Embeddable", "FrameCodec", "Scalable", "Streaming", "TokenSpec", "Tokenizer", "TokenizerCard"}
    assert needed | {"Anchor", "Audio", "Tokens", "available", "load"} <= set(audiotok.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Codek"):
        audiotok.Codek  # noqa: B018


@pytest.mark.skipif(importlib.util.find_spec("torchaudio") is None, reason="needs torchaudio")
@pytest.mark.parametrize(
    "first",
    [
        "import audiotok",
        pytest.param("import audiotok.errors", marks=pytest.mark.slow),
        pytest.param("import audiotok; audiotok.Audio", marks=pytest.mark.slow),
    ],
)
def test_torchaudio_works_beside_any_torch_once_the_package_is_imported(first: str) -> None:
    program = (
        f"{first}\nimport torch, torchaudio; print(torchaudio.functional.resample(torch.zeros(100), 2, 1).shape[0])"
    )
    assert run(program) == "50"
