"""MPEG audio: counts that headers state, tags and other bytes between and behind the frames, layers I and II."""

import io
import struct

import av
import numpy as np
import pytest
import soundfile

from audiotok.core.audio import Audio
from audiotok.core.mp3 import frame_size, stated_frames
from audiotok.errors import InvalidAudio

RATE = 16000
NOISE = 0.2 * np.random.default_rng(0).standard_normal(2 * RATE)
ID3 = b"ID3\4\0\0\0\0\x10\0" + bytes(2048)
APE = b"".join(b"APETAGEX" + struct.pack("<4I8x", 2000, 32, 0, flags) for flags in (0xA0000000, 0x80000000))
ID3V1 = b"TAG" + bytes(125)
LYRICS = b"LYRICSBEGIN" + bytes(300) + b"000311LYRICS200"


def mp3(**how: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, NOISE, RATE, format="MP3", **how)
    return file.getvalue()


def length(content: bytes) -> int:
    return int(Audio.load(io.BytesIO(content)).lengths)


def size_of_first(content: bytes) -> int:
    size = frame_size(content)
    assert size
    return size


WITH_HEADER = mp3(bitrate_mode="VARIABLE")
HEADER = WITH_HEADER[: size_of_first(WITH_HEADER)]
FRAMES = WITH_HEADER[len(HEADER) :]  # which are one file without a header
COUNT = stated_frames(io.BytesIO(WITH_HEADER))
assert COUNT


def stating(count: int, kind: bytes) -> bytes:
    if kind == b"Xing":
        at = HEADER.index(b"Xing") + 8
        return HEADER[:at] + struct.pack(">I", count) + HEADER[at + 4 :] + FRAMES
    table = b"VBRI" + struct.pack(">HHHIIHHHH", 1, 1105, 50, len(FRAMES), count, 0, 1, 2, 1)
    return HEADER[:4] + bytes(32) + table + bytes(len(HEADER) - 36 - len(table)) + FRAMES


@pytest.mark.parametrize("kind", [b"Xing", b"VBRI"])
def test_a_file_with_fewer_frames_than_its_header_states_is_refused(kind: bytes) -> None:
    assert length(stating(COUNT, kind)) >= len(NOISE)
    with pytest.raises(InvalidAudio, match=f"its header says {COUNT + 2} MPEG frames and {COUNT} are there"):
        length(stating(COUNT + 2, kind))
    with pytest.raises(InvalidAudio, match="cut short"):
        length(stating(COUNT, kind)[: len(WITH_HEADER) // 2])


@pytest.mark.parametrize("behind", [ID3V1, APE + ID3V1, LYRICS + ID3V1, 2 * ID3V1])
def test_a_tag_behind_the_frames_is_no_audio(behind: bytes) -> None:
    assert length(FRAMES + behind) == 576 * COUNT
    assert length(WITH_HEADER + behind) == len(NOISE)


@pytest.mark.parametrize("between", [b"", ID3V1, ID3, ID3V1 + ID3, APE])
def test_joined_files_lose_no_frame_to_the_tags_between_them(between: bytes) -> None:
    assert length(FRAMES + between + FRAMES) == 2 * 576 * COUNT


@pytest.mark.parametrize("junk", [bytes(3000), 300 * b"junk"])
def test_other_bytes_behind_the_frames_are_named_unless_a_header_counts_these(junk: bytes) -> None:
    assert length(WITH_HEADER + junk) == len(NOISE)
    with pytest.raises(InvalidAudio, match=f"cut short, or the {len(junk)} bytes behind its MPEG frames are no audio"):
        length(FRAMES + junk)


def test_a_hole_between_frames_is_damage() -> None:
    middle = len(FRAMES) // 2
    for content in (FRAMES, WITH_HEADER):
        with pytest.raises(InvalidAudio, match=r"damaged, \d+ bytes before byte \d+ are no MPEG frame"):
            length(content[:middle] + bytes(2000) + content[middle + 2000 :])


def test_words_in_a_tag_are_no_header() -> None:
    assert length(ID3[:10] + 256 * b"Xing\0\0\0\1" + FRAMES) == 576 * COUNT


def test_layer_2_is_read_whole_or_refused() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="mp2") as container:
        stream = container.add_stream("mp2", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((NOISE * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        for part in av.AudioResampler("s16", "mono", RATE, 1152).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    content = file.getvalue()
    assert length(content) == pytest.approx(len(NOISE), abs=1152)
    with pytest.raises(InvalidAudio, match="its last MPEG frame is not whole"):
        length(content[:-100])
    with pytest.raises(InvalidAudio, match="are no MPEG frame"):
        length(content[:5000] + bytes(2000) + content[7000:])


@pytest.mark.parametrize(
    ("header", "size"),
    [
        (b"\xff\xfb\x90\x00", 417),  # layer III, 128 kbit/s, 44.1 kHz
        (b"\xff\xfb\x92\x00", 418),  # padded
        (b"\xff\xf3\x80\x00", 208),  # MPEG-2, 64 kbit/s, 22.05 kHz
        (b"\xff\xfd\xa4\x00", 576),  # layer II, 192 kbit/s, 48 kHz
        (b"\xff\xf5\x80\x00", 417),  # layer II, MPEG-2, 64 kbit/s, 22.05 kHz
        (b"\xff\xff\xc0\x00", 416),  # layer I, 384 kbit/s, 44.1 kHz
        (b"\xff\xf7\x80\x00", 276),  # layer I, MPEG-2, 128 kbit/s, 22.05 kHz
        (b"\xff\xf9\x90\x00", None),  # no layer: AAC
        (b"\xff\xfb\x00\x00", None),  # free bit rate
        (b"RIFF", None),
    ],
)
def test_the_size_of_a_frame(header: bytes, size: int | None) -> None:
    assert frame_size(header) == size
