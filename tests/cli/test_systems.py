"""Which systems are meant, and which can be had, is known and said before any is scored."""

import pytest

from audiotok.cli.systems import identifiers, obtainable
from audiotok.errors import AssetUnavailable, InvalidOption, UnknownName


def test_codebooks_multiply_tokenizers_and_leave_anchors_alone() -> None:
    found = identifiers(["mimi", "opus"], "1,4,1")
    assert found == ["mimi:num_codebooks=1", "mimi:num_codebooks=4", "opus"]
    with pytest.raises(InvalidOption, match="codec2 has no option num_codebooks; it has: mode"):
        identifiers(["codec2"], "1,2")
    with pytest.raises(InvalidOption, match=r"whole numbers from 1 on.*got '0'"):
        identifiers(["mimi"], "1,0")


@pytest.mark.usefixtures("no_weights_of_lyra")
def test_what_cannot_be_had_is_left_out_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert obtainable(["lyra", "mulaw", "reference"], "cpu") == ["mulaw:sample_rate=16000", "reference"]
    said = capsys.readouterr().err
    assert said.startswith("left out lyra:num_codebooks=46: ")
    assert "the publisher cannot be reached" in said


@pytest.mark.usefixtures("no_weights_of_lyra")
def test_the_only_system_that_was_asked_for_is_an_error() -> None:
    with pytest.raises(AssetUnavailable, match="the publisher cannot be reached"):
        obtainable(["lyra"], "cpu")


def test_a_name_that_nobody_knows_is_an_error_beside_others() -> None:
    with pytest.raises(UnknownName):
        obtainable(["mulaw", "no-such-codec"], "cpu")


def test_two_spellings_of_one_system_are_one_system() -> None:
    assert obtainable(["mulaw", "reference", "mulaw:sample_rate=16000", "mulaw"], "cpu") == [
        "mulaw:sample_rate=16000",
        "reference",
    ]
