"""Headers that lie, streams that are damaged, names that are no file: read exactly, or refused by a line that says why.

The files are put together here byte by byte, since no writer makes them.
"""

import io
import os
import struct
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import torch

import audiotok
from audiotok.core.audio import Audio
from audiotok.core.audio_file import AudioFile
from audiotok.core.long import encode_long
from audiotok.core.mp3 import frame_size
from audiotok.errors import InvalidAudio, MachineTrouble

RATE = 16000
PCM = (3000 * np.random.default_rng(0).standard_normal(RATE)).astype("<i2")
SAMPLES = torch.from_numpy(PCM / np.float32(32768))[None]
LITTLE, BIG = PCM.tobytes(), PCM.astype(">i2").tobytes()


def chunk(name: bytes, content: bytes, size: int | None = None, order: str = "<") -> bytes:
    return name + struct.pack(order + "I", len(content) if size is None else size) + content


def fmt(kind: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, block: int = 2, order: str = "<") -> bytes:
    described = struct.pack(order + "HHIIHH", kind, channels, rate, block * rate & 0xFFFFFFFF, block, bits)
    return chunk(b"fmt ", described, order=order)


def riff(*chunks: bytes, name: bytes = b"RIFF", order: str = "<") -> bytes:
    return chunk(name, b"WAVE" + b"".join(chunks), order=order)


def aiff(frames: int, compression: bytes, sound: bytes, size: int | None = None) -> bytes:
    rate = struct.pack(">HQ", 16383 + 13, RATE << 50)  # 80 bits: the exponent of 8192, and the mantissa
    common = chunk(b"COMM", struct.pack(">hIh", 1, frames, 16) + rate + compression + bytes(2), order=">")
    stored = chunk(b"SSND", bytes(8) + sound, size, order=">")
    return chunk(b"FORM", b"AIFC" + common + stored, order=">")


def au(order: str, size: int, sound: bytes) -> bytes:
    return (b".snd" if order == ">" else b"dns.") + struct.pack(order + "IIIII", 24, size, 3, RATE, 1) + sound


def encoded(**how: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, PCM, RATE, **how)
    return file.getvalue()


def nist(kept: int = len(LITTLE)) -> bytes:
    header = (
        f"NIST_1A\n   1024\nchannel_count -i 1\nsample_count -i {RATE}\nsample_rate -i {RATE}\nsample_n_bytes -i 2\n"
    )
    header += "sample_byte_format -s2 01\nsample_sig_bits -i 16\nend_head\n"
    return header.encode().ljust(1024) + LITTLE[:kept]


PIPED = 0x7F000000  # SoX's size of an AIFF that it writes to a pipe
EXACT: dict[str, bytes] = {
    "rifx.wav": riff(fmt(order=">"), chunk(b"data", BIG, order=">"), name=b"RIFX", order=">"),
    "size 0 in a RIFF of the right size.wav": riff(fmt(), chunk(b"data", LITTLE, 0)),
    "block of 0.wav": riff(fmt(block=0), chunk(b"data", LITTLE)),
    "chunks behind.wav": riff(fmt(), chunk(b"data", LITTLE), chunk(b"LIST", b"INFO"), chunk(b"id3 ", bytes(10))),
    "garbage behind.wav": riff(fmt(), chunk(b"data", LITTLE)) + b"garbage" * 99,
    "sowt.aiff": aiff(RATE, b"sowt", LITTLE),
    "of a pipe.aiff": aiff(PIPED // 2, b"NONE", BIG, PIPED + 8),
    "of no length.au": au(">", 0xFFFFFFFF, BIG),
    "little.au": au("<", len(LITTLE), LITTLE),
    "sphere.wav": nist(),
    "tagged.flac": b"ID3\4\0\0\0\0\0\x14" + bytes(20) + encoded(format="FLAC"),
    "a wav that is called.g722": riff(fmt(), chunk(b"data", LITTLE)),
    "a wav that is called.raw": riff(fmt(), chunk(b"data", LITTLE)),
    "a flac that is called.pcm": encoded(format="FLAC"),
}


@pytest.mark.parametrize("name", EXACT)
def test_it_is_read_to_the_sample(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(EXACT[name])
    audio = Audio.load(tmp_path / name)
    assert audio.sample_rate == RATE
    assert torch.equal(audio.waveform[0], SAMPLES)


SOFTWARE = chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"Lavf58.29.100\0"))


