"""Lengths that the containers of audio files state, where decoders are silent about a file that was cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

#: WAV's formats whose blocks are frames: PCM, float, A-law, mu-law, and the extensible form of these.
_FRAME_BY_FRAME = {1, 3, 6, 7, 0xFFFE}
_BEGINS, _ENDS = 2, 4  # flags of an Ogg page
#: Data sizes of programs that write WAV to a pipe and cannot know: SoX, arecord, FFmpeg and what rounds them down.
_UNKNOWN_SIZES = (range(0x7FFF0000, 0x80001000), range(0xFFFF0000, 0x100000000))


class UnknownLength(Exception):
    """A WAV header with a data size of 0 before samples: its writer could not go back and fill it in."""


def declared_frames(file: BinaryIO) -> int | None:
    """Frames that the header of a WAV, RF64, W64, AIFF, CAF or AU file promises; None where it does not say.

    libsndfile shortens a cut file of these formats to what is there. Raises UnknownLength.
    """
    file.seek(0)
    begin = file.read(40)
    if begin[:4] in (b"RIFF", b"RF64", b"BW64") and begin[8:12] == b"WAVE":
        return _wav(file)
    if begin[:4] == b"riff" and begin[24:28] == b"wave":
        return _w64(file)
    if begin[:4] == b"FORM" and begin[8:12] in (b"AIFF", b"AIFC"):
        common = next((file.read(size) for name, size in _chunks(file, 12, "big") if name == b"COMM"), b"")
        return int.from_bytes(common[2:6], "big") if len(common) >= 6 else None
    if begin[:4] == b"caff":
        return _caf(file)
    if begin[:4] == b".snd":
        size, encoding, channels = (int.from_bytes(begin[n : n + 4], "big") for n in (8, 12, 20))
        width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(encoding, 0) * channels
        return size // width if width and size != 0xFFFFFFFF else None
    return None


def _wav(file: BinaryIO) -> int | None:
    file_size = file.seek(0, 2)
    file.seek(4)
    riff_size = int.from_bytes(file.read(4), "little")
    block_align, size_64, samples = 0, 0, None
    for name, size in _chunks(file, 12, "little"):
        if name == b"ds64":
            size_64 = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"fmt ":
            described = file.read(14)
            plain = int.from_bytes(described[:2], "little") in _FRAME_BY_FRAME
            block_align = int.from_bytes(described[12:], "little") if plain else 0
        elif name == b"fact":
            samples = int.from_bytes(file.read(4), "little")
        elif name == b"data":
            if size == 0 and riff_size + 8 != file_size and file.tell() < file_size:
                raise UnknownLength
            if size == 0xFFFFFFFF and size_64:
                size = size_64
            elif any(size in unknown for unknown in _UNKNOWN_SIZES) and file.tell() + size > file_size:
                return None
            return size // block_align if block_align else samples
    return None


def _w64(file: BinaryIO) -> int | None:
    file.seek(40)
    block_align = 0
    while len(header := file.read(24)) == 24:
        size = int.from_bytes(header[16:], "little") - 24  # of the content
        if header[:4] == b"fmt ":
            block_align = int.from_bytes(file.read(14)[12:], "little")
            file.seek(-14, 1)
        elif header[:4] == b"data":
            return size // block_align if block_align else None
        if size < 0:
            break
        file.seek(-(-size // 8) * 8, 1)
    return None


def _caf(file: BinaryIO) -> int | None:
    position, per_packet = 8, (0, 0)  # bytes, frames
    while True:
        file.seek(position)
        header = file.read(12)
        size = int.from_bytes(header[4:], "big", signed=True)
        if header[:4] == b"desc":
            described = file.read(24)
            per_packet = (int.from_bytes(described[16:20], "big"), int.from_bytes(described[20:24], "big"))
        elif header[:4] == b"data":
            return (size - 4) // per_packet[0] * per_packet[1] if size >= 4 and per_packet[0] else None
        if len(header) < 12 or size < 0:
            return None
        position += 12 + size


def _chunks(file: BinaryIO, start: int, order: Literal["little", "big"]) -> Iterator[tuple[bytes, int]]:
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


def ogg_ends(file: BinaryIO) -> tuple[bool, bool]:
    """(whether the last page is whole and marked as the end, whether no stream begins after another's audio).

    The second is false where streams were written one after another: libsndfile reads the first of them.
    """
    size = file.seek(0, 2)
    position, flags, audio, alone = 0, 0, False, True
    while position < size:
        file.seek(position)
        page = file.read(27 + 255)
        if page[:4] != b"OggS" or len(page) < 27 or len(page) < 27 + page[26]:
            break
        position += 27 + page[26] + sum(page[27 : 27 + page[26]])
        flags = page[5] if position <= size else 0
        alone = alone and not (audio and flags & _BEGINS)
        audio = audio or not flags & _BEGINS
    return bool(flags & _ENDS), alone


def mp3_frame_size(header: bytes) -> int | None:
    """Bytes of the MPEG audio layer III frame that begins so; None where it is no such header or of free bit rate."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    kbps = (_KBPS_1 if version == 3 else _KBPS_2)[bitrate - 1]
    hertz = (44100, 48000, 32000)[rate] // {3: 1, 2: 2, 0: 4}[version]
    return (144000 if version == 3 else 72000) * kbps // hertz + (header[2] >> 1 & 1)


_KBPS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
