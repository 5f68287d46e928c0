"""The pages of an Ogg file: where its streams lie, and damage that decoders pass over without a word."""

from __future__ import annotations

import re
import struct
import zlib
from typing import BinaryIO

from audiotok.core.chunks import behind_id3
from audiotok.errors import InvalidAudio

_BEGINS, _ENDS = 2, 4  # flags of a page
_OTHERS = (b"OggS", b"RIFF", b"RF64", b"FORM", b"fLaC", b"\x1aE\xdf\xa3")  # how no junk begins
_SEARCHED = 4096
_BEGINNING = re.compile(rb"OggS\0[\2\6]")
_BITS_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg_streams(file: BinaryIO) -> list[tuple[int, int]]:
    """(first byte, number of bytes) of each stream of an Ogg file, [] of any other file.

    There are several where streams were written one after another; the first begins behind what stands before it, such
    as a tag. Raises InvalidAudio where a page is damaged or missing, or the last one is not the end of a stream:
    decoders pass over such.
    """
    size = file.seek(0, 2)
    first = position = _first_page(file)
    flags, audio = 0, False
    begins = [first]  # of streams
    numbers: dict[int, int] = {}  # serial number of a stream -> that of its last page
    while position < size:
        file.seek(position)
        head = file.read(27 + 255)
        if head[:4] != b"OggS" or len(head) < 27 or len(head) < 27 + head[26]:
            break
        length = 27 + head[26] + sum(head[27 : 27 + head[26]])
        file.seek(position)
        page = file.read(length)
        if len(page) < length:
            flags = 0
            break
        serial, number, checksum = struct.unpack_from("<III", page, 14)
        flags = page[5]
        if checksum != _ogg_checksum(page[:22] + bytes(4) + page[26:]):
            raise InvalidAudio(f"damaged, the checksum of its Ogg page at byte {position} is wrong")
        if not flags & _BEGINS and number != numbers.get(serial, -1) + 1:
            raise InvalidAudio(f"damaged, an Ogg page is missing before byte {position}")
        numbers[serial] = number
        if audio and flags & _BEGINS:
            begins.append(position)
        audio = not flags & _BEGINS
        position += length
    if position == first:
        return []
    if not flags & _ENDS:
        raise InvalidAudio("cut short, its last Ogg page is not the end of a stream")
    return [(begin, end - begin) for begin, end in zip(begins, [*begins[1:], position], strict=True)]


def _first_page(file: BinaryIO) -> int:
    """The first byte of an Ogg file that some other bytes precede, else 0."""
    file.seek(0)
    if file.read(4) in _OTHERS:
        return 0
    behind = behind_id3(file)
    file.seek(behind)
    found = _BEGINNING.search(file.read(_SEARCHED))
    return behind + found.start() if found else 0


def _ogg_checksum(page: bytes) -> int:
    """zlib's polynomial with the bits of bytes and result in the other order, from 0 (RFC 3533, 6)."""
    reflected = zlib.crc32(page.translate(_BITS_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)
