"""Corpora as their publishers lay them out: each file's text, speaker, label and split, and what was left out."""

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.data.layouts import LAYOUTS
from audiotok.errors import AssetUnavailable, InvalidData, InvalidOption, UnknownName

RATE = 8000


def tone(*paths: Path, seconds: float = 0.25) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.3 * np.sin(np.arange(int(seconds * RATE)) / 5), RATE)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(folder: Path, **options) -> data.Corpus:
    corpus = data.read_corpus(folder, "mine", data.Options(**options))
    for clip in corpus.manifest:
        assert data.read(clip, corpus.manifest.root).waveform.shape[2] == round(clip.duration * RATE)
    return corpus


def told(corpus: data.Corpus, *fields: str) -> dict[str, tuple]:
    return {clip.id: tuple(getattr(clip, field) for field in fields) for clip in corpus.manifest}


def test_librispeech(tmp_path: Path) -> None:
    tone(tmp_path / "dev-clean/84/121/84-121-0000.flac", tmp_path / "dev-clean/84/121/84-121-0001.flac")
    write(tmp_path / "dev-clean/84/121/84-121.trans.txt", "84-121-0000 GO\n84-121-0002 AWAY\n")
    corpus = read(tmp_path)
    assert corpus.notes[0] == "read as librispeech: LibriSpeech"
    assert told(corpus, "text", "speaker", "language") == {
        "dev-clean_84_121_84-121-0000": ("GO", "84", "en"),
        "dev-clean_84_121_84-121-0001": (None, "84", "en"),
    }
    assert "no audio" in corpus.problems["dev-clean/84/121/84-121-0002"]
    assert "no transcript" in corpus.problems["dev-clean/84/121/84-121-0001.flac"]


@pytest.mark.parametrize("layout", ["librispeech", "folder"])
def test_transcripts_in_linked_folders_are_read(layout: str, tmp_path: Path) -> None:
    tone(tmp_path / "disk/84/121/84-121-0000.flac")
    write(tmp_path / "disk/84/121/84-121.trans.txt", "84-121-0000 GO\n")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/dev-clean").symlink_to(tmp_path / "disk", target_is_directory=True)
    corpus = data.read_corpus(tmp_path / "corpus", "x", data.Options("speech", "en"), layout)
    assert [clip.text for clip in corpus.manifest] == ["GO"]
    assert read(tmp_path / "corpus").notes[0] == "read as librispeech: LibriSpeech"


def test_a_table_in_a_linked_folder_is_read(tmp_path: Path) -> None:
    tone(tmp_path / "disk/a.wav")
    write(tmp_path / "disk/metadata.csv", "file_name,text\na.wav,hello\n")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/part").symlink_to(tmp_path / "disk", target_is_directory=True)
    corpus = data.read_corpus(tmp_path / "corpus", "x", data.Options("speech", "en"), "folder")
    assert [clip.text for clip in corpus.manifest] == ["hello"]


def test_librispeechs_subsets_are_its_splits(tmp_path: Path) -> None:
    for subset in ("train-clean-100", "dev-other", "test-clean"):
        tone(tmp_path / subset / "84/121/84-121-0000.flac")
        write(tmp_path / subset / "84/121/84-121.trans.txt", "84-121-0000 GO\n")
    corpus = read(tmp_path)
    assert [clip.split for clip in corpus.manifest] == ["validation", "test", "train"]
    assert "splits from the subsets: 1 test, 1 train, 1 validation" in corpus.notes
    for given in ("train-clean-100", "train-clean-100/84", "train-clean-100/84/121"):
        assert [clip.split for clip in read(tmp_path / given).manifest] == ["train"]


@pytest.fixture
def common_voice(tmp_path: Path) -> Path:
    tone(*(tmp_path / f"clips/common_voice_de_{n}.mp3" for n in range(6)))
    head = "client_id\tpath\tsentence\tup_votes\tlocale\n"
    rows = [f'ann\tcommon_voice_de_{n}.mp3\tSie sagte: "Nein {n}.\t2\tde\n' for n in range(6)]
    write(tmp_path / "train.tsv", head + rows[0])
    write(tmp_path / "test.tsv", head + rows[1] + "bob\tlost.mp3\tWeg.\t2\tde\n")
    write(tmp_path / "validated.tsv", head + "".join(rows[:3]))
    write(tmp_path / "invalidated.tsv", head + rows[3] + rows[4])
    write(tmp_path / "reported.tsv", "sentence\treason\n")
    return tmp_path


