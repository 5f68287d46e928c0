import pytest

from audiotok.errors import InvalidData
from audiotok.files.json import json_lines


def test_blank_lines_are_counted_and_left_out():
    assert list(json_lines([b'{"a": 1}\n', b"  \n", b'{"a": 2}'], "x")) == [(1, {"a": 1}), (3, {"a": 2})]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"a": ', "x.jsonl:2: not JSON"),
        (b"[1]", "x.jsonl:2: expected an object, got list"),
        ("[" * 100_000, "x.jsonl:2: not JSON"),
    ],
    ids=["cut", "a list", "too deep"],
)
def test_a_line_that_is_no_object_is_named(line, message):
    with pytest.raises(InvalidData, match=message):
        list(json_lines([b"{}", line], "x.jsonl"))


def test_what_is_no_text_is_left_to_the_caller():
    with pytest.raises(UnicodeDecodeError):
        list(json_lines([b"\xff\xfe"], "x.jsonl"))
