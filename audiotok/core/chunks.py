"""Parts of container formats: IFF chunks, and checks of stated sizes against the bytes that are present."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

from audiotok.errors import InvalidAudio

Order = Literal["little", "big"]

#: Data sizes of programs that write to a pipe and cannot know: SoX, arecord, FFmpeg and what rounds them down.
UNKNOWN_SIZES = (range(0x7F000000, 0x7F001000), range(0x7FFF0000, 0x80001000), range(0xFFFF0000, 0x100000000))
_SEARCHED = 1 << 18  # bytes at the end of a file
_NAME = re.compile(rb"(?=[A-Za-z0-9_][A-Za-z0-9_ ]{3})")


class UnknownLength(Exception):
    """A header whose writer could not go back and fill in the data size: 0, or a large number before other chunks.

    `frames`: those before chunks that end the file; None where the samples end it.
    """

    def __init__(self, frames: int | None) -> None:
        super().__init__(frames)
        self.frames = frames


def chunks(file: BinaryIO, start: int, order: Order) -> Iterator[tuple[bytes, int]]:
    """(name, size) of each IFF chunk, the file standing at its content."""
    position = start
    while True:
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            return
        size = int.from_bytes(header[4:], order)
        yield header[:4], size
        position += 8 + size + size % 2


def is_chunk(file: BinaryIO, position: int, order: Order) -> bool:
    """Whether a whole chunk of a name of printable ASCII begins there."""
    file_size = file.seek(0, 2)
    file.seek(position)
    header = file.read(8)
    printable = len(header) == 8 and all(32 <= character < 127 for character in header[:4])
    return printable and position + 8 + int.from_bytes(header[4:], order) <= file_size


def end_of_samples(file: BinaryIO, begin: int, order: Order) -> int:
    """The byte at which samples of unknown size end: before the whole chunks that end the file, or at its end."""
    file_size = file.seek(0, 2)
    first = max(begin, file_size - _SEARCHED)
    file.seek(first)
    tail = file.read()
    end, before = len(tail), -1
    while end != before:
        before = end
        for found in _NAME.finditer(tail, 0, max(0, end - 4)):
            at = found.start()
            size = int.from_bytes(tail[at + 4 : at + 8], order)
            if end - at - 8 in (size, size + size % 2):
                end = at
                break
    return first + end


def check_whole(size: int, there: int, unit: int = 1) -> None:
    """Raises InvalidAudio where fewer whole units are there than the size of the samples, all in bytes, says."""
    if there // unit < size // unit:
        raise InvalidAudio(f"cut short, its header says {size} bytes of samples and {max(there, 0)} are there")


def no_length(there: int) -> InvalidAudio:
    return InvalidAudio(f"its header says that no samples follow, and {there} bytes do: write their number, or convert")


def damaged_size(name: bytes, size: int, there: int) -> InvalidAudio:
    shown = name.decode("ascii", "backslashreplace").strip()
    return InvalidAudio(f"cut short or damaged, its {shown!r} chunk is said to have {size} bytes and {there} are there")


def behind_id3(file: BinaryIO) -> int:
    """The first byte behind the ID3 tags that programs put in front of files of any format."""
    position = 0
    while True:
        file.seek(position)
        header = file.read(10)
        if len(header) < 10 or header[:3] != b"ID3":
            return position
        position += id3_size(header)


def id3_size(header: bytes) -> int:
    """Bytes of the tag that begins so, with its footer; a footer that stands alone has its own 10."""
    content = sum(byte << 7 * (3 - n) for n, byte in enumerate(header[6:10])) if header[:3] == b"ID3" else 0
    return 10 + content + (10 if content and header[5] & 16 else 0)