@pytest.mark.parametrize("alone", [False, True])
def test_common_voice(common_voice: Path, alone: bool) -> None:
    corpus = read(common_voice / "clips" if alone else common_voice)
    # One quotation mark without its partner stays what it is, and the rows after it stay rows.
    assert [(clip.text, clip.split, clip.language, clip.speaker) for clip in corpus.manifest] == [
        ('Sie sagte: "Nein 0.', "train", "de", "ann"),
        ('Sie sagte: "Nein 1.', "test", "de", "ann"),
        ('Sie sagte: "Nein 2.', "validated", "de", "ann"),
    ]
    assert corpus.problems["test.tsv"] == "a row names no audio file of the folder: lost.mp3"
    assert "2 clips that Common Voice's listeners rejected" in corpus.problems["invalidated.tsv"]
    assert any(path.endswith("common_voice_de_5.mp3") and "in no table" in why for path, why in corpus.problems.items())
    assert any("reported.tsv" in note for note in corpus.notes)


def test_vctk(tmp_path: Path) -> None:
    tone(*(tmp_path / f"wav48_silence_trimmed/p225/p225_001_mic{n}.flac" for n in (1, 2)))
    tone(tmp_path / "wav48_silence_trimmed/s5/s5_001_mic2.flac")
    write(tmp_path / "txt/p225/p225_001.txt", "Please call Stella.\n")
    corpus = read(tmp_path)
    assert told(corpus, "text", "speaker", "language") == {
        "wav48_silence_trimmed_p225_p225_001_mic1": ("Please call Stella.", "p225", "en"),
        "wav48_silence_trimmed_s5_s5_001_mic2": (None, "s5", "en"),
    }
    assert "left out: 1 recordings of the second microphone" in corpus.notes


def test_ljspeech(tmp_path: Path) -> None:
    tone(tmp_path / "wavs/LJ001-0001.wav", tmp_path / "wavs/LJ001-0002.wav")
    write(tmp_path / "metadata.csv", 'LJ001-0001|He said "no, 2|he said no two\nLJ001-0002|Bye|bye\n')
    corpus = read(tmp_path, language="EN")
    assert told(corpus, "text", "language") == {
        "wavs_LJ001-0001": ("he said no two", "en"),
        "wavs_LJ001-0002": ("bye", "en"),
    }
    as_written = read(tmp_path, language="en", text_column="raw_transcription")
    assert as_written.manifest.clips[0].text == 'He said "no, 2'


def test_kaldi_with_segments(tmp_path: Path) -> None:
    tone(tmp_path / "audio/long.wav", seconds=2.0)
    home = tmp_path / "data/train"
    write(home / "wav.scp", f"long {tmp_path}/audio/long.wav\npiped sox x.wav -t wav - |\ngone /nowhere/gone.wav\n")
    write(home / "segments", "u1 long 0.25 0.75\nu2 long 1.0 2.01\nu3 long 1.0 3.0\nu4 gone 0 1\n")
    write(home / "text", "u1 hello there\nu2 bye\nu9 lost\n")
    write(home / "utt2spk", "u1 ann\nu2 bob\n")
    corpus = read(home, language="en")
    assert told(corpus, "text", "speaker", "start", "end") == {
        "u1": ("hello there", "ann", 0.25, 0.75),
        "u2": ("bye", "bob", 1.0, 2.0),
    }
    assert corpus.problems["piped"].startswith("a command, which is not run")
    assert "not there" in corpus.problems["gone"]
    assert "not inside its file of 2 s" in corpus.problems["u3"]
    assert corpus.problems["text"] == "1 lines without audio, the first: u9"
    corpus.manifest.named_from(tmp_path).save(tmp_path / "kaldi.jsonl")
    loaded = data.load(tmp_path / "kaldi.jsonl")
    assert data.read(loaded.clips[0], loaded.root).seconds == 0.5


