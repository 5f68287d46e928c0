"""Lengths that the containers of audio files state, and damage about which decoders are silent."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal

from audiotok.errors import InvalidAudio

Order = Literal["little", "big"]

#: WAV's formats whose blocks are frames: PCM, float, A-law, mu-law, and the extensible form of these.
_FRAME_BY_FRAME = {1, 3, 6, 7, 0xFFFE}
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"  # names of Matroska's elements
_OF_WHOLE_BYTES = {1, 3, 0xFFFE}  # those in which a sample is its number of bits, rounded up to bytes
#: Data sizes of programs that write to a pipe and cannot know: SoX, arecord, FFmpeg and what rounds them down.
_UNKNOWN_SIZES = (range(0x7F000000, 0x7F001000), range(0x7FFF0000, 0x80001000), range(0xFFFF0000, 0x100000000))


class UnknownLength(Exception):
    """A header with a data size of 0 before samples: its writer could not go back and fill it in."""


def declared_frames(file: BinaryIO) -> int | None:
    """Frames that the header of a WAV, RF64, W64, AIFF, CAF, AU or SPHERE file promises; None where it does not say.

    libsndfile shortens a cut file of these formats to what is there, FFmpeg those of MP4 and Matroska. Raises
    UnknownLength, and InvalidAudio where the file is shorter than its header says, or contradicts itself.
    """
    file.seek(0)
    begin = file.read(40)
    if begin[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") and begin[8:12] == b"WAVE":
        return _wav(file, "big" if begin[:4] == b"RIFX" else "little")
    if begin[:4] == b"riff" and begin[24:28] == b"wave":
        return _w64(file)
    if begin[:4] == b"FORM" and begin[8:12] in (b"AIFF", b"AIFC"):
        return _aiff(file)
    if begin[:4] == b"caff":
        return _caf(file)
    if begin[:4] in (b".snd", b"dns."):
        return _au(file, "big" if begin[:4] == b".snd" else "little")
    if begin[4:8] == b"ftyp":
        _check_mp4(file)
    if begin[:4] == _EBML:
        _check_matroska(file)
    if begin[:7] == b"NIST_1A":
        file.seek(0)
        count = re.search(rb"sample_count -i (\d+)", file.read(1024))
        return int(count[1]) if count else None
    return None


def _wav(file: BinaryIO, order: Order) -> int | None:
    file_size = file.seek(0, 2)
    file.seek(0)
    is_64 = file.read(4) in (b"RF64", b"BW64")
    riff_end = 8 + int.from_bytes(file.read(4), order)
    block_align, plain, size_64, samples = 1, False, 0, None
    for name, size in _chunks(file, 12, order):
        if name == b"ds64":
            size_64 = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"fmt ":
            kind, block_align = _wav_format(file.read(min(size, 16)), order)
            plain = kind in _FRAME_BY_FRAME
        elif name == b"fact":
            samples = int.from_bytes(file.read(4), order)
        elif name == b"data":
            begin = file.tell()
            if size == 0 and begin < file_size and not _is_chunk(file, begin, order):
                raise UnknownLength if order == "little" else _no_length(file_size - begin)
            if is_64 and size == 0xFFFFFFFF and not size_64:
                raise _no_length(file_size - begin)
            if size == 0xFFFFFFFF and size_64:
                size = size_64
            elif any(size in unknown for unknown in _UNKNOWN_SIZES) and begin + size > file_size:
                return None
            if not plain:
                _check_whole(size, file_size - begin, block_align)
            if not is_64 and riff_end <= file_size:
                _check_rest(file, begin + size, riff_end, order)
            return size // block_align if plain else samples
    return None


def _wav_format(described: bytes, order: Order) -> tuple[int, int]:
    """(kind of samples, bytes of a block, at least 1) by the first 16 bytes of the fmt chunk. Raises InvalidAudio."""
    if len(described) < 16:
        raise InvalidAudio(f"its fmt chunk has {len(described)} bytes, where the format needs 16: convert it anew")
    kind, channels, _, _, block, bits = struct.unpack(("<" if order == "little" else ">") + "HHIIHH", described)
    expected = channels * -(-bits // 8)
    if kind in _OF_WHOLE_BYTES and block and block != expected & 0xFFFF:
        raise InvalidAudio(
            f"its header contradicts itself: {channels} channel(s) of {bits} bits are {expected} bytes a frame, it "
            f"says {block}; convert it anew"
        )
    return kind, block or expected or 1


def _check_rest(file: BinaryIO, end: int, riff_end: int, order: Order) -> None:
    """Raises InvalidAudio where samples follow those of which the header knows, `end` being the end of these."""
    file.seek(riff_end)
    if file.read(4) in (b"RIFF", b"RIFX", b"RF64"):
        raise InvalidAudio("another WAV file follows the first, which decoders do not read: split it")
    begin = end + (not _is_chunk(file, end, order))  # writers forget the byte that fills up an odd size
    if riff_end - end > 8 and not _is_chunk(file, begin, order):
        raise InvalidAudio(
            f"its header knows nothing of {riff_end - end} bytes behind the samples; was its writer stopped? Repair it"
        )
    if any(name == b"data" for name, _ in _chunks(file, begin, order)):
        raise InvalidAudio("holds a second chunk of samples, which decoders do not read: convert it anew")


def _is_chunk(file: BinaryIO, position: int, order: Order) -> bool:
    """Whether a whole chunk of a name of printable ASCII begins there."""
    file_size = file.seek(0, 2)
    file.seek(position)
    header = file.read(8)
    printable = len(header) == 8 and all(32 <= character < 127 for character in header[:4])
    return printable and position + 8 + int.from_bytes(header[4:], order) <= file_size


def _check_whole(size: int, there: int, unit: int = 1) -> None:
    """Raises InvalidAudio where fewer whole units are there than the size of the samples, all in bytes, says."""
    if there // unit < size // unit:
        raise InvalidAudio(f"cut short, its header says {size} bytes of samples and {max(there, 0)} are there")


def _no_length(there: int) -> InvalidAudio:
    return InvalidAudio(f"its header says that no samples follow, and {there} bytes do: write their number, or convert")


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


def _aiff(file: BinaryIO) -> int | None:
    file_size = file.seek(0, 2)
    frames = None
    for name, size in _chunks(file, 12, "big"):
        if name == b"COMM":
            common = file.read(6)
            frames = int.from_bytes(common[2:], "big") if len(common) == 6 else None
        elif name == b"SSND":
            if any(size in unknown for unknown in _UNKNOWN_SIZES) and file.tell() + size > file_size:
                return None
            _check_whole(size, file_size - file.tell())
    return frames


def _au(file: BinaryIO, order: Order) -> int | None:
    file_size = file.seek(0, 2)
    file.seek(4)
    begin, size, encoding, _, channels = (int.from_bytes(file.read(4), order) for _ in range(5))
    if size == 0xFFFFFFFF:
        return None
    if size == 0 and begin < file_size:
        raise _no_length(file_size - begin)
    width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(encoding, 0) * channels
    _check_whole(size, file_size - begin, width or 1)
    return size // width if width else None


def _caf(file: BinaryIO) -> int | None:
    file_size = file.seek(0, 2)
    position, per_packet = 8, (0, 0)  # bytes, frames
    while True:
        file.seek(position)
        header = file.read(12)
        size = int.from_bytes(header[4:], "big", signed=True)
        if header[:4] == b"desc":
            described = file.read(24)
            per_packet = (int.from_bytes(described[16:20], "big"), int.from_bytes(described[20:24], "big"))
        elif header[:4] == b"data" and size >= 4:
            _check_whole(size, file_size - position - 12, per_packet[0] or 1)
            return (size - 4) // per_packet[0] * per_packet[1] if per_packet[0] else None
        if len(header) < 12 or size < 0:
            return None
        position += 12 + size


def _check_mp4(file: BinaryIO) -> None:
    """Raises InvalidAudio where a box of the top level is not whole."""
    file_size = file.seek(0, 2)
    position = 0
    while position < file_size:
        file.seek(position)
        header = file.read(16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:], "big")
        if size < 8 or not header[4:8].isalnum():  # 0: to the end of the file; else no box
            return
        _check_whole(size, file_size - position)
        position += size


def _check_matroska(file: BinaryIO) -> None:
    """Raises InvalidAudio where the segment, which holds all but the first element, is not whole."""
    file_size = file.seek(0, 2)
    position = 0
    while position < file_size:
        file.seek(position)
        header = file.read(12)
        size_at = 9 - header[0].bit_length()
        width = 9 - header[size_at].bit_length() if size_at < len(header) else 9
        if width > 8:
            return
        begin, largest = position + size_at + width, (1 << 7 * width) - 1
        size = int.from_bytes(header[size_at : size_at + width], "big") & largest
        if header[:4] == _SEGMENT:
            if size != largest:  # that is a size which is not known
                _check_whole(size, file_size - begin)
            return
        position = begin + size


def _chunks(file: BinaryIO, start: int, order: Order) -> Iterator[tuple[bytes, int]]:
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


def check_one_flac(file: BinaryIO) -> None:
    """Raises InvalidAudio where another FLAC file follows the first, which decoders do not read."""
    file.seek(0)
    before, found = b"", 0
    while block := file.read(1 << 20):
        found += len(re.findall(rb"fLaC[\x00\x80]\x00\x00\x22", before + block))
        before = block[-7:]
    if found > 1:
        raise InvalidAudio("another FLAC file follows the first, which decoders do not read: split it")
