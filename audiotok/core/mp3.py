"""MPEG audio layer III: the frames that a file holds, and whether its first one says how many there are."""

from __future__ import annotations

from typing import Any, BinaryIO

from audiotok.errors import InvalidAudio


def samples_present(container: Any) -> int:
    """Samples of all MPEG frames of an opened PyAV container. Raises InvalidAudio where the last is not whole."""
    present, last = 0, b""
    stream = container.streams.audio[0]
    for packet in container.demux(stream):
        if packet.size:
            present += round(float((packet.duration or 0) * stream.time_base) * stream.rate)
            last = bytes(packet)
    if len(last) < (frame_size(last) or 0):
        raise InvalidAudio("cut short, its last MP3 frame is not whole")
    return present


def has_xing(file: BinaryIO) -> bool:
    """Whether a Xing, Info or VBRI header states the length; without one decoders guess it from the bit rate."""
    file.seek(0)
    begin = file.read(10)
    tag = sum(byte << 7 * (3 - n) for n, byte in enumerate(begin[6:10])) + 10 if begin[:3] == b"ID3" else 0
    file.seek(tag)
    first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def frame_size(header: bytes) -> int | None:
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