def test_kaldi_without_segments_and_with_paths_from_the_script(tmp_path: Path) -> None:
    tone(tmp_path / "audio/a.wav")
    write(tmp_path / "data/train/wav.scp", "u1 audio/a.wav\n")
    write(tmp_path / "data/train/text", "u1 hallo\n")
    write(tmp_path / "data/train/utt2lang", "u1 ger\n")
    assert told(read(tmp_path / "data/train"), "text", "language", "end") == {"u1": ("hallo", "de", 0.25)}


def test_nemo(tmp_path: Path) -> None:
    tone(tmp_path / "audio/a.wav", seconds=1.0)
    lines = [
        {"audio_filepath": "audio/a.wav", "duration": 1.0, "text": "all of it", "lang": "en-US"},
        {"audio_filepath": str(tmp_path / "audio/a.wav"), "offset": 0.5, "duration": 0.25, "text": "some"},
        {"audio_filepath": "audio/b.wav", "duration": 1.0, "text": "gone"},
    ]
    write(tmp_path / "train.json", "".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "train.json").rename(tmp_path / "train.jsonl")
    corpus = read(tmp_path / "train.jsonl", language="en")
    assert told(corpus, "text", "language", "start", "end") == {
        "a": ("all of it", "en", 0.0, 1.0),
        next(clip.id for clip in corpus.manifest if clip.start): ("some", "en", 0.5, 0.75),
    }
    assert corpus.problems["audio/b.wav"] == "the audio file is not there"
    with pytest.warns(UserWarning, match="1 files or tables of it could not be used"):
        assert len(data.load(f"{tmp_path / 'train.jsonl'},language=en")) == 2


@pytest.mark.parametrize("cuts", [True, False])
def test_lhotse(tmp_path: Path, cuts: bool) -> None:
    tone(tmp_path / "a.wav", seconds=1.0)
    recording = {"id": "r", "sources": [{"type": "file", "channels": [0], "source": str(tmp_path / "a.wav")}]}
    recording |= {"sampling_rate": RATE, "num_samples": RATE, "duration": 1.0}
    said = {"id": "s", "recording_id": "r", "start": 0.25, "duration": 0.5, "text": "hi", "language": "English"}
    said["language"], said["speaker"] = "en", "ann"
    home = tmp_path / "fbank"
    home.mkdir()
    files = {"recordings": recording, "supervisions": said}
    if cuts:
        files = {"cuts": {"id": "s", "start": 0.25, "duration": 0.5, "recording": recording, "supervisions": [said]}}
    for name, line in files.items():
        with gzip.open(home / f"mine_{name}.jsonl.gz", "wt") as file:
            file.write(json.dumps(line) + "\n")
    expected = {"s": ("hi", "en", "ann", 0.25, 0.75)}
    assert told(read(home), "text", "language", "speaker", "start", "end") == expected
    first = next(iter(files))
    assert told(read(home / f"mine_{first}.jsonl.gz"), "text", "language", "speaker", "start", "end") == expected


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_audiofolder_with_splits(tmp_path: Path, kind: str) -> None:
    for split in ("train", "test"):
        tone(tmp_path / split / "a.wav")
        row = {"file_name": "a.wav", "transcription": f"of {split}, quite", "language": "en"}
        table = tmp_path / split / f"metadata.{kind}"
        if kind == "csv":
            write(table, f'file_name,transcription,language\na.wav,"of {split}, quite",en\n')
        elif kind == "jsonl":
            write(table, json.dumps(row) + "\n")
        else:
            pandas = pytest.importorskip("pandas")
            pandas.DataFrame([row]).to_parquet(table)
    assert told(read(tmp_path, domain="speech"), "text", "split") == {
        "test_a": ("of test, quite", "test"),
        "train_a": ("of train, quite", "train"),
    }


def test_audiofolder_without_a_table_takes_folders_for_labels(tmp_path: Path) -> None:
    tone(tmp_path / "train/dog/a.wav", tmp_path / "train/cat/b.wav")
    corpus = read(tmp_path, domain="audio")
    assert told(corpus, "label", "split") == {"train_cat_b": ("cat", "train"), "train_dog_a": ("dog", "train")}
    assert "labels from the names of 2 folders" in corpus.notes


