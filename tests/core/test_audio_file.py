"""Files as people have them: read whole by whatever decodes them, or refused; never a part without a word."""

import io
import os
import struct
import subprocess
import sys
from fractions import Fraction
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
from audiotok.errors import InvalidAudio

RATE = 44100
NOISE = 0.2 * np.random.default_rng(0).standard_normal(3 * RATE).astype(np.float32).clip(-4, 4)


def written(path: Path, **how: str) -> bytes:
    soundfile.write(path, NOISE[: 48000 * 2] if path.suffix == ".opus" else NOISE, 48000 if how else RATE, **how)
    return path.read_bytes()


def with_ffmpeg(path: Path, codec: str) -> bytes:
    """The noise as mono of 48 kHz; the index of an mp4 at its beginning, so that a cut file still opens."""
    options = {".m4a": {"movflags": "faststart"}, ".mp4": {"movflags": "faststart"}, ".weba": {"live": "1"}}
    with av.open(str(path), "w", format=CONTAINERS.get(path.suffix), options=options.get(path.suffix, {})) as file:
        stream = file.add_stream(codec, rate=48000, layout="mono")
        stream.bit_rate, stream.time_base = 128_000, Fraction(1, 48000)
        frame = av.AudioFrame.from_ndarray(NOISE[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48000, 0
        resampler = av.AudioResampler(stream.codec_context.format, "mono", 48000, stream.codec_context.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return path.read_bytes()


FORMATS = {
    **{f".{name}": {} for name in ("mp3", "ogg", "flac", "wav", "aiff", "au")},
    ".opus": {"format": "OGG", "subtype": "OPUS"},
    **{f".{name}": {"format": name.upper(), "subtype": "PCM_16"} for name in ("w64", "rf64", "caf")},
}
WITH_FFMPEG = {
    **{".m4a": "aac", ".mp4": "aac", ".webm": "libopus", ".weba": "libopus", ".aac": "aac", ".wma": "wmav2"},
    **{".mka": "flac", ".wv": "wavpack", ".tta": "tta", ".avi": "pcm_s16le", ".sox": "pcm_s32le"},
}
CONTAINERS = {".weba": "webm", ".wma": "asf"}  # where the suffix does not name it


def file_of(suffix: str, folder: Path) -> bytes:
    path = folder / f"whole{suffix}"
    return with_ffmpeg(path, WITH_FFMPEG[suffix]) if suffix in WITH_FFMPEG else written(path, **FORMATS[suffix])


@pytest.mark.parametrize("suffix", [*FORMATS, *WITH_FFMPEG])
def test_a_whole_file_is_read_to_its_end(suffix: str, tmp_path: Path) -> None:
    file_of(suffix, tmp_path)
    audio = Audio.load(tmp_path / f"whole{suffix}")
    samples = 48000 * 2 if suffix == ".opus" else len(NOISE)
    # AAC fills its last frame and may keep its first, and FFmpeg leaves out the last of WMA; others are exact.
    most = samples + (2048 if WITH_FFMPEG.get(suffix) == "aac" else 0)
    assert samples - (2048 if suffix == ".wma" else 0) <= int(audio.lengths) <= most


@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
@pytest.mark.parametrize("suffix", [*FORMATS, *WITH_FFMPEG])
def test_a_cut_file_has_no_codes(suffix: str, share: float, tmp_path: Path) -> None:
    whole = file_of(suffix, tmp_path)
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(whole[: int(share * len(whole))])
    tokenizer = audiotok.load("mulaw")
    for encode in (tokenizer.encode, lambda file: encode_long(tokenizer, file)):
        with pytest.raises(InvalidAudio, match=f"cut{suffix}"):
            encode(path)


def without_first_frame(mp3: bytes) -> bytes:
    """libsndfile's first frame is the Xing header."""
    return mp3[frame_size(mp3) :]


def test_an_mp3_of_variable_rate_without_xing_is_read_to_its_end(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "quiet.mp3", 1e-3 * NOISE, RATE, bitrate_mode="VARIABLE")
    soundfile.write(tmp_path / "loud.mp3", NOISE, RATE, bitrate_mode="VARIABLE")
    joined = without_first_frame((tmp_path / "loud.mp3").read_bytes())
    joined += without_first_frame((tmp_path / "quiet.mp3").read_bytes())
    (tmp_path / "both.mp3").write_bytes(joined)
    assert soundfile.info(tmp_path / "both.mp3").duration < 5.5  # what libsndfile thinks
    assert Audio.load(tmp_path / "both.mp3").seconds == pytest.approx(6.0, abs=0.11)  # four frames of padding
    (tmp_path / "both.mp3").write_bytes(joined[:-100])
    with pytest.raises(InvalidAudio, match="last MPEG frame"):
        Audio.load(tmp_path / "both.mp3")


def test_a_tag_behind_an_mp3_is_no_cut(tmp_path: Path) -> None:
    tagged = without_first_frame(written(tmp_path / "a.mp3")) + b"TAG" + bytes(125)
    (tmp_path / "a.mp3").write_bytes(tagged)
    assert Audio.load(tmp_path / "a.mp3").seconds == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize("kind", ["mp3", "ogg"])
def test_files_joined_end_to_end_are_read_to_their_end(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(2 * written(path))
    assert Audio.load(path).seconds == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "ULAW"])
@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_wav_from_a_pipe_is_read_to_its_end(size: int, subtype: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    content = bytearray(written(path, subtype=subtype))
    expected = Audio.load(path)
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    content[4:8] = struct.pack("<I", min(size + 36, 0xFFFFFFFF))
    path.write_bytes(content)
    assert torch.equal(Audio.load(path).waveform, expected.waveform)


def test_a_wav_of_no_samples_with_a_chunk_behind_is_empty(tmp_path: Path) -> None:
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data" + bytes(4)
    chunks += b"LIST" + struct.pack("<I", 8) + b"INFOabcd"
    (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    with pytest.raises(InvalidAudio, match="no samples"):
        Audio.load(tmp_path / "a.wav")


def test_flac_of_unknown_length_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    content = bytearray(written(path))
    content[21] &= 0xF0
    content[22:26] = bytes(4)  # the number of samples, 36 bits
    path.write_bytes(content)
    assert int(Audio.load(path).lengths) == len(NOISE)


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM", "GSM610"])
def test_a_wav_of_packed_samples_is_read_to_its_end_or_refused(subtype: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, NOISE[:16000], 8000, subtype=subtype)
    assert 16000 <= int(Audio.load(path).lengths) < 17100  # the last block is filled up
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InvalidAudio, match="cut short"):
        Audio.load(path)


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        *(("WAV", subtype) for subtype in ("GSM610", "G721_32", "NMS_ADPCM_16", "NMS_ADPCM_24", "NMS_ADPCM_32")),
        *(("AU", subtype) for subtype in ("G721_32", "G723_24", "G723_40")),
    ],
)
def test_telephone_codecs_are_read_as_they_were_written(kind: str, subtype: str, tmp_path: Path) -> None:
    """They cannot be sought in; of some, FFmpeg decodes another variant."""
    path, tone = tmp_path / "a.wav", 0.3 * np.sin(np.arange(16000) / 6)
    soundfile.write(path, tone, 8000, format=kind, subtype=subtype)
    whole = Audio.load(path).waveform[0]
    assert np.corrcoef(whole[0, :16000], tone)[0, 1] > 0.97
    assert torch.equal(torch.cat(list(AudioFile(path).pieces(1)), dim=1), whole)
    assert torch.equal(torch.cat(list(AudioFile(path, 9001, 15000).pieces()), dim=1), whole[:, 9001:15000])


def test_floats_at_the_scale_of_integers_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", NOISE * 32768, RATE, subtype="FLOAT")
    with pytest.raises(InvalidAudio, match=r"a\.wav: float samples reach \d+, where full scale is 1\.0"):
        Audio.load(tmp_path / "a.wav")
    assert float(Audio.load(tmp_path / "a.wav", any_scale=True).waveform.max()) > 10_000
    with pytest.raises(InvalidAudio, match="pass them as int16"):
        Audio.from_array(NOISE * 32768, RATE)


def test_floats_a_little_over_full_scale_are_audio() -> None:
    assert float(Audio.from_array(np.array([4.0, -4.0]), RATE).waveform.max()) == 4.0


@pytest.mark.parametrize("longer", [1, 6])
def test_channels_of_opposite_phase_are_not_averaged(longer: int, tmp_path: Path) -> None:
    left = np.tile(NOISE, longer)
    soundfile.write(tmp_path / "a.wav", np.stack([left, -left], axis=1), RATE)
    tokenizer = audiotok.load("mulaw")
    for encode in (tokenizer.encode, lambda file, **how: encode_long(tokenizer, file, **how)):
        with pytest.raises(InvalidAudio, match="opposite phase, so that their average is silent"):
            encode(tmp_path / "a.wav", downmix=True)


def test_an_open_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    for suffix in (".flac", ".m4a"):
        content = io.BytesIO(file_of(suffix, tmp_path))
        content.read(7)
        assert torch.equal(Audio.load(content).waveform, Audio.load(tmp_path / f"whole{suffix}").waveform)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("suffix", [".flac", ".m4a"])
def test_a_name_that_is_not_utf8_is_read(suffix: str, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9" + suffix.encode()
    Path(os.fsdecode(name)).write_bytes(file_of(suffix, tmp_path))
    assert Audio.load(os.fsdecode(name)).seconds > 2
    with pytest.raises(InvalidAudio, match=r"na\\xefve\.wav: no such file"):
        Audio.load(os.fsdecode(b"na\xefve.wav"))


@pytest.mark.parametrize("suffix", [".ogg", ".m4a"])
def test_a_stretch_is_that_of_the_whole(suffix: str, tmp_path: Path) -> None:
    file_of(suffix, tmp_path)
    path = tmp_path / f"whole{suffix}"
    stretch = torch.cat(list(AudioFile(path, 50_000, 90_000).pieces()), dim=1)
    assert torch.equal(stretch, Audio.load(path).waveform[0, :, 50_000:90_000])


def test_a_stretch_beyond_the_end_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "a.wav")
    with pytest.raises(InvalidAudio, match=r"ends before 3\.0113\d s"):
        list(AudioFile(tmp_path / "a.wav", len(NOISE) - 500, len(NOISE) + 500).pieces())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss")
def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 2, 48000, 192000, 4, 16, b"data", 0)
    seconds = 1200
    with (tmp_path / "long.wav").open("wb") as file:
        file.write(header[:4] + struct.pack("<I", 36 + 192000 * seconds) + header[8:40])
        file.write(struct.pack("<I", 192000 * seconds))
        file.truncate(44 + 192000 * seconds)  # sparse: twenty minutes of silence
    script = (
        "import resource, sys; from audiotok import data\n"
        "from audiotok.data.reading import probe\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "frames, _ = probe(__import__('pathlib').Path(sys.argv[1]))\n"
        "print(frames, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "long.wav"], capture_output=True, text=True, check=True
    )
    frames, kilobytes = map(int, run.stdout.split())
    assert frames == 48000 * seconds
    assert kilobytes < 150_000  # decoded, they are 460 MB
