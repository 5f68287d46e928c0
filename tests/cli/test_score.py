"""Someone with files: no tokenizer, no data set, no package of their own."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

import audiotok.metrics
from audiotok import registry
from audiotok.cli.question import Question, parts
from audiotok.cli.score import _manifest
from audiotok.errors import InvalidOption
from audiotok.leaderboard.submission.parse import is_anchor

SAMPLES = Path(__file__).parents[2] / "leaderboard" / "submissions" / "reference" / "samples"
DECREASE = SAMPLES / "asterisk-en-confbridge-dec-list-vol-out.ogg"


@pytest.fixture
def decoded(recordings: Path, tmp_path: Path) -> Path:
    """The recordings, at another rate and with noise that is louder from file to file."""
    (tmp_path / "dec").mkdir()
    for i, file in enumerate(sorted(recordings.iterdir())):
        samples, rate = soundfile.read(file)
        noise = np.random.default_rng(100 + i).standard_normal(len(samples))
        soundfile.write(tmp_path / "dec" / f"{file.stem}.flac", samples + 0.002 * (i + 1) * noise, rate)
    return tmp_path / "dec"


def scores(out: str) -> dict[str, dict]:
    return {row["metric"]: row for row in json.loads(out)}


def test_two_files_have_the_score_that_python_gives(audiotok, recordings: Path, decoded: Path) -> None:
    pair = (recordings / "clip1.wav", decoded / "clip1.flac")
    status, out, err = audiotok("score", *pair, "--metric", "estoi,si_sdr", "--json")
    assert status == 0, err
    first, second = (soundfile.read(file, dtype="float32")[0] for file in pair)
    for name, row in scores(out).items():
        assert row["value"] == pytest.approx(audiotok_score(name, first, second), rel=1e-6)
        assert (row["n"], list(row["clips"])) == (1, ["clip1"])


def audiotok_score(name: str, reference: np.ndarray, estimate: np.ndarray) -> float:
    return audiotok.metrics.score(name, reference, estimate, 16000, domain="speech")


def test_two_folders_are_paired_by_name_whatever_the_suffix(audiotok, recordings: Path, decoded: Path) -> None:
    status, out, err = audiotok("score", recordings, decoded, "-m", "si_sdr", "--json", "--workers", 1)
    assert status == 0, err
    of_clips = scores(out)["si_sdr"]["clips"]
    assert list(of_clips) == [f"clip{i}" for i in range(5)]
    assert sorted(of_clips.values(), reverse=True) == list(of_clips.values())  # the noise grows
    assert "SI-SDR" in audiotok("score", recordings, decoded, "-m", "si_sdr", "--workers", 1)[1]


def test_two_kaldi_lists_are_paired_by_id(audiotok, recordings: Path, decoded: Path, tmp_path: Path) -> None:
    for name, folder in (("ref.scp", recordings), ("dec.scp", decoded)):
        lines = (f"utt-{i} {file}\n" for i, file in enumerate(sorted(folder.iterdir())))
        (tmp_path / name).write_text("".join(lines))
    status, out, err = audiotok(
        "score", tmp_path / "ref.scp", tmp_path / "dec.scp", "-m", "stoi", "--json", "--workers", 1
    )
    assert status == 0, err
    assert list(scores(out)["stoi"]["clips"]) == [f"utt-{i}" for i in range(5)]


def test_a_file_that_is_missing_or_another_ones_is_a_failure_with_its_reason(
    audiotok, recordings: Path, decoded: Path
) -> None:
    (decoded / "clip2.flac").unlink()
    soundfile.write(decoded / "clip3.flac", np.zeros(16000 * 9) + 0.1, 16000)
    status, out, err = audiotok("score", recordings, decoded, "-m", "estoi", "--json", "--workers", 1)
    row = scores(out)["estoi"]
    assert (status, row["n"], row["n_failed"], row["coverage"]) == (0, 3, 2, 0.6)
    assert "has no clip2" in row["clips"]["clip2"]
    assert "9.00 s and the clip 1.50 s" in row["clips"]["clip3"]
    assert "estoi: no score for clip2" in err


def test_one_file_is_scored_by_metrics_that_need_no_reference(audiotok, recordings: Path) -> None:
    status, out, err = audiotok("score", recordings / "clip0.wav", "-m", "clipped", "--json")
    assert (status, "clipped compares" in err) == (0, False), err
    assert scores(out)["clipped"]["value"] == 0
    status, _, err = audiotok("score", recordings / "clip0.wav", "-m", "pesq_wb")
    assert (status, "pesq_wb compares with a reference: audiotok score REFERENCE DECODED" in err) == (1, True)


def test_texts_need_a_language_and_reach_the_clips(audiotok, recordings: Path, tmp_path: Path) -> None:
    status, _, err = audiotok("score", recordings / "clip0.wav", "-m", "wer", "--text", "hello there")
    assert (status, "--language en" in err) == (1, True)
    (tmp_path / "text").write_text("clip0 hello  there\nclip4 good bye\n")
    found = _manifest(recordings, "speech", "", tmp_path / "text", "en")
    assert {clip.id: clip.text for clip in found if clip.text} == {"clip0": "hello there", "clip4": "good bye"}
    (tmp_path / "text").write_text("someone-else hello\n")
    with pytest.raises(InvalidOption, match="no text for clip0"):
        _manifest(recordings, "speech", "", tmp_path / "text", "en")
    with pytest.raises(InvalidOption, match="use --texts"):
        _manifest(recordings, "speech", "hello", None, "en")


@pytest.mark.weights
def test_words_are_recognised_and_held_against_the_text(audiotok) -> None:
    """One of the eight words is another."""
    text = "to decrease the audio volume of other participants"
    status, out, err = audiotok("score", DECREASE, "-m", "wer", "--text", text, "--language", "en", "--json", "-q")
    if "could not be obtained" in err:
        pytest.skip(err)
    assert (status, err) == (0, "")
    assert scores(out)["wer"]["value"] == 12.5


def test_a_decoded_file_that_is_not_there_is_refused_before_anything_is_scored(audiotok, recordings: Path) -> None:
    status, out, err = audiotok("score", recordings / "clip0.wav", "nothing.wav", "-m", "estoi")
    assert (status, out) == (1, "")
    assert err == "error: folder:nothing.wav must be a folder, a .scp list or an audio file; there is none\n"


def test_a_folder_stands_in_a_comparison_and_is_scored_anew_where_it_changed(
    audiotok, recordings: Path, decoded: Path, tmp_path: Path
) -> None:
    data = ("--data", f"speech:{recordings}", "--workers", 1, "--runs", tmp_path / "runs", "-m", "si_sdr", "--json")
    status, out, err = audiotok("compare", f"folder:{decoded}", "mulaw", *data)
    assert status == 0, err
    (row,) = json.loads(out)["comparisons"]
    assert (row["a"], row["n"]) == (f"folder:path={decoded}", 5)
    before = row["value_a"]
    for file in recordings.iterdir():
        soundfile.write(decoded / f"{file.stem}.flac", *soundfile.read(file))
    (row,) = json.loads(audiotok("compare", f"folder:{decoded}", "mulaw", *data)[1])["comparisons"]
    assert row["value_a"] > before + 20
    status, _, err = audiotok("submit", "-t", f"folder:{decoded}", *data, "-o", tmp_path / "sub")
    assert (status, "others cannot run" in err) == (1, True)


@pytest.mark.slow
def test_a_path_with_colons_spaces_and_commas_is_one_path(recordings: Path, tmp_path: Path) -> None:
    odd = recordings.rename(tmp_path / "a b,c:d=e(f")
    canonical = registry.canonical(f"folder:{odd}")
    assert registry.load_system(canonical).identifier == canonical == f"folder:path={odd}"
    (part,) = parts(Question(data=f"speech:{odd}", recipe="reconstruction", metric=["stoi"], runs=tmp_path / "runs"))
    assert all(result.estimate for result in part.run(registry.load_system(canonical)))


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_folder_without_audio_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidOption, match=r"must be a folder|holds no audio"):
        registry.load_system(f"folder:{tmp_path / name}")


def test_a_command_in_a_list_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "wav.scp").write_text(f"a touch {tmp_path}/ran |\n")
    with pytest.raises(InvalidOption, match="a command, which is not run"):
        registry.load_system(f"folder:{tmp_path / 'wav.scp'}")
    assert not (tmp_path / "ran").exists()


def test_a_submission_cannot_name_files_of_whoever_checks_it(tmp_path: Path) -> None:
    assert is_anchor("opus:kbps=12")
    assert not is_anchor(f"folder:path={tmp_path}")