def test_musdb(tmp_path: Path) -> None:
    tone(*(tmp_path / f"test/A - B/{stem}.wav" for stem in ("mixture", "bass", "vocals")))
    tone(tmp_path / "train/C - D/mixture.wav")
    corpus = read(tmp_path)
    assert told(corpus, "domain", "split") == {
        "test_A_-_B_mixture": ("music", "test"),
        "train_C_-_D_mixture": ("music", "train"),
    }
    assert "mixtures alone; left out: 2 stems" in corpus.notes


def test_musdb_stems(tmp_path: Path) -> None:
    tone(*(tmp_path / f"test/A - B/{stem}.wav" for stem in ("mixture", "bass", "vocals")), seconds=7.0)
    tone(tmp_path / "test/A - B/click.wav")
    corpus = data.read_corpus(tmp_path, "mine", layout="musdb-stems")
    assert told(corpus, "label", "group", "start", "split") == {
        f"test_A_-_B_{stem}_{piece}": (stem, "A - B", start, "test")
        for stem in ("bass", "mixture", "vocals")
        for piece, start in (("0.0_5.0", 0.0), ("5.0_7.0", 5.0))
    }
    assert corpus.problems == {"test/A - B/click.wav": "no mixture or stem of MUSDB18-HQ: left out"}


def test_fuss(tmp_path: Path) -> None:
    sources = tmp_path / "eval/example00000_sources"
    tone(tmp_path / "eval/example00000.wav", sources / "background0_sound.wav", sources / "foreground0_sound.wav")
    tone(sources / "noise.wav", tmp_path / "rir/example00000.wav")
    corpus = read(tmp_path)
    assert told(corpus, "label", "group", "split", "domain") == {
        "eval_example00000": ("mixture", "eval/example00000", "test", "audio"),
        "eval_example00000_sources_background0_sound": ("background", "eval/example00000", "test", "audio"),
        "eval_example00000_sources_foreground0_sound": ("foreground0", "eval/example00000", "test", "audio"),
    }
    assert len(corpus.problems) == 2


def test_gtzan_names_its_broken_file(tmp_path: Path) -> None:
    tone(tmp_path / "Data/genres_original/blues/blues.00000.wav", tmp_path / "Data/genres_original/rock/rock.00000.wav")
    write(tmp_path / "Data/genres_original/rock/rock.00054.wav", "not audio")
    corpus = read(tmp_path)
    assert sorted(clip.label for clip in corpus.manifest) == ["blues", "rock"]
    assert "not readable" in corpus.problems["Data/genres_original/rock/rock.00054.wav"]


FMA_HEAD = ",album,artist,set,set,track,track\n,title,id,split,subset,genre_top,title\ntrack_id,,,,,,\n"


def test_fma(tmp_path: Path) -> None:
    tone(*(tmp_path / f"fma_small/{n // 1000:03}/{n:06}.mp3" for n in (2, 5, 140, 98567, 7, 9)))
    rows = [
        '2,"An album, twice",1,training,small,Hip-Hop,Food\n5,A,2,validation,small,Rock,"A ""title"" of\ntwo lines"\n',
        "140,B,3,test,small,Folk,C\n98567,D,4,training,small,Rock,E\n9,F,5,,small,Pop,G\n",
    ]
    write(tmp_path / "fma_metadata/tracks.csv", FMA_HEAD + "".join(rows))
    corpus = read(tmp_path)
    assert corpus.notes[0] == "read as fma: FMA"
    assert told(corpus, "label", "speaker", "split", "domain") == {
        "fma_small_000_000002": ("Hip-Hop", "artist 1", "train", "music"),
        "fma_small_000_000005": ("Rock", "artist 2", "validation", "music"),
        "fma_small_000_000140": ("Folk", "artist 3", "test", "music"),
    }
    assert corpus.problems == {
        "fma_small/098/098567.mp3": "known to be faulty, 0.5 s of 30: left out",
        "000": "no split of it in tracks.csv: left out (and 1 rows more alike)",
    }


def test_a_table_of_fma_in_another_form_is_named(tmp_path: Path) -> None:
    tone(tmp_path / "fma_small/000/000002.mp3")
    write(tmp_path / "fma_metadata/tracks.csv", "track_id,genre_top\n2,Rock\n")
    with pytest.raises(InvalidData, match="no column set/split in its first two lines"):
        read(tmp_path)


