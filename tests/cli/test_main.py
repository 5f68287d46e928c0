"""The commands as a person at a shell meets them: what they print, write and refuse."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yaml

import audiotok
from audiotok.cli import options
from audiotok.cli.main import app

RATE = 16000


def call(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of `audiotok …`, with what is raised on purpose turned into one line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["audiotok", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            options.start(app)
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    t = np.arange(2 * RATE) / RATE
    soundfile.write(tmp_path / "in.wav", 0.3 * np.sin(2 * np.pi * 220 * t) * np.sin(2 * np.pi * 3 * t) ** 2, RATE)
    return tmp_path / "in.wav"


def test_list_names_tokenizers_and_anchors(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("list", capsys=capsys)
    assert status == 0
    assert {"codec2", "encodec", "mimi", "mulaw"} <= set(out.split())
    assert out.splitlines()[-1] == "anchors: folder, lowpass, opus, reference"


def test_a_reader_that_leaves_early_is_no_failure_of_the_command() -> None:
    command = [Path(sys.executable).with_name("audiotok"), "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == b""
    assert listing.returncode == 128 + signal.SIGPIPE


def test_list_says_what_each_recipe_asks(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("list", "--recipes", capsys=capsys)
    assert status == 0
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert lines["wer"].endswith("on the decoded speech? A tokenizer takes a minute on two cores.")
    assert len({line.index(line.split(maxsplit=1)[1]) for line in lines.values()}) == 1  # one column of questions


def test_environments_are_listed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "environment.json").write_text('{"packages": ["mine==1"]}')
    monkeypatch.setenv("AUDIOTOK_ENVS", str(tmp_path))
    assert "in isolated environments: mine\n" in call("list", capsys=capsys)[1]
    assert call("env", "list", capsys=capsys)[1] == f"mine: {tmp_path / 'mine'} (mine==1)\n"
    assert call("env", "remove", "mine", capsys=capsys)[0] == 0
    status, _, err = call("env", "remove", "mine", capsys=capsys)
    assert (status, "there are: none" in err) == (1, True)


def test_info_is_yaml_with_rates_that_follow_from_the_codebooks(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("info", "mulaw", capsys=capsys)
    told: dict[str, Any] = yaml.safe_load(out)
    assert status == 0
    assert told["identifier"] == "mulaw:sample_rate=16000"
    assert told["bitrate"] == 16000 * 8
    assert told["latency"] == "0.0625 ms"  # a sample
    assert told["card"]["licence"]


def test_encode_and_decode_are_what_python_does(wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokens, audio = tmp_path / "t.safetensors", tmp_path / "out.wav"
    status, out, _ = call("encode", wav, "--tokenizer", "mulaw", "-o", tokens, capsys=capsys)
    assert (status, "2.00 s, 128000 bit/s" in out) == (0, True)
    status, out, _ = call("decode", tokens, "-o", audio, capsys=capsys)
    assert (status, "2.00 s at 16000 Hz by mulaw" in out) == (0, True)
    decoded, rate = soundfile.read(audio, dtype="float32")
    codec = audiotok.load("mulaw")
    expected = codec.decode(codec.encode(wav)).numpy()[0]  # type: ignore[attr-defined]  # it is a Codec
    assert rate == RATE
    np.testing.assert_allclose(decoded, expected, atol=2**-15)


def test_a_tokens_file_is_decoded_by_the_decoder_that_is_asked_for(
    wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens, audio = tmp_path / "t.safetensors", tmp_path / "out.wav"
    call("encode", wav, "-t", "mulaw", "-o", tokens, capsys=capsys)
    status, out, _ = call("decode", tokens, "-t", "mulaw:sample_rate=16000", "-o", audio, capsys=capsys)
    assert (status, "by mulaw:sample_rate=16000" in out) == (0, True)
    status, _, err = call("decode", tokens, "-t", "mulaw:sample_rate=8000", "-o", audio, capsys=capsys)
    assert (status, "load the tokenizer that made them" in err) == (1, True)


def test_stereo_is_averaged_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "stereo.wav", np.full((RATE, 2), 0.1), RATE)
    arguments = ("encode", tmp_path / "stereo.wav", "-t", "mulaw", "-o", tmp_path / "t.safetensors")
    status, _, err = call(*arguments, capsys=capsys)
    assert (status, "downmix" in err) == (1, True)
    assert not (tmp_path / "t.safetensors").exists()
    assert call(*arguments, "--downmix", capsys=capsys)[0] == 0


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:30])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_text("not audio"), "in.wav"),
        (cut, "in.wav"),
        (lambda path: path.unlink(), "no such file"),
        (lambda path: soundfile.write(path, np.zeros(0), RATE), "sample"),
        (lambda path: soundfile.write(path, np.full(RATE, np.nan), RATE, subtype="FLOAT"), "NaN"),
    ],
    ids=["text named wav", "cut", "missing", "empty", "NaN"],
)
def test_a_bad_file_is_one_line_and_writes_nothing(
    spoil: Any, reason: str, wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(wav)
    status, _, err = call("encode", wav, "-t", "mulaw", "-o", tmp_path / "t.safetensors", capsys=capsys)
    assert status == 1
    assert err.startswith("error: ")
    assert reason.lower() in err.lower()
    assert not (tmp_path / "t.safetensors").exists()


def test_a_tokens_file_that_is_cut_is_refused(wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call("encode", wav, "-t", "mulaw", "-o", tmp_path / "t.safetensors", capsys=capsys)
    cut(tmp_path / "t.safetensors")
    status, _, err = call("decode", tmp_path / "t.safetensors", "-o", tmp_path / "out.wav", capsys=capsys)
    assert (status, "cut" in err) == (1, True)
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(
    ("name", "hint"), [("codec3", "codec2"), ("codec2:mode=700C", "700"), ("codec2:mdoe=1200", "mode")]
)
@pytest.mark.parametrize("command", ["run", "submit"])
def test_a_wrong_identifier_stops_before_the_right_ones_are_run(
    command: str, name: str, hint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ("-o", tmp_path / "out") if command == "submit" else ()
    runs = tmp_path / "runs"
    status, _, err = call(command, "-t", "mulaw", "-t", name, "--runs", runs, *output, capsys=capsys)
    assert (status, hint in err) == (1, True)
    assert not runs.exists()


def test_check_says_what_holds_and_leaves_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("check", "mulaw", "-o", tmp_path / "report.json", capsys=capsys)
    assert status == 0
    assert "passed" in out
    assert (tmp_path / "report.json").read_text().startswith("{")


def test_check_compares_weights_with_golden_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("check", "mulaw", "--weights", "-o", tmp_path / "report.json", capsys=capsys)
    assert status == 0
    assert "32000 of 32000 codes (100.00%)" in out
    assert "golden_codes" in (tmp_path / "report.json").read_text()


def test_a_tokenizer_without_golden_codes_has_neither_passed_nor_failed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call("check", "mimi", "--weights", capsys=capsys)
    assert (status, out) == (1, "")
    assert "no golden codes for mimi:num_codebooks=8: it has not been verified" in err
    assert "audiotok check mimi:num_codebooks=8 --weights --write FOLDER" in err


def test_check_makes_golden_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("check", "codec2:mode=700", "--weights", "--write", tmp_path, capsys=capsys)
    assert (status, out.strip()) == (0, str(tmp_path / "codec2-mode-700.json"))
    status, _, err = call("check", "codec2:mode=700", "--write", tmp_path, capsys=capsys)
    assert (status, "--weights" in err) == (1, True)


def test_a_folder_becomes_a_manifest_with_its_problems_named(
    wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.txt").write_text("hello there")
    (tmp_path / "bad.wav").write_text("not audio")
    status, _, err = call("data", "make", tmp_path, "-o", tmp_path / "own.jsonl", capsys=capsys)
    assert (status, "--language" in err) == (1, True)
    status, out, err = call(
        "data", "make", tmp_path, "-o", tmp_path / "own.jsonl", "--language", "en-US", capsys=capsys
    )
    assert (status, "1 clips" in out, "bad.wav" in err) == (0, True, True)
    assert "1 texts from .txt files beside the audio" in out
    (clip,) = audiotok.data.load(tmp_path / "own.jsonl")
    assert clip.text == "hello there"


def test_a_manifest_above_its_folder_finds_the_files_and_one_elsewhere_is_refused(
    wav: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine" / "sub").mkdir(parents=True)
    (tmp_path / "else").mkdir()
    wav.rename(tmp_path / "mine" / "sub" / "in.wav")
    assert call("data", "make", tmp_path / "mine", "-o", tmp_path / "own.jsonl", capsys=capsys)[0] == 0
    own = audiotok.data.load(tmp_path / "own.jsonl")
    assert audiotok.data.read(own.clips[0], own.root).seconds == 2
    status, _, err = call("data", "make", tmp_path / "mine", "-o", tmp_path / "else" / "own.jsonl", capsys=capsys)
    assert (status, "write it to a folder that holds them all" in err) == (1, True)
    status, _, err = call("tokenize", tmp_path / "mine", "--tokenizer", "mulaw", "-o", tmp_path / "s", capsys=capsys)
    assert (status, f"say what it holds, speech:{tmp_path / 'mine'}" in err) == (1, True)


def test_data_make_overwrites_its_own_manifest_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(RATE)) * 0.1, RATE)
    table, manifest = tmp_path / "metadata.jsonl", tmp_path / "mine.jsonl"
    table.write_text('{"file_name": "a.wav", "text": "hello"}\n')
    asked = ("data", "make", tmp_path, "--language", "en", "-o")
    status, _, err = call(*asked, table, capsys=capsys)
    assert status == 1
    assert "exists and is no manifest of audiotok" in err
    assert call(*asked, manifest, capsys=capsys)[0] == 0
    table.write_text('{"file_name": "a.wav", "text": "goodbye"}\n')
    assert call(*asked, manifest, capsys=capsys)[0] == 0
    assert '"text":"goodbye"' in manifest.read_text()


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("mine.csv", "a manifest is a .jsonl file"),
        ("nowhere/mine.jsonl", "there is no folder"),
        ("beside/mine.jsonl", "does not hold"),
    ],
)
def test_data_make_refuses_an_output_before_it_reads_a_file(
    output: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "beside").mkdir()
    (tmp_path / "audio" / "a.wav").write_bytes(b"no audio: an error of its own, where it is read")
    status, _, err = call("data", "make", tmp_path / "audio", "-o", tmp_path / output, capsys=capsys)
    assert status == 1
    assert why in err
