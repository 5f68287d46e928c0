"""FLAC files whose frames are missing, repeated, swapped or altered, which decoders read without an error."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import torch

from audiotok.core import flac
from audiotok.core.audio import Audio
from audiotok.core.audio_file import AudioFile
from audiotok.errors import InvalidAudio

RATE = 16000
PCM = (3000 * np.random.default_rng(0).standard_normal(RATE)).astype(np.int16)


def encoded(pcm: np.ndarray = PCM, **how: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, pcm, RATE, format="FLAC", **how)
    return file.getvalue()


def with_total(content: bytes, total: int) -> bytes:
    numbers = int.from_bytes(content[18:26], "big") >> 36 << 36 | total
    return content[:18] + numbers.to_bytes(8, "big") + content[26:]


def without_md5(content: bytes) -> bytes:
    return content[:26] + bytes(16) + content[42:]


WHOLE = encoded()
with av.open(io.BytesIO(WHOLE)) as container:
    FRAMES = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
HEAD = WHOLE[: len(WHOLE) - sum(map(len, FRAMES))]


def of_frames(*order: int, head: bytes = HEAD) -> bytes:
    return head + b"".join(FRAMES[number] for number in order)


def with_flipped_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 16]) + content[middle + 1 :]


UNKNOWN = without_md5(with_total(HEAD, 0))
REFUSED = {
    "fewer stated": (with_total(WHOLE, 8000), "it says 8000 samples and 16000 are there"),
    "fewer stated, at a frame": (with_total(WHOLE, 8192), "it says 8192 samples and 16000 are there"),
    "more stated": (with_total(WHOLE, 20000), "cut short"),
    "cut": (WHOLE[:-3000], "cut short or damaged"),
    "cut by a frame and a half": (WHOLE[:-9000], "cut short"),
    "unknown, cut": (with_total(WHOLE, 0)[:-3000], "cut short or damaged"),
    "no frame": (HEAD, "it says 16000 samples and 0 are there"),
    "first missing": (of_frames(1, 2, 3), "0 are there"),
    "second missing": (of_frames(0, 2, 3), "4096 are there"),
    "last missing": (of_frames(0, 1, 2), "12288 are there"),
    "swapped": (of_frames(0, 2, 1, 3), "8192 are there"),
    "repeated": (of_frames(0, 1, 1, 2, 3), "do not have the MD5"),
    "another MD5": (WHOLE[:30] + bytes([WHOLE[30] ^ 1]) + WHOLE[31:], "do not have the MD5"),
    "flipped": (with_flipped_bit(WHOLE), "cut short or damaged"),
    "unknown, flipped": (with_flipped_bit(without_md5(with_total(WHOLE, 0))), "cut short or damaged"),
    "unknown, first missing": (of_frames(1, 2, 3, head=UNKNOWN), "its frame after sample 0 is missing"),
    "unknown, second missing": (of_frames(0, 2, 3, head=UNKNOWN), "its frame after sample 4096 is missing"),
    "unknown, last missing": (of_frames(0, 1, 2, head=with_total(HEAD, 0)), "do not have the MD5"),
    "unknown, no frame": (with_total(HEAD, 0), "holds no samples"),
    "joined": (2 * WHOLE, "another FLAC file follows"),
    "unknown, joined": (2 * with_total(WHOLE, 0), "another FLAC file follows"),
    "longer one joined": (WHOLE + encoded(np.tile(PCM, 3)), "another FLAC file follows"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_as_it_was_encoded_is_refused(name: str) -> None:
    content, reason = REFUSED[name]
    with pytest.raises(InvalidAudio, match=reason):
        Audio.load(io.BytesIO(content))


READ = {
    "whole": WHOLE,
    "without MD5": without_md5(WHOLE),
    "of unknown length": with_total(WHOLE, 0),
    "of unknown length and MD5": of_frames(0, 1, 2, 3, head=UNKNOWN),
    "with a tag behind": WHOLE + b"TAG" + bytes(125),
    "with tags in front": 2 * (b"ID3\4\0\0\0\0\0\x14" + bytes(20)) + WHOLE,
    "with junk behind": WHOLE + 500 * b"junk",
    "with half a header behind": WHOLE + b"\xff\xf8",
}


@pytest.mark.parametrize("name", READ)
def test_a_whole_file_is_read_to_the_sample(name: str) -> None:
    assert torch.equal(Audio.load(io.BytesIO(READ[name])).waveform[0, 0], torch.from_numpy(PCM / np.float32(32768)))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_the_md5_is_that_of_every_width(subtype: str, channels: int) -> None:
    """The file is longer than 128 frames, so that their numbers take two bytes."""
    noise = 0.1 * np.random.default_rng(0).standard_normal((600_000, channels))
    content = encoded(noise, subtype=subtype)
    assert int(Audio.load(io.BytesIO(content)).lengths) == len(noise)
    with pytest.raises(InvalidAudio, match="do not have the MD5"):
        Audio.load(io.BytesIO(content[:26] + bytes([content[26] ^ 1]) + content[27:]))


@pytest.mark.parametrize("rate", [16000, 22050, 50000])
def test_a_file_of_another_encoder_is_whole(rate: int, tmp_path: Path) -> None:
    """FFmpeg takes frames of 105 ms, whose size and some rates stand at the end of each header."""
    with av.open(str(tmp_path / "a.flac"), "w") as file:
        stream = file.add_stream("flac", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(PCM[None], format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    assert int(Audio.load(tmp_path / "a.flac").lengths) == len(PCM)


def crc(content: bytes, polynomial: int, bits: int) -> bytes:
    value = 0
    for byte in content:
        value ^= byte << bits - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> bits - 1 else 0)
    return value.to_bytes(bits // 8, "big")


def coded(number: int) -> bytes:
    if number < 0x110000:
        return chr(number).encode(errors="surrogatepass")
    follow = 4 if number < 1 << 26 else 5 if number < 1 << 31 else 6
    last = [0x80 | number >> 6 * n & 63 for n in reversed(range(follow))]
    return bytes([(0xFE, 0xFC, 0xF8)[6 - follow] | number >> 6 * follow if follow < 6 else 0xFE, *last])


def made(sizes: list[int], variable: bool) -> bytes:
    """A FLAC file of frames of zeros of such sizes, which stand in the headers."""
    limits = [4096, 65535] if variable else [sizes[0], sizes[0]]
    numbers = RATE << 44 | 15 << 36 | sum(sizes)
    info = b"".join(limit.to_bytes(2, "big") for limit in limits) + bytes(6) + numbers.to_bytes(8, "big") + bytes(16)
    frames, number = [], 0
    for size in sizes:
        header = b"\xff" + (b"\xf9" if variable else b"\xf8") + b"\x70\x08" + coded(number)
        header += (size - 1).to_bytes(2, "big")
        frame = header + crc(header, 0x107, 8) + b"\0\0\0"  # one constant, 0
        frames.append(frame + crc(frame, 0x18005, 16))
        number += size if variable else 1
    return b"fLaC\x80\0\0\x22" + info + b"".join(frames)


@pytest.mark.parametrize(
    ("sizes", "variable"),
    [([16] * 2100 + [3], False), ([4096, 20, 5000, 16, 16, 16], True), ([65535] * 1100, True)],
    ids=["numbers of three bytes", "of various sizes", "numbers of five bytes"],
)
def test_frames_are_counted_by_either_numbering(sizes: list[int], variable: bool) -> None:
    content = made(sizes, variable)
    assert flac.check_flac(io.BytesIO(content)) is not None
    if sum(sizes) < 1 << 20:
        assert int(Audio.load(io.BytesIO(content)).lengths) == sum(sizes)
    with pytest.raises(InvalidAudio, match="cut short"):
        flac.check_flac(io.BytesIO(content[:-20]))


@pytest.mark.parametrize("place", range((1 << 20) - 20, (1 << 20) + 4, 3))
@pytest.mark.parametrize("total", [len(PCM), 0])
def test_a_second_file_is_found_wherever_it_begins(place: int, total: int) -> None:
    content = with_total(WHOLE, total)
    assert flac.check_flac(io.BytesIO(content.ljust(place, b"f"))) is not None
    with pytest.raises(InvalidAudio, match="another FLAC file follows"):
        flac.check_flac(io.BytesIO(content.ljust(place, b"f") + content))


@pytest.mark.parametrize("block", [1, 2, 15, 16, 17, *range(6061, 6085), len(WHOLE) - len(HEAD)])
def test_a_frame_is_found_where_two_reads_meet(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flac, "_BLOCK", block)
    assert flac.check_flac(io.BytesIO(WHOLE)) is not None


def test_a_clip_of_a_manifest_is_read_without_the_md5(tmp_path: Path) -> None:
    """The hash of its file is compared instead; the frames are counted in either case."""
    (tmp_path / "a.flac").write_bytes(REFUSED["another MD5"][0])
    assert sum(piece.shape[1] for piece in AudioFile(tmp_path / "a.flac", 0, RATE).pieces()) == RATE
    (tmp_path / "a.flac").write_bytes(REFUSED["second missing"][0])
    with pytest.raises(InvalidAudio, match="4096 are there"):
        AudioFile(tmp_path / "a.flac", 0, 8000)