def test_esc50(tmp_path: Path) -> None:
    tone(tmp_path / "audio/1-100032-A-0.wav")
    head = "filename,fold,target,category,esc10,src_file,take\n"
    write(tmp_path / "meta/esc50.csv", head + "1-100032-A-0.wav,1,0,dog,True,100032,A\n")
    assert told(read(tmp_path), "label", "speaker", "domain") == {"audio_1-100032-A-0": ("dog", "fold1", "audio")}


def test_speech_commands(tmp_path: Path) -> None:
    names = ("bed/0a_nohash_0", "bed/1b_nohash_0", "cat/2c_nohash_0")
    tone(*(tmp_path / f"{name}.wav" for name in (*names, "_background_noise_/pink_noise")))
    write(tmp_path / "validation_list.txt", "bed/1b_nohash_0.wav\n")
    write(tmp_path / "testing_list.txt", "cat/2c_nohash_0.wav\ncat/3d_nohash_0.wav\n")
    corpus = read(tmp_path)
    assert told(corpus, "label", "speaker", "split") == {
        "bed_0a_nohash_0": ("bed", "0a", "train"),
        "bed_1b_nohash_0": ("bed", "1b", "validation"),
        "cat_2c_nohash_0": ("cat", "2c", "test"),
    }
    assert "1 files are not there, the first: cat/3d_nohash_0.wav" in str(corpus.problems)


def test_speech_commands_of_twelve_classes(tmp_path: Path) -> None:
    words, tests = tmp_path / "speech_commands_v0.02", tmp_path / "speech_commands_test_set_v0.02"
    known = [f"yes/{n:02}_nohash_0" for n in range(11)]
    tone(*(words / f"{name}.wav" for name in (*known, "no/aa_nohash_0", "no/bb_nohash_0")))
    tone(
        *(words / f"bed/{n:02}_nohash_0.wav" for n in range(5)),
        words / "cat/aa_nohash_1.wav",
        words / "cat/cc_nohash_0.wav",
    )
    tone(*(tests / name for name in ("no/bb_nohash_0.wav", "_unknown_/bb_nohash_1.wav", "_silence_/7.wav")))
    tone(words / "_background_noise_" / "noise.wav", seconds=2.5)
    write(words / "validation_list.txt", "no/aa_nohash_0.wav\ncat/aa_nohash_1.wav\n")
    write(words / "testing_list.txt", "no/bb_nohash_0.wav\ncat/cc_nohash_0.wav\n")
    corpus = read(tmp_path)
    assert {clip.domain for clip in corpus.manifest} == {"speech"}
    found = Counter((clip.split, clip.label) for clip in corpus.manifest)
    assert found == {
        ("train", "yes"): 11,
        ("train", "unknown"): 2,  # one for ten words, rounded up
        ("train", "silence"): 2,  # seconds of two and a half
        ("validation", "no"): 1,
        ("validation", "unknown"): 1,
        **{("test", label): 1 for label in ("no", "unknown", "silence")},
    }
    speakers = {clip.label: clip.speaker for clip in corpus.manifest.split("test")}
    assert speakers == {"no": "bb", "unknown": "bb", "silence": None}
    assert read(tmp_path).manifest == corpus.manifest


def test_speech_commands_of_twelve_classes_takes_both_archives(tmp_path: Path) -> None:
    tone(tmp_path / "words" / "yes" / "aa_nohash_0.wav")
    for name in ("validation_list.txt", "testing_list.txt"):
        write(tmp_path / "words" / name, "")
    for name in ("_silence_", "_unknown_"):  # both archives unpacked into one folder
        tone(tmp_path / "words" / name / "aa_nohash_1.wav")
    with pytest.raises(InvalidData, match=r"expected two folders in it, the words with validation_list\.txt and"):
        data.load(f"speechcommands-12:{tmp_path}")


def test_voxceleb1(tmp_path: Path) -> None:
    names = ("id10001/aaa/00001.wav", "id10001/bbb/00001.wav", "id10002/ccc/00001.wav")
    tone(*(tmp_path / "wav" / name for name in names))
    write(tmp_path / "iden_split.txt", f"1 {names[0]}\n3 {names[1]}\n2 id10009/ddd/00001.wav\n")
    corpus = read(tmp_path)
    assert told(corpus, "label", "speaker", "group", "split") == {
        "wav_id10001_aaa_00001": ("id10001", "id10001", "id10001/aaa", "train"),
        "wav_id10001_bbb_00001": ("id10001", "id10001", "id10001/bbb", "test"),
    }
    assert corpus.problems["wav/id10002/ccc/00001.wav"] == "not in iden_split.txt: left out"
    assert corpus.problems["iden_split.txt"] == "1 files are not there, the first: id10009/ddd/00001.wav"


