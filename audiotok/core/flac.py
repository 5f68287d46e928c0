"""Completeness of FLAC files (RFC 9639): the order of their frames, and the MD5 of their samples.

Decoders fill missing frames with silence, stop at the stated length, and compare no MD5.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from torch import Tensor

from audiotok.core.chunks import behind_id3
from audiotok.errors import InvalidAudio

_BLOCK = 1 << 20  # bytes that are searched at a time
_AT_ONCE = 1 << 14  # samples that are converted at a time, so that they stay in the cache
_SHORTEST, _LONGEST = 6, 16  # bytes of a frame's header
_FILE = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")


@dataclass(frozen=True)
class StreamInfo:
    """The first metadata block of a FLAC file."""

    total: int  # samples per channel, 0 where unknown
    bits: int  # per sample
    md5: bytes  # of all samples, zeros where unknown
    variable: bool  # whether frames are numbered by their first sample


def check_flac(file: BinaryIO) -> StreamInfo | None:
    """The stream info of a FLAC file, None for other files.

    Raises InvalidAudio where a frame is missing, the frames hold more or fewer samples than stated, or another FLAC
    file follows. Damage within frames is found by their checksums when they are decoded.
    """
    info = _stream_info(file)
    if info is None:
        return None
    first = file.tell()
    frames = _Frames(info)
    data, position = b"", first
    while True:
        block = file.read(_BLOCK)
        data += block
        until = max(0, len(data) - (_LONGEST if block else _SHORTEST))
        for at in _syncs(data, until):
            if frames.add(data[at : at + _LONGEST]):
                last = position + at
        if not block:
            break
        data, position = data[until:], position + until
    complete = 0 < frames.samples == info.total
    if _another_file(file, last if complete else first):
        raise InvalidAudio("another FLAC file follows the first, which decoders do not read: split it")
    beginning_missing = not frames.samples and position + len(data) > first
    if not info.total and (frames.missing or beginning_missing):
        raise InvalidAudio(f"damaged, its frame after sample {frames.samples} is missing")
    if info.total and not complete:
        raise InvalidAudio(
            f"cut short, or its header is wrong: it says {info.total} samples and {frames.samples} are there"
        )
    return info


def _syncs(data: bytes, until: int) -> list[int]:
    """The places before `until` of the two bytes with which a frame begins, FF F8 or FF F9."""
    found = np.frombuffer(data, np.uint8)[: until + 1]  # in a third of the time of a regular expression
    at = np.flatnonzero(found[:-1] == 0xFF)
    return list(map(int, at[found[at + 1] & 0xFE == 0xF8]))


class Checksum:
    """MD5 of samples as the encoder saw them, for comparison with that of the header."""

    def __init__(self, info: StreamInfo) -> None:
        self._info, self._md5 = info, hashlib.md5(usedforsecurity=False)
        self._known = any(info.md5) and info.bits <= 24  # as many bits are exact in float32

    def update(self, piece: Tensor) -> None:
        """`piece`: [C, T]."""
        if not self._known:
            return
        width = -(-self._info.bits // 8)
        for part in piece.split(_AT_ONCE, dim=1):
            scaled = np.ascontiguousarray(part.numpy().T).reshape(-1) * np.float32(1 << self._info.bits - 1)
            integers = scaled.astype({1: "<i1", 2: "<i2", 3: "<i4"}[width])
            self._md5.update(integers.data if width < 3 else integers.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())

    def check(self) -> None:
        """Raises InvalidAudio where the samples are others than those that were encoded."""
        if self._known and self._md5.digest() != self._info.md5:
            raise InvalidAudio("damaged, its samples do not have the MD5 that its header states")


class _Frames:
    """The frames found so far, in the order of their numbers.

    By chance, bytes within a frame look like the header of one. Such a header is ignored unless it has the number of
    the next frame; then the real one, of the same size, is ignored in its place.
    """

    def __init__(self, info: StreamInfo) -> None:
        self._info = info
        self.samples = 0
        self.missing = False  # whether the frame after the next was found; used where the total is unknown
        self._number, self._coded = 0, b"\0"  # of the next frame
        self._size, self._codes = 0, (0, 0)  # of the first frame: samples, third and fourth byte of its header
        self._quick = -1  # third byte by which the next frame is recognised without its checksum; -1: by none

    def add(self, header: bytes) -> bool:
        """Whether this is the header of the next frame."""
        if header[2] == self._quick and header.startswith(self._coded, 4):
            self._advance(self._size)
            return True
        frame = _parsed(header)
        if frame is None:
            return False
        number, size = frame
        if number != self._number:
            same = (header[2] & 15, header[3] & 15) == (self._codes[0] & 15, self._codes[1] & 15)
            self.missing |= same and number == self._after(self._number, self._size)
            return False
        left = self._info.total - self.samples
        if not self.samples:
            self._size, self._codes = size, (header[2], header[3])
        elif not self._info.variable and size not in (self._size, left) and left > 0:
            return False  # only the last may be of another size
        self._advance(size)
        return True

    def _advance(self, size: int) -> None:
        self.samples += size
        self._number = self._after(self._number, size)
        self._coded = _coded(self._number)
        explicit = self._codes[0] >> 4 in (6, 7)  # the size stands in the header
        last = self._info.total and self._info.total - self.samples < 2 * self._size
        self._quick = -1 if explicit or last else self._codes[0]

    def _after(self, number: int, size: int) -> int:
        return number + (size if self._info.variable else 1)


def _stream_info(file: BinaryIO) -> StreamInfo | None:
    """The file then stands at its first frame."""
    file.seek(behind_id3(file))
    magic, header = file.read(4), file.read(4)
    if magic != b"fLaC" or header[:1] not in (b"\0", b"\x80"):
        return None
    content = file.read(int.from_bytes(header[1:], "big"))
    if len(content) < 34:
        return None
    while header[0] < 0x80:
        header = file.read(4)
        if len(header) < 4:
            return None
        file.seek(int.from_bytes(header[1:], "big"), 1)
    first = file.read(2)
    file.seek(-len(first), 1)
    variable = content[:2] != content[2:4] or first == b"\xff\xf9"  # the smallest and the largest frame, as libFLAC
    numbers = int.from_bytes(content[10:18], "big")  # 20 bits of rate, 3 of channels, 5 of bits, 36 of the total
    return StreamInfo(numbers & (1 << 36) - 1, (numbers >> 36 & 31) + 1, content[18:34], variable)


def _parsed(header: bytes) -> tuple[int, int] | None:
    """(number, samples) of the frame whose header begins so, None where it is none."""
    if not header[2] >> 4 or header[2] & 15 == 15 or header[3] >> 4 > 10 or header[3] & 1:
        return None
    ones = 8 - (~header[4] & 255).bit_length()
    length = ones or 1
    if (length == 1 and ones) or ones == 8:
        return None
    number = header[4] & 0x7F >> ones
    for byte in header[5 : 4 + length]:
        number = number << 6 | byte & 0x3F
    end, code = 4 + length, header[2] >> 4
    if code in (6, 7):
        size = int.from_bytes(header[end : end + code - 5], "big") + 1
        end += code - 5
    else:
        size = 192 if code == 1 else 576 << code - 2 if code < 6 else 256 << code - 8
    end += {12: 1, 13: 2, 14: 2}.get(header[2] & 15, 0)
    if len(header) <= end or header[end] != _crc8(header[:end]):
        return None
    return number, size


def _coded(number: int) -> bytes:
    """The number as it is written in a header: UTF-8, continued to 36 bits."""
    if number < 0xD800:
        return chr(number).encode()
    follow = next(n for n in range(1, 7) if n == 6 or number < 1 << 6 + 5 * n)
    first = 0xFF80 >> follow & 0xFF | number >> 6 * follow
    return bytes([first, *(0x80 | number >> 6 * n & 0x3F for n in reversed(range(follow)))])


def _crc8(content: bytes) -> int:
    value = 0
    for byte in content:
        value = _CRC8[value ^ byte]
    return value


def _crc8_of_byte(value: int) -> int:
    for _ in range(8):
        value = value << 1 ^ (0x107 if value & 0x80 else 0)
    return value


_CRC8 = [_crc8_of_byte(value) for value in range(256)]


def _another_file(file: BinaryIO, begin: int) -> bool:
    """Whether a FLAC file begins at byte `begin` or behind it."""
    file.seek(begin)
    before = b""
    while block := file.read(_BLOCK):
        if _FILE.search(before + block):
            return True
        before = block[-7:]
    return False
