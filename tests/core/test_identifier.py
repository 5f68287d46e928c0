import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiotok.core.identifier import Identifier, file_name, slug
from audiotok.errors import InvalidOption

names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
values = st.one_of(st.integers(-5, 5), st.booleans(), st.sampled_from(["a", "/data/x.bin", "0.5", "v1-b"]))
identifiers = st.recursive(
    st.builds(Identifier, names, st.dictionaries(names, values, max_size=3)),
    lambda inner: st.builds(Identifier, names, st.dictionaries(names, values, max_size=3), inner),
    max_leaves=3,
)


@given(identifiers)
def test_what_is_written_is_read_again(identifier: Identifier) -> None:
    assert str(Identifier.parse(str(identifier))) == str(identifier)


def test_options_are_sorted() -> None:
    assert str(Identifier.parse("a:z=1,b=2")) == "a:b=2,z=1"


def test_nesting_keeps_the_inner_options_apart() -> None:
    parsed = Identifier.parse("bpe(mimi:num_codebooks=8):vocab=512")
    assert (parsed.name, parsed.options) == ("bpe", {"vocab": "512"})
    assert str(parsed.inner) == "mimi:num_codebooks=8"


@pytest.mark.parametrize(
    "text", ["", ":", "a:", "a:b", "a:b=", "a:=1", "a(b", "a(b))", "a b", "a:b=1,", "a:b=1:c=2", "(a)"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="is no identifier"):
        Identifier.parse(text)


@pytest.mark.parametrize(
    ("around", "character"),
    [
        *(("mel:checkpoint={},num_codebooks=2", character) for character in " ,=:()"),
        *(("dedup(mel:num_codebooks=2,checkpoint={})", character) for character in " ,=:("),
    ],
)
def test_a_character_that_a_path_cannot_have_is_named_with_its_option(around: str, character: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        Identifier.parse(around.format(f"my{character}codecs/a.safetensors"))
    assert f"The value of checkpoint cannot contain {character!r}" in str(refused.value)
    assert "rename the file or link to it" in str(refused.value)


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(InvalidOption, match="twice"):
        Identifier.parse("a:b=1,b=2")


@pytest.mark.parametrize(
    "names",
    [
        ("my-codec", "my_codec", "my--codec"),
        ("codec:model=a_b", "codec:model=a-b", "codec:model=a/b"),
        ("codec:model=" + "x" * 90 + "1", "codec:model=" + "x" * 90 + "2"),
        ("bpe(my_codec)", "bpe(my-codec)"),
    ],
)
def test_identifiers_that_differ_have_slugs_that_differ(names: tuple[str, ...]) -> None:
    slugs = {slug(name) for name in names}
    assert len(slugs) == len(names)
    assert max(map(len, slugs)) <= 80


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("codec2:mode=700C", "codec2-mode-700C"),
        ("audiotok-rvq:num_codebooks=8", "audiotok-rvq-num-codebooks-8"),
        ("bpe(whisper-units:k=500):model=whisper-units-2048", "bpe-whisper-units-k-500-model-whisper-units-2048"),
    ],
)
def test_a_slug_that_loses_nothing_has_no_hash(identifier: str, expected: str) -> None:
    assert slug(identifier) == expected


def test_names_of_any_length_become_file_names_that_differ() -> None:
    names = ["n" * 240 + end for end in ("1", "2")] + ["声" * 100 + end for end in ("1", "2")] + ["short"]
    files = {file_name(name, ".safetensors") for name in names}
    assert len(files) == len(names)
    assert "short.safetensors" in files
    assert max(len(file.encode()) for file in files) <= 255


def test_nesting_has_an_end() -> None:
    """A file of tokens may name any identifier: a deep one is refused, not a crash."""
    with pytest.raises(InvalidOption, match="nests at most 8"):
        Identifier.parse("a(" * 100_000)
    assert Identifier.parse("a(" * 8 + "b" + ")" * 8).name == "a"
