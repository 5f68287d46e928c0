"""Lengths that the containers of audio files state, and damage about which decoders are silent."""

from __future__ import annotations

import re
from typing import BinaryIO

from audiotok.core.chunks import UNKNOWN_SIZES, Order, check_whole, chunks, damaged_size, no_length
from audiotok.core.wav import w64_frames, wav_frames
from audiotok.errors import InvalidAudio

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
#: Names of MP4's boxes at the top level.
_BOXES = {b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"free", b"skip", b"wide", b"meta", b"uuid", b"sidx", b"styp"}
_EBML, _SEGMENT, _CLUSTER = b"\x1aE\xdf\xa3", b"\x18S\x80g", b"\x1fC\xb6u"  # names of Matroska's elements


def declared_frames(file: BinaryIO) -> int | None:
    """Frames that the header of a WAV, RF64, W64, AIFF, CAF, AU, SoX or SPHERE file promises; None where it does not.

    libsndfile shortens a cut file of these formats to what is there, FFmpeg those of AVI, ASF, MP4 and Matroska. Raises
    UnknownLength, and InvalidAudio where the file is shorter than its header says, or contradicts itself.
    """
    file.seek(0)
    begin = file.read(40)
    if begin[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") and begin[8:12] == b"WAVE":
        return wav_frames(file, "big" if begin[:4] == b"RIFX" else "little")
    if begin[:4] == b"riff" and begin[24:28] == b"wave":
        return w64_frames(file)
    if begin[:4] == b"FORM" and begin[8:12] in (b"AIFF", b"AIFC"):
        return _aiff(file)
    if begin[:4] == b"caff":
        return _caf(file)
    if begin[:4] in (b".snd", b"dns."):
        return _au(file, "big" if begin[:4] == b".snd" else "little")
    if begin[:4] in (b".SoX", b"XoS."):
        return _sox(begin, file.seek(0, 2))
    if begin[:4] == b"RIFF" and begin[8:11] == b"AVI":
        _check_avi(file)
    if begin[:16] == _ASF:
        _check_asf(file)
    if begin[4:8] == b"ftyp":
        _check_mp4(file)
    if begin[:4] == _EBML:
        _check_matroska(file)
    if begin[:7] == b"NIST_1A":
        file.seek(0)
        count = re.search(rb"sample_count -i (\d+)", file.read(1024))
        return int(count[1]) if count else None
    return None


def _aiff(file: BinaryIO) -> int | None:
    file_size = file.seek(0, 2)
    frames = None
    for name, size in chunks(file, 12, "big"):
        if name == b"COMM":
            common = file.read(6)
            frames = int.from_bytes(common[2:], "big") if len(common) == 6 else None
        elif name == b"SSND":
            if any(size in unknown for unknown in UNKNOWN_SIZES) and file.tell() + size > file_size:
                return None
            check_whole(size, file_size - file.tell())
    return frames


def _au(file: BinaryIO, order: Order) -> int | None:
    file_size = file.seek(0, 2)
    file.seek(4)
    begin, size, encoding, _, channels = (int.from_bytes(file.read(4), order) for _ in range(5))
    if size == 0xFFFFFFFF:
        return None
    if size == 0 and begin < file_size:
        raise no_length(file_size - begin)
    width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(encoding, 0) * channels
    check_whole(size, file_size - begin, width or 1)
    return size // width if width else None


def _caf(file: BinaryIO) -> int | None:
    file_size = file.seek(0, 2)
    position, per_packet = 8, (0, 0)  # bytes, frames
    while True:
        file.seek(position)
        header = file.read(12)
        if len(header) < 12:
            return None
        position += 12
        size, there = int.from_bytes(header[4:], "big", signed=True), file_size - position
        if header[:4] == b"desc":
            described = file.read(24)
            per_packet = (int.from_bytes(described[16:20], "big"), int.from_bytes(described[20:24], "big"))
        elif header[:4] == b"data":
            if size == -1:
                return None
            if 0 <= size < 4 < there:  # not even the number of edits, which stands before the samples
                raise no_length(there)
            check_whole(size, there, per_packet[0] or 1)
            return (size - 4) // per_packet[0] * per_packet[1] if per_packet[0] else None
        if not 0 <= size <= there:
            raise damaged_size(header[:4], size, there)
        position += size


def _sox(header: bytes, file_size: int) -> int:
    order: Order = "little" if header[:4] == b".SoX" else "big"
    length, samples, channels = (int.from_bytes(header[at:to], order) for at, to in ((4, 8), (8, 16), (24, 28)))
    if not samples:
        raise no_length(file_size - length)
    return samples // (channels or 1)


def _check_avi(file: BinaryIO) -> None:
    """Raises InvalidAudio where one of the RIFF chunks, of which large files have several, is not whole."""
    file_size = file.seek(0, 2)
    for name, size in chunks(file, 0, "little"):
        if name != b"RIFF":
            return
        if not size:
            raise no_length(file_size - file.tell())
        check_whole(size, file_size - file.tell())


def _check_asf(file: BinaryIO) -> None:
    """Raises InvalidAudio where an object of the top level is not whole."""
    file_size, position = file.seek(0, 2), 0
    while position < file_size:
        file.seek(position)
        size = int.from_bytes(file.read(24)[16:], "little")
        if size < 24:  # a live stream does not know
            return
        check_whole(size, file_size - position)
        position += size


def _check_mp4(file: BinaryIO) -> None:
    """Raises InvalidAudio where a box of the top level is not whole. Bytes behind the last box are ignored."""
    file_size = file.seek(0, 2)
    position, seen = 0, set[bytes]()
    while position < file_size:
        file.seek(position)
        header = file.read(16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:], "big")
        if size < 8 or not header[4:8].isalnum():  # 0: to the end of the file; else no box
            return
        if seen >= {b"moov", b"mdat"} and header[4:8] not in _BOXES and size > file_size - position:
            return
        seen.add(header[4:8])
        check_whole(size, file_size - position)
        position += size


def _check_matroska(file: BinaryIO) -> None:
    """Raises InvalidAudio where an element is not whole.

    A segment that states its size is not looked into. One that does not, as of a live stream, is walked through; so
    are its clusters if they state none either.
    """
    file_size = file.seek(0, 2)
    position, live = 0, False
    while position < file_size:
        file.seek(position)
        header = file.read(12)
        size_at = 9 - header[0].bit_length()
        width = 9 - header[size_at].bit_length() if size_at < len(header) else 9
        if width > 8 or size_at + width > len(header):
            if live:
                raise InvalidAudio(f"cut short or damaged, no Matroska element begins at byte {position}")
            return
        begin, largest = position + size_at + width, (1 << 7 * width) - 1
        size = int.from_bytes(header[size_at : size_at + width], "big") & largest
        if size == largest and header[:4] in (_SEGMENT, _CLUSTER):  # that is a size which is not known
            live, size = True, 0
        elif live or header[:4] == _SEGMENT:
            check_whole(size, file_size - begin)
        if header[:4] == _SEGMENT and not live:
            return
        position = begin + size
