"""From a clip to its samples: verified, exact, the same each time."""

import hashlib

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.data.manifest import Clip
from audiotok.errors import AssetCorrupt, AssetUnavailable, InvalidAudio, InvalidData, UnknownName

RATE = 44100


@pytest.fixture
def stereo(tmp_path):
    """A FLAC of two channels and its clip from 0.25 s to 0.75 s."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 2)).astype(np.float32)
    soundfile.write(tmp_path / "noise.flac", noise, RATE, subtype="PCM_24")
    (clip,) = data.make(tmp_path, "noise", domain="music")[0]
    return tmp_path, _but(clip, start=0.25, end=0.75), soundfile.read(tmp_path / "noise.flac", dtype="float32")[0]


def _but(clip: Clip, **changes) -> Clip:
    return Clip(**{**vars(clip), **changes})


def test_the_stretch_of_the_clip_is_read_exactly(stereo):
    root, clip, samples = stereo
    audio = data.read(clip, root, stereo=True)
    np.testing.assert_array_equal(audio.numpy(0), samples[11025:33075].T)


def test_mono_is_the_mean_of_the_channels(stereo):
    root, clip, samples = stereo
    audio = data.read(clip, root)
    np.testing.assert_allclose(audio.numpy(0)[0], samples[11025:33075].mean(1), atol=1e-7)  # float32 rounding


def test_a_vorbis_stretch_is_that_of_the_whole_file(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 2 * RATE).astype(np.float32)
    soundfile.write(tmp_path / "noise.ogg", noise, RATE)
    whole = soundfile.read(tmp_path / "noise.ogg", dtype="float32")[0]
    (clip,) = data.make(tmp_path, "noise", domain="music")[0]
    stretch = data.read(_but(clip, start=1.0, end=1.5), tmp_path)
    np.testing.assert_array_equal(stretch.numpy(0)[0], whole[RATE : RATE + RATE // 2])


@pytest.mark.parametrize(("suffix", "codec", "rate"), [(".g722", "g722", 16000), (".gsm", "gsm", 8000)])
def test_telephone_formats_are_decoded_alike_each_time(tmp_path, suffix, codec, rate):
    av = pytest.importorskip("av")
    if codec == "gsm":  # PyAV decodes GSM without being able to encode it: 50 frames of silence by hand
        (tmp_path / "tone.gsm").write_bytes((b"\xd8\x20\xa2\xe1\x5a" + b"\x50\x00\x49\x24\x92\x49\x24" * 4) * 50)
    else:
        tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.int16)
        with av.open(str(tmp_path / f"tone{suffix}"), "w", format=codec) as container:
            stream = container.add_stream(codec, rate=rate, layout="mono")
            frame = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
            frame.sample_rate = rate
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                container.mux(packet)
    (clip,) = data.make(tmp_path, "tone", domain="audio")[0]
    first, second = data.read(clip, tmp_path), data.read(clip, tmp_path)
    assert first.sample_rate == rate
    assert first.waveform.shape == (1, 1, rate)
    np.testing.assert_array_equal(first.numpy(0), second.numpy(0))


def test_a_file_that_changed_is_refused(stereo):
    root, clip, samples = stereo
    soundfile.write(root / "noise.flac", samples / 2, RATE)
    with pytest.raises(AssetCorrupt, match=clip.sha256):
        data.read(clip, root)


def test_a_file_that_is_gone_is_an_error_that_names_it(stereo):
    root, clip, _ = stereo
    (root / "noise.flac").unlink()
    with pytest.raises(AssetUnavailable, match=r"noise\.flac is not there"):
        data.read(clip, root)


def test_a_clip_that_ends_after_its_file_is_refused(stereo):
    root, clip, _ = stereo
    with pytest.raises(InvalidAudio, match="ends before"):
        data.read(_but(clip, end=1.5), root)


def test_another_rate_than_the_manifests_is_refused(stereo):
    root, clip, _ = stereo
    with pytest.raises(InvalidAudio, match="48000 Hz"):
        data.read(_but(clip, sample_rate=48000), root)


def test_a_clip_of_a_folder_needs_the_folder(stereo):
    with pytest.raises(InvalidData, match="pass that folder"):
        data.read(stereo[1])


def test_a_source_that_nobody_knows_is_an_error(stereo):
    with pytest.raises(UnknownName, match="no source 'elsewhere'"):
        data.read(_but(stereo[1], source="elsewhere"))


def test_fetch_lists_what_failed_and_why(stereo):
    root, clip, _ = stereo
    manifest = data.Manifest.of("two", [clip, _but(clip, id="lost", path="lost.flac")], root)
    failures = data.fetch(manifest)
    assert list(failures) == ["lost"]
    assert "lost.flac" in failures["lost"]


def test_whatever_a_decoder_raises_on_a_file_is_unusable_audio(tmp_path):
    path = tmp_path / "a.w64"
    soundfile.write(path, np.full(RATE, 0.1), RATE)
    content = bytearray(path.read_bytes())
    content[56:64] = b"\xff" * 7 + b"\x7f"  # a size that no position in a file can have
    path.write_bytes(content)
    clip = Clip("one", "folder", "a.w64", hashlib.sha256(content).hexdigest(), 0.0, 0.5, RATE, "audio")
    with pytest.raises(InvalidAudio):
        data.read(clip, tmp_path)
    with pytest.raises(InvalidAudio):
        data.stretch(clip, tmp_path)
