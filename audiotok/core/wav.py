"""The lengths that WAV, RF64, BW64 and W64 files state."""

from __future__ import annotations

import struct
from typing import BinaryIO

from audiotok.core.chunks import (
    UNKNOWN_SIZES,
    Order,
    UnknownLength,
    check_whole,
    chunks,
    damaged_size,
    end_of_samples,
    is_chunk,
    no_length,
)
from audiotok.errors import InvalidAudio

#: WAV's formats whose blocks are frames: PCM, float, A-law, mu-law, and the extensible form of these.
_FRAME_BY_FRAME = {1, 3, 6, 7, 0xFFFE}
_NOT_BY_FFMPEG = {0x14, 0x38, 0x40}  # G.723, NMS ADPCM and G.721, which FFmpeg decodes as other codecs or not at all
_OF_WHOLE_BYTES = {1, 3, 0xFFFE}  # those in which a sample is its number of bits, rounded up to bytes


def wav_frames(file: BinaryIO, order: Order) -> int | None:
    file_size = file.seek(0, 2)
    file.seek(0)
    is_64 = file.read(4) in (b"RF64", b"BW64")
    riff_end = 8 + int.from_bytes(file.read(4), order)
    kind, block_align, size_64, samples = 0, 1, 0, None
    for name, size in chunks(file, 12, order):
        if name == b"ds64":
            size_64 = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"fmt ":
            kind, block_align = _wav_format(file.read(min(size, 16)), order)
        elif name == b"fact":
            samples = int.from_bytes(file.read(4), order)
        elif name == b"data":
            begin, plain = file.tell(), kind in _FRAME_BY_FRAME
            if size == 0 and begin < file_size and not is_chunk(file, begin, order):
                if order == "big" or kind in _NOT_BY_FFMPEG:
                    raise no_length(file_size - begin)
                raise UnknownLength(_frames_before_chunks(file, begin, block_align) if plain else None)
            if is_64 and size == 0xFFFFFFFF and not size_64:
                raise no_length(file_size - begin)
            if size == 0xFFFFFFFF and size_64:
                size = size_64
            elif any(size in unknown for unknown in UNKNOWN_SIZES) and begin + size > file_size:
                frames = _frames_before_chunks(file, begin, block_align) if plain and order == "little" else None
                if frames is None:
                    return None
                raise UnknownLength(frames)
            if not plain:
                check_whole(size, file_size - begin)
            if not is_64 and riff_end <= file_size:
                _check_rest(file, begin + size, riff_end, order)
            return size // block_align if plain else samples
    return None


def _frames_before_chunks(file: BinaryIO, begin: int, block_align: int) -> int | None:
    end = end_of_samples(file, begin, "little")
    return None if end == file.seek(0, 2) else (end - begin) // block_align


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
    begin = end + (not is_chunk(file, end, order))  # writers forget the byte that fills up an odd size
    if riff_end - end > 8 and not is_chunk(file, begin, order):
        raise InvalidAudio(
            f"its header knows nothing of {riff_end - end} bytes behind the samples; was its writer stopped? Repair it"
        )
    if any(name == b"data" for name, _ in chunks(file, begin, order)):
        raise InvalidAudio("holds a second chunk of samples, which decoders do not read: convert it anew")


def w64_frames(file: BinaryIO) -> int | None:
    file_size = file.seek(0, 2)
    file.seek(40)
    kind = block_align = 0
    while len(header := file.read(24)) == 24:
        begin, size = file.tell(), int.from_bytes(header[16:], "little") - 24  # of the content
        if header[:4] == b"data":
            if kind not in _FRAME_BY_FRAME and size >= 0:
                check_whole(size, file_size - begin)
            return size // block_align if kind in _FRAME_BY_FRAME and block_align else None
        if not 0 <= size <= file_size - begin:
            raise damaged_size(header[:4], size, file_size - begin)
        if header[:4] == b"fmt ":
            described = file.read(14)
            kind, block_align = int.from_bytes(described[:2], "little"), int.from_bytes(described[12:], "little")
        file.seek(begin + -(-size // 8) * 8)
    return None