@pytest.mark.parametrize("behind", [SOFTWARE, SOFTWARE + chunk(b"id3 ", bytes(11)), chunk(b"bext", bytes(602)), b""])
@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_chunks_behind_samples_of_unknown_number_are_not_read_as_samples(size: int, behind: bytes) -> None:
    """A program that wrote to a pipe added them when it ended."""
    content = riff(fmt(), chunk(b"data", LITTLE, size) + behind)
    content = content[:4] + b"\xff\xff\xff\xff" + content[8:]
    assert torch.equal(Audio.load(io.BytesIO(content)).waveform[0], SAMPLES)
    clip = torch.cat(list(AudioFile(io.BytesIO(content), 100, RATE).pieces()), dim=1)
    assert torch.equal(clip, SAMPLES[:, 100:])


@pytest.mark.parametrize("behind", [b"written by a program", b"\0\0\0\x10data", bytes(100), b"x"])
def test_bytes_behind_the_boxes_of_an_mp4_are_no_cut(behind: bytes) -> None:
    content = in_a_container("mp4", "aac")
    assert torch.equal(Audio.load(io.BytesIO(content + behind)).waveform, Audio.load(io.BytesIO(content)).waveform)
    for missing in (1, 200, len(content) // 2):
        with pytest.raises(InvalidAudio, match="cut short"):
            Audio.load(io.BytesIO(content[:-missing]))


def zeroed(content: bytes) -> bytes:
    return content[: len(content) // 2] + bytes(200) + content[len(content) // 2 + 200 :]


def with_hole(content: bytes) -> bytes:
    """Without one page in the middle."""
    pages = [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]
    return content[: pages[-2]] + content[pages[-1] :]


def ogg() -> bytes:
    """Several pages of Vorbis."""
    file = io.BytesIO()
    soundfile.write(file, np.tile(PCM, 4), RATE, format="OGG")
    return file.getvalue()


def patched(content: bytes, begin: int, new: bytes) -> bytes:
    return content[:begin] + new + content[begin + len(new) :]


def w64(size_of_fmt: int) -> bytes:
    return patched(encoded(format="W64"), 56, struct.pack("<q", size_of_fmt))


def caf(size_of_data: int, size_of_desc: int = 32) -> bytes:
    content = encoded(format="CAF", subtype="PCM_16")
    content = patched(content, content.index(b"desc") + 4, struct.pack(">q", size_of_desc))
    return patched(content, content.index(b"data") + 4, struct.pack(">q", size_of_data))


def in_a_container(kind: str, codec: str, **options: str) -> bytes:
    """Two seconds of noise, encoded by FFmpeg."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind, options=options) as container:
        stream = container.add_stream(codec, rate=RATE if codec != "ac3" else 48000, layout="mono")
        stream.time_base = Fraction(1, stream.rate)
        frame = av.AudioFrame.from_ndarray(np.tile(SAMPLES, 2), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = stream.rate, 0
        context = stream.codec_context
        for part in av.AudioResampler(context.format, "mono", stream.rate, context.frame_size).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def damaged(kind: str, codec: str) -> bytes:
    """With one byte of the middle changed, which the checksum of a frame shows."""
    content = in_a_container(kind, codec)
    return patched(content, len(content) // 2, bytes([content[len(content) // 2] ^ 16]))


TAG = b"ID3\4\0\0\0\0\0\x14" + bytes(20)


def cut(missing: int, **how: str) -> bytes:
    return encoded(**how)[:-missing]


def g721_of_a_pipe() -> bytes:
    content = encoded(format="WAV", subtype="G721_32")
    return patched(content, content.index(b"data") + 4, bytes(4))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut.wav": (lambda: EXACT["rifx.wav"][:-4000], "cut short, its header says 16000 frames and 14000 are there"),
    "pipe.wav": (lambda: riff(fmt(order=">"), chunk(b"data", BIG, 0), name=b"RIFX", order=">"), "32000 bytes do"),
    "24 of 32 bits.wav": (lambda: riff(fmt(bits=24, block=4), chunk(b"data", LITTLE)), "24 bits are 3 bytes a frame"),
    "short fmt.wav": (lambda: riff(chunk(b"fmt ", fmt()[8:22]), chunk(b"data", LITTLE)), "its fmt chunk has 14 bytes"),
    "stale.wav": (lambda: riff(fmt(), chunk(b"data", LITTLE[:20000]) + LITTLE[20000:]), "nothing of 12000 bytes"),
    "two.wav": (lambda: riff(fmt(), chunk(b"data", LITTLE), chunk(b"data", LITTLE)), "a second chunk of samples"),
    "joined.wav": (lambda: 2 * riff(fmt(), chunk(b"data", LITTLE)), "another WAV file follows"),
    "g721 of a pipe.wav": (g721_of_a_pipe, "says that no samples follow, and 8040 bytes do"),
    "adpcm.wav": (lambda: encoded(format="WAV", subtype="IMA_ADPCM")[:-300], "cut short"),
    **{
        f"{subtype}.w64": (partial(cut, 300, format="W64", subtype=subtype), "cut short")
        for subtype in ("IMA_ADPCM", "MS_ADPCM", "GSM610")
    },
    "half.wav": (lambda: riff(fmt(kind=3), chunk(b"data", LITTLE)), "a kind that FFmpeg does not know"),
    "long.wav": (lambda: riff(fmt(bits=64, block=8), chunk(b"data", LITTLE)), "samples of an unusual kind, s64"),
    "slow.wav": (lambda: riff(fmt(rate=100), chunk(b"data", LITTLE)), "between 1000 and 768000 Hz, got 100"),
    "cut.aiff": (lambda: aiff(RATE, b"sowt", LITTLE)[:-4000], "cut short"),
    "cut.au": (lambda: au("<", len(LITTLE), LITTLE[:-4000]), "cut short"),
    "zero.au": (lambda: au(">", 0, BIG), "says that no samples follow, and 32000 bytes do"),
    "cut sphere.wav": (lambda: nist(20000), "cut short, its header says 16000 frames and 10000 are there"),
    "voc.wav": (lambda: encoded(format="VOC")[:-4000], "VOC files are not read, since a cut one does not show"),
    "joined.flac": (lambda: 2 * encoded(format="FLAC"), "another FLAC file follows"),
    "zeroed.ogg": (lambda: zeroed(ogg()), "the checksum of its Ogg page"),
    "cut behind a tag.ogg": (lambda: TAG + ogg()[:-500], "cut short, its last Ogg page"),
    "cut behind junk.ogg": (lambda: b"junk" + ogg()[:-500], "cut short, its last Ogg page"),
    "mp3 in.wav": (lambda: in_a_container("wav", "libmp3lame")[:-1], "cut short, its header says 6264 bytes"),
    **{
        f"{kind} of {codec}": (partial(damaged, kind, codec), "cut short or damaged")
        for kind, codec in (("wv", "wavpack"), ("tta", "tta"), ("matroska", "flac"), ("mp4", "flac"))
    },
    **{
        name: (partial(in_a_container, name, codec), f"{name} files are not read, since a cut one does not show")
        for name, codec in (("mpegts", "aac"), ("flv", "aac"), ("nut", "aac"), ("ac3", "ac3"))
    },
    "hole.ogg": (lambda: with_hole(ogg()), "an Ogg page is missing"),
    "cut chain.ogg": (lambda: ogg() + ogg()[:-500], "cut short"),
    "empty.g722": (lambda: b"", "is empty"),
    "samples.raw": (lambda: LITTLE, "no header: the rate and format of the samples are unknown"),
    "samples.UL": (lambda: LITTLE, "no header"),
    "small.w64": (lambda: w64(10), "its 'fmt' chunk is said to have -14 bytes"),
    "largest.w64": (lambda: w64(-1), "its 'fmt' chunk is said to have 18446744073709551591 bytes"),
    "large.w64": (lambda: w64(1 << 62), "its 'fmt' chunk is said to have 4611686018427387880 bytes"),
    "zero.caf": (lambda: caf(0), "says that no samples follow, and 32004 bytes do"),
    "large.caf": (lambda: caf(len(LITTLE) + 4, 1 << 62), "its 'desc' chunk is said to have 4611686018427387904 bytes"),
    "call.wav": (
        lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        "not readable as audio",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_name_and_the_reason(name: str, tmp_path: Path) -> None:
    make, reason = REFUSED[name]
    (tmp_path / name).write_bytes(make())
    tokenizer = audiotok.load("mulaw")
    for read in (Audio.load, tokenizer.encode, lambda path: encode_long(tokenizer, path)):
        with pytest.raises(InvalidAudio, match=f"{name}: .*{reason}"):
            read(tmp_path / name)


@pytest.mark.parametrize("content", [riff(fmt(), chunk(b"data", LITTLE)), LITTLE], ids=["wav", "samples"])
def test_an_open_file_named_raw_is_treated_as_its_path(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(content)
    with (tmp_path / "a.raw").open("rb") as file:
        if content is LITTLE:
            with pytest.raises(InvalidAudio, match="no header"):
                Audio.load(file)
        else:
            assert torch.equal(Audio.load(file).waveform[0], SAMPLES)


class Download(io.RawIOBase):
    """A body of an HTTP response: `seek` raises UnsupportedOperation."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._content.read(size)


@pytest.mark.parametrize("buffered", [0, -1])
def test_a_file_that_cannot_be_rewound_is_refused_with_what_to_do(buffered: int) -> None:
    tokenizer = audiotok.load("mulaw")
    begin, end = os.pipe()
    content = riff(fmt(), chunk(b"data", LITTLE[:2000]))  # which fits into a pipe
    with open(begin, "rb", buffering=buffered) as pipe, open(end, "wb") as writer:  # of descriptors
        writer.write(content)
        writer.close()
        for file in (pipe, Download(content)):
            for read in (Audio.load, tokenizer.encode, lambda file: encode_long(tokenizer, file)):
                with pytest.raises(InvalidAudio, match=r"pass io\.BytesIO\(file\.read\(\)\)"):
                    read(file)
        assert torch.equal(Audio.load(io.BytesIO(pipe.read())).waveform[0], SAMPLES[:, :1000])


def test_a_file_that_is_opened_as_text_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", PCM, RATE)
    with (tmp_path / "a.wav").open(encoding="latin-1") as file, pytest.raises(InvalidAudio, match="binary mode"):
        encode_long(audiotok.load("mulaw"), file)


def test_impossible_numbers_in_a_header_are_damage_and_errors_of_the_system_are_not() -> None:
    class Trouble(io.BytesIO):
        def __init__(self, error: Exception) -> None:
            super().__init__(LITTLE)
            self._error = error

        def read(self, *_: object) -> bytes:
            raise self._error

    for error in (OverflowError("too large"), OSError(22, "Invalid argument"), struct.error("short")):
        with pytest.raises(InvalidAudio, match="damaged, its header cannot be read"):
            Audio.load(Trouble(error))
    with pytest.raises(OSError, match="Input/output error"):
        Audio.load(Trouble(OSError(5, "Input/output error")))


@pytest.mark.parametrize("subtypes", [("VORBIS", "VORBIS"), ("OPUS", "VORBIS"), ("VORBIS", "OPUS", "VORBIS")])
def test_streams_written_one_after_another_are_read_to_the_sample(subtypes: tuple[str, ...], tmp_path: Path) -> None:
    alone = []
    for subtype in subtypes:
        soundfile.write(tmp_path / "one.ogg", PCM[:15999], 48000, format="OGG", subtype=subtype)
        alone.append((tmp_path / "one.ogg").read_bytes())
    (tmp_path / "all.ogg").write_bytes(b"".join(alone))
    expected = torch.cat([Audio.load(io.BytesIO(one)).waveform for one in alone], dim=2)
    assert expected.shape[2] == 15999 * len(subtypes)
    assert torch.equal(Audio.load(tmp_path / "all.ogg").waveform, expected)


def test_streams_of_two_rates_are_refused(tmp_path: Path) -> None:
    content = b""
    for rate in (16000, 8000):
        soundfile.write(tmp_path / "a.ogg", PCM, rate)
        content += (tmp_path / "a.ogg").read_bytes()
    (tmp_path / "a.ogg").write_bytes(content)
    with pytest.raises(InvalidAudio, match=r"a\.ogg: changes from 16000 Hz, 1 channel\(s\), to 8000 Hz"):
        Audio.load(tmp_path / "a.ogg")


def test_an_mp3_of_constant_rate_without_xing_is_read_to_its_end(tmp_path: Path) -> None:
    """libsndfile takes its length from the bit rate, which at 44.1 kHz is not that of its frames."""
    file = io.BytesIO()
    soundfile.write(file, np.tile(PCM, 10), 44100, format="MP3", bitrate_mode="CONSTANT", compression_level=0.6)
    mp3 = file.getvalue()
    (tmp_path / "a.mp3").write_bytes(mp3[frame_size(mp3) :])
    samples = int(Audio.load(tmp_path / "a.mp3").lengths)
    assert 10 * RATE <= samples <= 10 * RATE + 4 * 1152
    assert samples % 1152 == 0


@pytest.mark.parametrize("front", [TAG, b"junk", 3 * TAG + bytes(99)])
@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_an_ogg_file_behind_other_bytes_is_read_to_the_sample(subtype: str, front: bytes) -> None:
    content = encoded(format="OGG", subtype=subtype)
    expected = Audio.load(io.BytesIO(content)).waveform
    assert torch.equal(Audio.load(io.BytesIO(front + content)).waveform, expected)
    assert torch.equal(Audio.load(io.BytesIO(front + 2 * content)).waveform, torch.cat([expected] * 2, dim=2))


def with_unknown_clusters(live: bytes) -> bytes:
    """Clusters without a size, as browsers write them."""
    before, *clusters = live.split(b"\x1fC\xb6u")
    widths = [9 - cluster[0].bit_length() for cluster in clusters]
    unknown = [((2 << 7 * width) - 1).to_bytes(width, "big") for width in widths]  # all bits set
    return before + b"".join(
        b"\x1fC\xb6u" + size + cluster[len(size) :] for size, cluster in zip(unknown, clusters, strict=True)
    )


@pytest.mark.parametrize("of_a_browser", [False, True])
def test_a_live_webm_is_read_whole_or_refused(of_a_browser: bool) -> None:
    live = in_a_container("webm", "libopus", live="1")
    if of_a_browser:
        live = with_unknown_clusters(live)
    assert Audio.load(io.BytesIO(live)).seconds == pytest.approx(2.0, abs=0.05)
    for missing in range(1, len(live) // 2, 499):
        with pytest.raises(InvalidAudio, match="cut short"):
            Audio.load(io.BytesIO(live[:-missing]))


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_a_film_that_was_cut_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    with av.open(str(path), "w", options={"movflags": "faststart"} if kind == "mp4" else {}) as film:
        pictures, sound = film.add_stream("mpeg4", rate=25), film.add_stream("aac", rate=RATE, layout="mono")
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuv420p"
        for n in range(25):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), n, np.uint8), format="rgb24")
            picture.pts = n
            film.mux(pictures.encode(picture))
        for at in range(0, RATE - 1024, 1024):
            frame = av.AudioFrame.from_ndarray(SAMPLES[:, at : at + 1024].numpy(), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, at
            film.mux(sound.encode(frame))
        film.mux(pictures.encode(None))
        film.mux(sound.encode(None))
    assert Audio.load(path).seconds > 0.9
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InvalidAudio, match=rf"a\.{kind}: cut short"):
        Audio.load(path)