def test_voxceleb1_with_nothing_but_trials(tmp_path: Path) -> None:
    tone(*(tmp_path / "wav" / name for name in ("id10001/aaa/00001.wav", "id10270/bbb/00001.wav")))
    write(tmp_path / "meta/veri_test.txt", "1 id10270/bbb/00001.wav id10270/bbb/00001.wav\n")
    corpus = read(tmp_path)
    assert {clip.speaker for clip in corpus.manifest} == {"id10001", "id10270"}
    assert corpus.notes[1] == "speakers and videos from the folders, no split, only trials"


def test_iemocap(tmp_path: Path) -> None:
    turns = ("Ses01F_impro01_F000", "Ses01F_impro01_M000", "Ses01F_impro01_M001")
    tone(*(tmp_path / f"Session1/sentences/wav/Ses01F_impro01/{turn}.wav" for turn in turns))
    tone(tmp_path / "Session1/dialog/wav/Ses01F_impro01.wav")
    rows = [
        "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n",
        f"[6.2901 - 8.2357]\t{turns[0]}\tneu\t[2.5000, 2.5000, 2.5000]\nC-E2:\tNeutral;\t()\n",
        f"[9.0 - 9.5]\t{turns[1]}\txxx\t[2.5000, 3.0000, 2.5000]\n",
    ]
    write(tmp_path / "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt", "\n".join(rows))
    found = told(read(tmp_path), "label", "speaker")
    assert list(found.values()) == [("neu", "Ses01F"), ("xxx", "Ses01M"), (None, "Ses01M")]


def test_slurp(tmp_path: Path) -> None:
    tone(*(tmp_path / f"audio/slurp_real/audio-{n}.flac" for n in (1, 2, 3)))
    for name, numbers in (("train", (1, 2)), ("devel", ()), ("test", (3, 4))):
        recordings = [{"file": f"audio-{number}.flac", "status": "correct"} for number in numbers]
        row = {"slurp_id": len(name), "sentence": "wake me", "scenario": "alarm", "recordings": recordings}
        write(tmp_path / f"dataset/slurp/{name}.jsonl", json.dumps(row) + "\n")
    corpus = read(tmp_path)
    assert told(corpus, "text", "label", "group", "split") == {
        "audio_slurp_real_audio-1": ("wake me", "alarm", "5", "train"),
        "audio_slurp_real_audio-2": ("wake me", "alarm", "5", "train"),
        "audio_slurp_real_audio-3": ("wake me", "alarm", "4", "test"),
    }
    assert corpus.problems["test.jsonl"] == "a recording is not there"


def test_audioset(tmp_path: Path) -> None:
    tone(tmp_path / "eval/Y--4gqARaEJE.wav", tmp_path / "eval/zzz_30.000_40.000.wav", tmp_path / "eval/other.wav")
    head = "# Segments csv\n# num_ytids=3\n# YTID, start_seconds, end_seconds, positive_labels\n"
    rows = (
        '--4gqARaEJE, 0.000, 10.000, "/m/068hy,/m/07q6cd_"\nzzz, 30.000, 40.000, "/m/068hy"\ngone, 0.0, 10.0, "/m/1"\n'
    )
    write(tmp_path / "eval_segments.csv", head + rows)
    write(tmp_path / "class_labels_indices.csv", 'index,mid,display_name\n0,/m/068hy,"Domestic animals, pets"\n')
    corpus = read(tmp_path)
    assert told(corpus, "label", "split") == {
        "--4gqARaEJE": ("Domestic animals, pets,/m/07q6cd_", "test"),
        "zzz": ("Domestic animals, pets", "test"),
    }
    assert corpus.problems == {
        "eval_segments.csv": "1 of 3 rows have no audio here",
        "eval/other.wav": "in no list: left out",
    }


