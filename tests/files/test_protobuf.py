"""Messages written out by hand from the encoding's description."""

import pytest

from audiotok.files.protobuf import bytes_of, fields, numbers


def test_every_kind_of_field_is_read() -> None:
    message = bytes([0x08, 0x05, 0x12, 0x02, 0x61, 0x62, 0x1D, 1, 1, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0])
    assert list(fields(memoryview(message))) == [(1, 5), (2, b"ab"), (3, 257), (4, 2)]


def test_packed_numbers_stand_one_after_the_other() -> None:
    assert numbers(memoryview(bytes([0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05]))) == [3, 270, 86942]


@pytest.mark.parametrize("message", [b"\x12\x03ab", b"\x1d\x01", b"\x08\x80", b"\x0b"])
def test_a_message_that_is_cut_or_none_is_refused(message: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        list(fields(memoryview(message)))


def test_a_number_is_no_message() -> None:
    with pytest.raises(ValueError, match="expected a message, got a number"):
        bytes_of(1)
