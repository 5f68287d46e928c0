import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiotok.core.identifier import Identifier
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


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(InvalidOption, match="twice"):
        Identifier.parse("a:b=1,b=2")