def test_audiocaps(tmp_path: Path) -> None:
    tone(tmp_path / "audio/Y--4gqARaEJE.wav", tmp_path / "audio/zzz_30.000_40.000.wav", tmp_path / "audio/91139.wav")
    head = "audiocap_id,youtube_id,start_time,caption\n"
    write(tmp_path / "train.csv", head + '91139,r1nicOVtvkQ,130,"A dog barks, twice"\n')
    test = "1,--4gqARaEJE,0,Rain falls\n2,zzz,30,A bell\n3,zzz,30,Someone rings a bell\n4,gone,0,Wind\n"
    write(tmp_path / "test.csv", head + test)
    corpus = read(tmp_path)
    assert told(corpus, "text", "split", "language", "domain") == {
        "audio_91139": ("A dog barks, twice", "train", "en", "audio"),
        "audio_Y--4gqARaEJE": ("Rain falls", "test", "en", "audio"),
        "audio_zzz_30.000_40.000": ("A bell", "test", "en", "audio"),
    }
    assert corpus.problems == {"test.csv": "1 of 4 rows have no audio here"}
    assert "test.csv: left out: 1 more captions of files that have one" in corpus.notes


def test_musiccaps(tmp_path: Path) -> None:
    tone(tmp_path / "wav/-0Gj8-vB1q4.wav", tmp_path / "wav/-0SdAVK79lg_30_40.wav", tmp_path / "wav/other.wav")
    write(
        tmp_path / "musiccaps-public.csv",
        "ytid,start_s,end_s,audioset_positive_labels,aspect_list,caption,author_id,is_balanced_subset,is_audioset_eval\n"
        '-0Gj8-vB1q4,30,40,"/m/0140xf,/m/02cjck","[\'low quality\', \'piano\']","A piano, slow.",4,False,True\n'
        "-0SdAVK79lg,30,40,/m/0155w,['guitar'],A guitar.,0,False,False\n",
    )
    corpus = read(tmp_path)
    assert told(corpus, "text", "split", "domain") == {
        "wav_-0Gj8-vB1q4": ("A piano, slow.", "test", "music"),
        "wav_-0SdAVK79lg_30_40": ("A guitar.", "train", "music"),
    }
    assert corpus.problems == {"wav/other.wav": "in no list: left out"}


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".txt", "hi there"), (".lab", "hi there"), (".normalized.txt", "hi there")],
)
def test_texts_beside_the_audio(tmp_path: Path, suffix: str, content: str) -> None:
    tone(tmp_path / "a.wav")
    write(tmp_path / f"a{suffix}", content + "\n")
    corpus = read(tmp_path, domain="speech", language="en-GB")
    assert told(corpus, "text", "language") == {"a": ("hi there", "en")}
    assert f"1 texts from {suffix} files beside the audio" in corpus.notes


