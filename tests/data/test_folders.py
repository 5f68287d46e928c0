"""Anyone's folder becomes a manifest; what cannot be used is reported by name."""

import av
import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.errors import InvalidData, UnknownName

RATE = 16000


def _tone(seconds: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * 220 * np.arange(int(seconds * RATE)) / RATE)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    soundfile.write(folder / "one.wav", _tone(0.5), RATE)
    (folder / "one.txt").write_text("hello\nthere\n")
    return folder


def test_a_text_beside_the_audio_is_its_transcript(folder):
    manifest, problems = data.make(folder, "mine", language="en")
    assert [(clip.id, clip.text, clip.duration) for clip in manifest] == [("one", "hello there", 0.5)]
    assert problems == {}


def test_a_missing_transcript_is_reported_and_the_clip_kept(folder):
    soundfile.write(folder / "two.flac", _tone(0.2), RATE)
    manifest, problems = data.make(folder, "mine", language="en")
    assert len(manifest) == 2
    assert "no transcript" in problems["two.flac"]


def test_music_needs_no_transcript(folder):
    soundfile.write(folder / "two.flac", _tone(0.2), RATE)
    assert data.make(folder, "mine", domain="music")[1] == {}


def test_a_truncated_wav_is_left_out_and_reported(folder):
    whole = (folder / "one.wav").read_bytes()
    (folder / "cut.wav").write_bytes(whole[: len(whole) // 2])
    manifest, problems = data.make(folder, "mine", language="en")
    assert [clip.id for clip in manifest] == ["one"]
    assert "cut short" in problems["cut.wav"]


def test_a_text_file_named_wav_is_left_out_and_reported(folder):
    (folder / "fake.wav").write_text("I am no audio")
    manifest, problems = data.make(folder, "mine", language="en")
    assert [clip.id for clip in manifest] == ["one"]
    assert "not readable as audio" in problems["fake.wav"]


def test_a_folder_without_audio_is_an_error(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(InvalidData, match="holds no audio"):
        data.make(tmp_path, "empty")


def test_a_folder_whose_files_are_all_unusable_is_an_error(tmp_path):
    (tmp_path / "fake.wav").write_text("I am no audio")
    with pytest.raises(InvalidData, match="none of 1 files"):
        data.make(tmp_path, "broken")


def test_a_table_gives_text_speaker_and_language(folder):
    (folder / "metadata.csv").write_text('file_name,transcription,speaker_id,language\none.wav,"hi, you",ann,en\n')
    (clip,) = data.make(folder, "mine", language="en")[0]
    assert (clip.text, clip.speaker, clip.language) == ("hi, you", "ann", "en")


def test_a_table_that_names_no_file_is_an_error(folder):
    (folder / "metadata.tsv").write_text("words\tvoice\nhi\tann\n")
    with pytest.raises(InvalidData, match="must name a column"):
        data.make(folder, "mine", language="en")


def test_names_that_become_one_id_are_kept_apart(folder):
    soundfile.write(folder / "a b.wav", _tone(0.2), RATE)
    soundfile.write(folder / "a_b.wav", _tone(0.2), RATE)
    assert len({clip.id for clip in data.make(folder, "mine", language="en")[0]}) == 3


def test_the_same_folder_gives_the_same_manifest(folder):
    soundfile.write(folder / "two.wav", _tone(0.2), RATE)
    assert data.make(folder, "mine", language="en")[0].sha256 == data.make(folder, "mine", language="en")[0].sha256


def test_librispeechs_layout_gives_texts_and_speakers(tmp_path):
    chapter = tmp_path / "dev-clean" / "1272" / "128104"
    chapter.mkdir(parents=True)
    soundfile.write(chapter / "1272-128104-0000.flac", _tone(0.3), RATE)
    (chapter / "1272-128104.trans.txt").write_text("1272-128104-0000 MISTER QUILTER\n")
    manifest = data.load(f"librispeech:{tmp_path / 'dev-clean'}")
    (clip,) = manifest
    assert (clip.text, clip.speaker, clip.language) == ("MISTER QUILTER", "1272", "en")
    assert data.read(clip, manifest.root).waveform.shape == (1, 1, 4800)


def test_librispeech_without_transcripts_is_an_error(folder):
    with pytest.raises(InvalidData, match=r"trans\.txt"):
        data.load(f"librispeech:{folder}")


def test_an_unknown_name_suggests_a_near_one():
    with pytest.raises(UnknownName, match="did you mean mini"):
        data.load("mimi")


def _write_by_ffmpeg(path, container, codec, rate):
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        samples = (0.3 * np.sin(2 * np.pi * 220 * np.arange(rate // 2) / rate)).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("suffix", "container", "codec", "rate"),
    [
        (".mp2", "mp2", "mp2", 16000),
        (".m4b", "mp4", "aac", 16000),
        (".MKV", "matroska", "pcm_s16le", 16000),
        (".mov", "mov", "pcm_s16le", 16000),
        (".tta", "tta", "tta", 16000),
    ],
)
def test_formats_of_less_common_suffixes_are_read(tmp_path, suffix, container, codec, rate):
    _write_by_ffmpeg(tmp_path / f"a{suffix}", container, codec, rate)
    (clip,) = data.make(tmp_path, "mine", domain="music")[0]
    assert clip.sample_rate == rate
    assert clip.duration == pytest.approx(0.5, abs=0.15)  # whole frames of some codecs


def test_files_without_a_header_and_other_files_are_named(folder):
    for name in ("samples.raw", "list.json", "x.wav.1", "README", ".hidden"):
        (folder / name).write_text("{}")
    corpus = data.read_corpus(folder, "mine", data.Options("speech", "en"))
    assert "has no header" in corpus.problems["samples.raw"]
    (note,) = (note for note in corpus.notes if "passed over" in note)
    assert note.endswith("1 without a suffix (README), 1 .json (list.json), 1 .1 (x.wav.1)")


def test_a_manifest_of_the_folder_before_is_no_table_of_it(folder):
    (folder / "one.txt").write_text("the old words")
    made, _ = data.make(folder, "mine", language="en")
    made.save(folder / "mine.jsonl")
    (folder / "one.txt").write_text("the new words")
    soundfile.write(folder / "one.wav", _tone(1.5), RATE)
    again, _, notes = data.read_corpus(folder, "mine", data.Options("speech", "de"), layout="folder")
    clip = {clip.id: clip for clip in again}["one"]
    assert (clip.text, clip.end, clip.language) == ("the new words", 1.5, "de")
    assert "passed over, since they are manifests of audiotok and no tables: mine.jsonl" in notes


def test_a_file_that_is_in_two_splits_is_reported(folder):
    for split in ("train", "test"):
        (folder / split).mkdir()
        soundfile.write(folder / split / "same.wav", _tone(1.0), RATE)
    notes = data.read_corpus(folder, "mine", data.Options("music"), layout="folder").notes
    assert any("1 clips have audio in common with a clip of another split" in note for note in notes)


def test_a_stretch_of_less_than_a_sample_is_left_out(folder):
    (folder / "metadata.csv").write_text("file_name,start,end\none.wav,0.1,0.10001\none.wav,0.2,0.3\n")
    manifest, problems = data.make(folder, "mine", domain="music")
    assert [(clip.start, clip.end) for clip in manifest] == [(0.2, 0.3)]
    assert "less than a sample at 16000 Hz" in "".join(problems.values())
