import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiotok.errors import InvalidResult
from audiotok.results import signature

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
values = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="|"), min_size=1)


def test_a_signature_reads_as_documented():
    written = signature.build(
        "reconstruction.v1", "model:whisper-base|beam:1", seed=0, metric="wer.v1", data="mini@sha256:ab12"
    )
    assert written == "reconstruction.v1|beam:1|data:mini@sha256:ab12|metric:wer.v1|model:whisper-base|seed:0"


@given(st.dictionaries(names.filter(lambda name: name not in ("recipe", "analysis")), values))
def test_what_is_built_is_parsed_back(fields):
    assert signature.parse(signature.build("wer.v2", **fields)) == signature.Signature("wer.v2", fields)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "recipe.vN"),
        ("wer|seed:0", "recipe.vN"),
        ("wer.v1|seed", "name:value, got 'seed'"),
        ("wer.v1|seed:", "without"),
        ("wer.v1|Seed:0", "without"),
        ("wer.v1|seed:0\n", "without"),
        ("wer.v1|seed:0|data:x", "alphabetical"),
        ("wer.v1|seed:0|seed:0", "once"),
    ],
)
def test_what_is_not_canonical_is_refused(text, complaint):
    with pytest.raises(InvalidResult, match=complaint):
        signature.parse(text)


def test_a_field_given_twice_is_refused():
    with pytest.raises(InvalidResult, match="seed twice: '0' and '1'"):
        signature.build("wer.v1", "seed:1", seed=0)


def test_a_bar_in_a_value_is_refused():
    with pytest.raises(InvalidResult, match="without"):
        signature.build("wer.v1", data="a|b")


def test_differing_fields_are_named_with_both_values():
    a = signature.build("wer.v1", data="mini", seed=0)
    b = signature.build("wer.v2", data="mini", beam=1)
    with pytest.raises(
        InvalidResult, match=r"mimi and dac .*: recipe is wer.v1 and wer.v2; seed is 0 and absent; beam is"
    ):
        signature.require_comparable({"mimi": a, "same": a, "dac": b})


def test_equal_signatures_are_comparable():
    signature.require_comparable({"a": "wer.v1|seed:0", "b": "wer.v1|seed:0"})
    assert signature.differences("wer.v1|seed:0", "wer.v1|seed:0") == {}