def test_a_dataset_that_is_loaded(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    tone(tmp_path / "a.flac")
    content = (tmp_path / "a.flac").read_bytes()
    rows = {"clip": [{"bytes": content, "path": "a.flac"}] * 2, "sentence": ["one", None], "kind": [1, 0]}
    dataset = datasets.Dataset.from_dict(rows).cast_column("clip", datasets.Audio(decode=False))
    dataset = dataset.cast_column("kind", datasets.ClassLabel(names=["x", "y"])).rename_column("kind", "class")
    for given in (dataset, datasets.DatasetDict({"validation": dataset})):
        corpus = data.from_dataset(given, "mine", tmp_path / "out", data.Options(language="fr"))
        described = [(clip.text, clip.language, clip.label) for clip in corpus.manifest]
        assert described == [("one", "fr", "y"), (None, "fr", "x")]
        assert data.read(corpus.manifest.clips[0], corpus.manifest.root).seconds == 0.25
    assert {clip.split for clip in corpus.manifest} == {"validation"}


@pytest.mark.parametrize(
    ("loaded", "split"),
    [("train.clean.100+train.other.500", "train"), ("train+test", "train+test"), ("eval", "test"), ("all", "all")],
)
def test_the_split_of_a_dataset_is_that_which_was_loaded(tmp_path: Path, loaded: str, split: str) -> None:
    datasets = pytest.importorskip("datasets")
    tone(tmp_path / "a.flac")
    rows = {"audio": [{"bytes": (tmp_path / "a.flac").read_bytes(), "path": "a.flac"}]}
    dataset = datasets.Dataset.from_dict(rows, split=loaded).cast_column("audio", datasets.Audio(decode=False))
    corpus = data.from_dataset(dataset, "mine", tmp_path / "out", data.Options(domain="music"))
    assert [clip.split for clip in corpus.manifest] == [split]


def test_a_row_with_empty_audio_is_reported(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    tone(tmp_path / "a.flac")
    rows = [{"bytes": (tmp_path / "a.flac").read_bytes(), "path": "a.flac"}, {"bytes": b"", "path": None}]
    dataset = datasets.Dataset.from_dict({"audio": rows}).cast_column("audio", datasets.Audio(decode=False))
    corpus = data.from_dataset(dataset, "mine", tmp_path / "out", data.Options(domain="music"))
    assert [clip.id for clip in corpus.manifest] == ["all-000000"]
    assert corpus.problems == {"all-000001": "the row has no audio"}
    with pytest.raises(InvalidData, match="mine: has no rows"):
        data.from_dataset(dataset.select([]), "mine", tmp_path / "out")


def test_names_that_differ_by_a_slash_have_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "hf")
    monkeypatch.chdir(tmp_path)
    for name in ("a/b", "a-b"):
        tone(tmp_path / f"{name}.wav")
        rows = {"audio": [{"bytes": (tmp_path / f"{name}.wav").read_bytes(), "path": "a.wav"}]}
        dataset = datasets.Dataset.from_dict(rows).cast_column("audio", datasets.Audio(decode=False))
        Path(name).mkdir()
        dataset.to_parquet(f"{name}/test-00000-of-00001.parquet")
    first, second = (data.load(f"hf:{name},language=de") for name in ("a/b", "a-b"))
    assert first.root != second.root


def test_a_data_set_of_the_hub_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`datasets` takes a folder where it takes a name, so this is its own loading of parquet, without a network."""
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "hf")
    tone(tmp_path / "a.wav")
    hub = tmp_path / "hub"
    for split in ("train", "test"):
        rows = {"audio": [{"bytes": (tmp_path / "a.wav").read_bytes(), "path": "a.wav"}], "sentence": [f"in {split}"]}
        dataset = datasets.Dataset.from_dict(rows).cast_column("audio", datasets.Audio(decode=False))
        (hub / "data").mkdir(parents=True, exist_ok=True)
        dataset.to_parquet(hub / "data" / f"{split}-00000-of-00001.parquet")
    corpus = data.load(f"hf:{hub},split=test,language=de,text_column=sentence")
    assert [(clip.text, clip.language, clip.split) for clip in corpus] == [("in test", "de", "test")]
    assert data.read(corpus.clips[0], corpus.root).seconds == 0.25
    assert len(data.load(f"hf:{hub},language=de")) == 2, "all splits"
    (sliced,) = data.load(f"hf:{hub},split=train[:100%],language=de,text_column=sentence")
    assert (sliced.id, sliced.split, sliced.text) == ("train-100-000000", "train", "in train")
    with pytest.raises(AssetUnavailable, match=r"hf:.*hub: cannot be loaded"):
        data.load(f"hf:{hub},split=dev")
    (hub / "data" / "test-00000-of-00001.parquet").write_bytes(b"cut")
    with pytest.raises(AssetUnavailable, match=r"hf:.*hub: cannot be loaded \(.*[Pp]arquet"):
        data.load(f"hf:{hub},split=test")
    with pytest.raises(InvalidOption, match=r"unknown splits; it takes config, split"):
        data.load("hf:a/b,splits=dev")


def test_a_layout_is_named_or_recognised(tmp_path: Path) -> None:
    tone(tmp_path / "Data/genres_original/blues/a.wav", tmp_path / "Data/genres_original/rock/b.wav")
    assert len(data.load(tmp_path)) == len(data.load(f"gtzan:{tmp_path}")) == 2
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)
    with pytest.raises(UnknownName, match="no layout 'gtzam'; there are"):
        data.read_corpus(tmp_path, "x", layout="gtzam")


def test_a_folder_of_one_layout_is_not_read_as_another(tmp_path: Path) -> None:
    tone(tmp_path / "a.wav")
    with pytest.raises(InvalidData, match=r"no \*\.trans\.txt"):
        data.read_corpus(tmp_path, "x", layout="librispeech")