def test_a_playlist_reads_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("other.wav", PCM, RATE)
    Path("list.wav").write_text("ffconcat version 1.0\nfile other.wav\n")
    with pytest.raises(InvalidAudio, match="not readable as audio"):
        Audio.load("list.wav")


def test_what_is_no_regular_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo.wav")
        with pytest.raises(InvalidAudio, match=r"fifo\.wav: is not a regular file"):
            Audio.load(tmp_path / "fifo.wav")
    with pytest.raises(InvalidAudio, match=r"folder\.wav: is not a regular file"):
        Audio.load(tmp_path / "folder.wav")
    with pytest.raises(InvalidAudio, match=r"loop\.wav: no such file"):
        Audio.load(tmp_path / "loop.wav")
    with pytest.raises(InvalidAudio, match="cannot be opened"):
        Audio.load(tmp_path / ("x" * 5000))


def test_a_file_that_may_not_be_read_is_the_machines_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    soundfile.write(tmp_path / "a.wav", PCM, RATE)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MachineTrouble, match=r"a\.wav: PermissionError"):
        Audio.load(tmp_path / "a.wav")


def test_channels_that_do_not_fit_are_refused_with_the_name(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.stack([PCM, -PCM], axis=1), RATE)
    tokenizer = audiotok.load("mulaw")
    for downmix, reason in ((False, "takes 1 channel"), (True, "opposite phase")):
        for encode in (tokenizer.encode, lambda file, **how: encode_long(tokenizer, file, **how)):
            with pytest.raises(InvalidAudio, match=rf"a\.wav: .*{reason}"):
                encode(tmp_path / "a.wav", downmix=downmix)
