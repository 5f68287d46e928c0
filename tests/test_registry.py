import re
import subprocess
import sys
from pathlib import Path

import pytest

import audiotok
from audiotok import registry
from audiotok.core.identifier import Identifier
from audiotok.errors import InvalidOption, MissingDependency, UnknownName


def test_our_own_tokenizers_are_listed() -> None:
    assert {"codec2", "encodec", "lyra", "mulaw"} <= set(audiotok.available())


def test_listing_imports_no_tokenizer() -> None:
    script = "import sys, audiotok; audiotok.available(); print([m for m in sys.modules if 'audiotok.tokenizers' in m])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_an_unknown_name_suggests_a_near_one() -> None:
    with pytest.raises(UnknownName, match=r"did you mean .*codec2"):
        audiotok.load("codec")


def test_an_unknown_option_says_which_there_are() -> None:
    with pytest.raises(InvalidOption, match="codec2 has no option rate; it has: mode"):
        audiotok.load("codec2:rate=2400")


@pytest.mark.parametrize("text", ["mulaw:sample_rate=44100", "mulaw:sample_rate=fast"])
def test_an_option_outside_its_choices_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="must be one of"):
        audiotok.load(text)


def test_a_canonical_name_has_its_defaults_written_out() -> None:
    assert registry.canonical("codec2") == "codec2:mode=3200"
    assert registry.canonical("encodec:num_codebooks=8") == "encodec:model=24khz,num_codebooks=8"
    assert audiotok.load("mulaw").identifier == registry.canonical("mulaw")


@pytest.mark.parametrize(
    ("name", "title"),
    [("encodec", "EnCodec 24 kHz"), ("focalcodec", "FocalCodec"), ("mulaw", "µ-law, 8 bit"), ("dedup", None)],
)
def test_a_card_is_known_without_loading_also_where_a_function_chooses_the_class(name: str, title: str | None) -> None:
    card = registry.card(name)
    assert (card and card.title) == title


def test_a_system_is_a_tokenizer_or_an_anchor() -> None:
    assert registry.load_system("codec2").identifier == "codec2:mode=3200"
    assert registry.load_system("opus:kbps=6").identifier == "opus:kbps=6"


@pytest.mark.parametrize("text", ["opus:kbps=6", "dedup(opus:kbps=6)"])
def test_an_anchor_is_no_tokenizer_and_says_how_it_is_loaded(text: str) -> None:
    with pytest.raises(UnknownName, match=r"opus is no tokenizer but an anchor.*load_system\('opus:kbps=6'\)"):
        registry.load(text)


@pytest.mark.parametrize("text", ["dac(mulaw)", "mulaw(codec2)", "opus(mulaw):kbps=6"])
def test_a_tokenizer_inside_one_that_takes_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="takes no tokenizer inside it"):
        registry.canonical(text)
    with pytest.raises(InvalidOption, match="takes no tokenizer inside it"):
        registry.load_system(text)


def test_a_nesting_tokenizer_without_one_inside_is_refused() -> None:
    with pytest.raises(InvalidOption, match=r"as in dedup\(mulaw\)"):
        audiotok.load("dedup")


@pytest.mark.parametrize(("package", "extra"), [("pycodec2", "codec2")])
def test_a_missing_package_says_which_extra_brings_it(
    package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # importing it fails
    monkeypatch.delitem(sys.modules, f"audiotok.tokenizers.{extra}", raising=False)  # it has been imported
    with pytest.raises(MissingDependency, match=re.escape(f'pip install "audiotok[{extra}]"')):
        audiotok.load(extra)


def test_a_name_claimed_twice_names_both_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("first", "second"):
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[audiotok.tokenizers]\ntwice = {package}.module:Class\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UnknownName, match=r"claimed twice, by first .* and second"):
        audiotok.load("twice")


@pytest.mark.parametrize(
    "name", ["audiotok-rvq", "encodec", "encodec:model=48khz", "codec2:mode=1600", "whisper-units"]
)
def test_a_canonical_identifier_can_be_read_again(name: str) -> None:
    canonical = registry.canonical(name)
    assert registry.canonical(canonical) == canonical


def test_names_of_other_packages_are_told_from_our_own() -> None:
    assert registry.foreign(Identifier.parse("bpe(codec2:mode=700):model=x")) == ""
    assert registry.foreign(Identifier.parse("opus:kbps=6")) == ""
    assert registry.foreign(Identifier.parse("bpe(nobodys:mode=700):model=x")) == "nobodys"


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("codec2:mode=700", ""),
        ("bpe(codec2:mode=700):model=/tmp/merges.json", "which would take model from /tmp/merges.json"),
        ("bpe(codec2:mode=700):model=someone/repository", "which would take model from someone/repository"),
        ("bpe(codec2:mode=700):model=merges.json", "which would take model from merges.json"),
        ("bpe(codec2:mode=700):model=audiotok-units-2048", ""),
        ("speak(codec2:mode=700):model=allison,prompt=june", "which would take model from allison"),
        ("audiotok-units:prompt=june", ""),
        ("audiotok-units:prompt=june.flac", "which would take prompt from june.flac"),
        ("mel:checkpoint=weights", "which would take checkpoint from weights"),
        ("focalcodec:revision=0123456789012345678901234567890123456789", ""),
        ("nobodys", "of which nobodys is not part of audiotok"),
    ],
)
def test_what_a_file_names_is_loaded_only_where_all_of_it_is_ours(
    identifier: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever files the folder holds in which the program runs."""
    assert registry.unasked(identifier) == why
    monkeypatch.chdir(tmp_path)
    for name in ("700", "june", "merges.json", "weights", "audiotok-units-2048"):
        (tmp_path / name).touch()
    assert registry.unasked(identifier) == why
