"""MPEG audio (layers I to III): the frames that a file holds, and how many its first one says there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from audiotok.core.chunks import behind_id3, id3_size
from audiotok.errors import InvalidAudio

_SEARCHED = 4096  # bytes behind the tags in which the first frame begins
_SMALLEST = 24  # bytes of a frame


@dataclass
class MpegFrames:
    """The frames of a file: their number, that of their samples, and the bytes behind them that are no tag."""

    count: int = 0
    samples: int = 0
    behind: int = 0


def frames_present(container: Any) -> MpegFrames:
    """All frames of an opened PyAV container. Raises InvalidAudio where the last is not whole, or others lie between.

    FFmpeg hands over what is no frame as a packet that begins with no header or is longer than its frame.
    """
    found = MpegFrames()
    stream = container.streams.audio[0]
    for packet in container.demux(stream):
        if not packet.size:
            continue
        content = without_tags(bytes(packet))
        size = frame_size(content)
        if size is None:
            found.behind += len(content)
            continue
        if found.behind >= _SMALLEST:
            raise InvalidAudio(f"damaged, {found.behind} bytes before byte {packet.pos} are no MPEG frame")
        if len(content) < size:
            raise InvalidAudio("cut short, its last MPEG frame is not whole")
        found.count += 1
        found.samples += round(float((packet.duration or 0) * stream.time_base) * stream.rate)
        found.behind = len(without_tags(content[size:]))
    return found


def without_tags(packet: bytes) -> bytes:
    """A packet without the tags before its frame, at which FFmpeg's decoders fail or which they drop with the frame."""
    while packet:
        if packet.startswith(b"TAG"):
            size = 128
        elif packet.startswith((b"ID3", b"3DI")):
            size = id3_size(packet)
        elif packet.startswith(b"APETAGEX"):
            is_header = bool(packet[23:24]) and packet[23] & 0x20
            size = 32 + (int.from_bytes(packet[12:16], "little") if is_header else 0)
        elif packet.startswith(b"LYRICSBEGIN"):
            size = packet.find(b"LYRICS200") + 9
        else:
            break
        packet = packet[max(size, 3) :]
    return packet


def stated_frames(file: BinaryIO) -> int | None:
    """MpegFrames by a Xing, Info or VBRI header; None where there is none, and decoders guess from the bit rate."""
    file.seek(behind_id3(file))
    begin = file.read(_SEARCHED)
    for at in range(len(begin) - 4):
        size = frame_size(begin[at : at + 4])
        following = begin[at + size : at + size + 4] if size else b""
        if size and (len(following) < 4 or frame_size(following)):
            return _stated_by(begin[at : at + size])
    return None


def _stated_by(frame: bytes) -> int | None:
    mono, version_1 = frame[3] >> 6 == 3, frame[1] >> 3 & 3 == 3
    side = (17 if mono else 32) if version_1 else (9 if mono else 17)
    for begin in (4 + side, 6 + side):  # the latter with a checksum
        if frame[begin : begin + 4] in (b"Xing", b"Info") and frame[begin + 7] & 1:
            return int.from_bytes(frame[begin + 8 : begin + 12], "big") or None
    return int.from_bytes(frame[50:54], "big") or None if frame[36:40] == b"VBRI" else None


def frame_size(header: bytes) -> int | None:
    """Bytes of the MPEG audio frame that begins so; None where it is no such header or of free bit rate."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    bitrate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return None
    kbps = _KBPS[version == 3, layer][bitrate - 1]
    hertz = (44100, 48000, 32000)[rate] // {3: 1, 2: 2, 0: 4}[version]
    if layer == 1:
        return (12000 * kbps // hertz + padding) * 4
    return (72000 if layer == 3 and version != 3 else 144000) * kbps // hertz + padding


_LOW = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
#: (MPEG-1, layer) -> kbit/s of the codes 1 to 14.
_KBPS = {
    (True, 1): tuple(range(32, 449, 32)),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): _LOW,
    (False, 3): _LOW,
}
