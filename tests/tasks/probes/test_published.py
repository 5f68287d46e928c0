"""The published corpora from people's own folders, laid out as their publishers do: official splits, scored alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data, registry
from audiotok.data import Manifest
from audiotok.errors import InvalidData
from audiotok.results.record import Result
from audiotok.tasks.probes import TASK
from audiotok.tasks.probes.options import ProbeOptions
from audiotok.tasks.probes.rows import PROBES
from audiotok.tasks.task import Context

LEVELS = (0.3, 0.01)  # loud and quiet noise: two classes that no tokenizer can miss


def noise(path: Path, level: float) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = level * np.random.default_rng(len(str(path))).normal(size=1600)
    soundfile.write(path, samples, 16000)
    return path.name


def table(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))


def speech_commands(folder: Path) -> list[str]:
    names = [f"{word}/{speaker}_nohash_0.wav" for word in ("bed", "cat") for speaker in ("0a", "1b", "2c", "3d")]
    for name in names:
        noise(folder / name, LEVELS[name.startswith("cat")])
    noise(folder / "_background_noise_" / "white.wav", 0.1)
    table(folder / "validation_list.txt", names[2], names[6])
    table(folder / "testing_list.txt", names[3], names[7])
    return ["bed_3d_nohash_0", "cat_3d_nohash_0"]


def speech_commands_12(folder: Path) -> list[str]:
    words, tests = folder / "speech_commands_v0.02", folder / "speech_commands_test_set_v0.02"
    for speaker in ("0a", "1b"):
        noise(words / f"yes/{speaker}_nohash_0.wav", LEVELS[0])
        noise(words / f"bed/{speaker}_nohash_0.wav", LEVELS[1])
    silence = words / "_background_noise_" / "pink.wav"
    silence.parent.mkdir()
    soundfile.write(silence, 1e-4 * np.random.default_rng(0).normal(size=48000), 16000)
    table(words / "validation_list.txt")
    table(words / "testing_list.txt")
    noise(tests / "yes/2c_nohash_0.wav", LEVELS[0])
    noise(tests / "_unknown_/2c_nohash_1.wav", LEVELS[1])
    noise(tests / "_silence_/0.wav", 1e-4)
    return [
        "speech_commands_test_set_v0.02__silence__0",
        "speech_commands_test_set_v0.02__unknown__2c_nohash_1",
        "speech_commands_test_set_v0.02_yes_2c_nohash_0",
    ]


def fma(folder: Path) -> list[str]:
    rows = []
    for number in range(8):
        split, genre = ("training", "training", "validation", "test")[number // 2], ("Folk", "Rock")[number % 2]
        noise(folder / f"fma_small/000/{number:06}.wav", LEVELS[number % 2])
        rows.append(f"{number},{100 + number},{split},{genre}")
    rows.append("8,99,test,Blues")
    noise(folder / "fma_small/000/000008.wav", 0.1)
    head = (",artist,set,track", ",id,split,genre_top", "track_id,,,")
    table(folder / "fma_metadata/tracks.csv", *head, *rows)
    return ["fma_small_000_000006", "fma_small_000_000007"]


def voxceleb1(folder: Path) -> list[str]:
    lines = []
    for speaker, level in zip(("id10001", "id10002"), LEVELS, strict=True):
        for part, video in ((1, "aaa"), (1, "bbb"), (2, "ccc"), (3, "ddd")):
            lines.append(f"{part} {speaker}/{video}/00001.wav")
            noise(folder / "wav" / speaker / video / "00001.wav", level)
    table(folder / "iden_split.txt", *lines)
    return ["wav_id10001_ddd_00001", "wav_id10002_ddd_00001"]


def iemocap(folder: Path) -> list[str]:
    tested = []
    for session in range(1, 6):
        dialogue, rows = f"Ses0{session}F_impro01", []
        for turn, emotion, level in (
            *(("F000", "neu", LEVELS[0]), ("F001", "exc", LEVELS[1]), ("F002", "fru", 0.1)),
            *(("M000", "neu", LEVELS[0]), ("M001", "hap", LEVELS[1])),
        ):
            noise(folder / f"Session{session}/sentences/wav/{dialogue}/{dialogue}_{turn}.wav", level)
            rows.append(f"[1.0 - 2.0]\t{dialogue}_{turn}\t{emotion}\t[2.5, 2.5, 2.5]\n")
            if emotion != "fru":
                tested.append(f"Session{session}_sentences_wav_{dialogue}_{dialogue}_{turn}")
        table(folder / f"Session{session}/dialog/EmoEvaluation/{dialogue}.txt", *rows)
    return tested


def slurp(folder: Path) -> list[str]:
    for split, numbers in (("train", (0, 1, 2, 3)), ("devel", (4, 5)), ("test", (6, 7))):
        lines = []
        for number in numbers:
            name = noise(folder / "audio" / "slurp_real" / f"audio-{number}.flac", LEVELS[number % 2])
            scenario = ("alarm", "music")[number % 2]
            lines.append(
                f'{{"slurp_id": {number}, "sentence": "do it", "scenario": "{scenario}", '
                f'"recordings": [{{"file": "{name}"}}]}}'
            )
        table(folder / "dataset" / "slurp" / f"{split}.jsonl", *lines)
    return ["audio_slurp_real_audio-6", "audio_slurp_real_audio-7"]


def gtzan(folder: Path) -> list[str]:
    """Two clips of each part of the fault-filtered split, and one that it leaves out."""
    parts = {"blues": (29, 30, 0, 1, 12, 13, 54), "rock": (0, 1, 49, 50, 10, 11, 57)}
    for (genre, numbers), level in zip(parts.items(), LEVELS, strict=True):
        for number in numbers:
            noise(folder / "genres" / genre / f"{genre}.{number:05}.wav", level)
    return [f"genres_{genre}_{genre}.{number:05}" for genre, numbers in parts.items() for number in numbers[4:6]]


CORPORA: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
    "keyword": ("speechcommands", speech_commands),
    "keyword_12": ("speechcommands-12", speech_commands_12),
    "fma_genre": ("fma", fma),
    "speaker": ("voxceleb1", voxceleb1),
    "emotion": ("iemocap", iemocap),
    "intent": ("slurp", slurp),
    "genre": ("gtzan", gtzan),
}


def probed(name: str, manifest: Manifest, runs: Path) -> dict[str, Result]:
    found = TASK.run(registry.load_system("mulaw"), manifest, Context(runs, options=ProbeOptions([name])))
    return {result.metric: result for result in found}


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_is_scored_over_the_publisher_s_own_test_clips(name: str, tmp_path: Path) -> None:
    layout, make = CORPORA[name]
    folder = tmp_path / "corpus"
    tested = make(folder)
    assert data.load(folder) == data.load(f"{layout}:{folder}")
    manifest = data.load(folder)
    score = probed(name, manifest, tmp_path / "runs")[f"probe_{name}"]
    assert {clip.clip for clip in score.scores} == set(TASK.items(score, manifest)) == set(tested)
    assert score.estimate.value == 100.0
    assert score.domain == PROBES[name].metric.domains[0]


def test_clips_that_no_probe_reads_are_not_encoded(tmp_path: Path) -> None:
    speech_commands(tmp_path / "corpus")
    manifest = data.load(tmp_path / "corpus")
    unread = [clip for clip in manifest if clip.split not in ("train", "test")]
    assert len(unread) == 2  # for validation
    for clip in unread:
        (tmp_path / "corpus" / clip.path).write_bytes(b"damaged")
    score = probed("keyword", manifest, tmp_path / "runs")["probe_keyword"]
    assert (score.estimate.value, score.failures) == (100.0, {})
    assert len(list((tmp_path / "runs").rglob("*.safetensors"))) == len(manifest) - 2


def test_a_net_is_scored_over_the_test_clips_alone(tmp_path: Path) -> None:
    speech_commands(tmp_path / "corpus")
    options = ProbeOptions(["keyword"], head="net", size=8, steps=20, seed=[0])
    context = Context(tmp_path / "runs", options=options)
    found = TASK.run(registry.load_system("mulaw"), data.load(tmp_path / "corpus"), context)
    assert [len(result.scores) for result in found] == [2, 2]


def test_a_class_that_is_tested_and_not_trained_on_is_named(tmp_path: Path) -> None:
    slurp(tmp_path)
    noise(tmp_path / "audio" / "more.flac", 0.1)
    row = '{"slurp_id": 99, "sentence": "go", "scenario": "weather", "recordings": [{"file": "more.flac"}]}\n'
    with (tmp_path / "dataset/slurp/test.jsonl").open("a") as file:
        file.write(row)
    with pytest.raises(InvalidData, match="intent: the class 'weather' is tested, but has no clip"):
        probed("intent", data.load(tmp_path), tmp_path / "runs")


def test_a_video_on_both_sides_is_named(tmp_path: Path) -> None:
    voxceleb1(tmp_path)
    noise(tmp_path / "wav/id10001/aaa/00002.wav", 0.3)
    with (tmp_path / "iden_split.txt").open("a") as file:
        file.write("3 id10001/aaa/00002.wav\n")
    with pytest.raises(InvalidData, match="1 groups are in both training and test data, the first is 'id10001/aaa'"):
        probed("speaker", data.load(tmp_path), tmp_path / "runs")


def test_a_turn_without_an_emotion_is_named(tmp_path: Path) -> None:
    iemocap(tmp_path)
    noise(tmp_path / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F009.wav", 0.1)
    with pytest.raises(InvalidData, match="emotion: 1 clips have no label"):
        probed("emotion", data.load(tmp_path), tmp_path / "runs")


def test_a_corpus_without_a_test_part_is_named(tmp_path: Path) -> None:
    speech_commands(tmp_path)
    table(tmp_path / "testing_list.txt")
    for path in tmp_path.glob("*/3d_nohash_0.wav"):
        path.unlink()
    with pytest.raises(InvalidData, match="keyword: no clip of the split 'test'"):
        probed("keyword", data.load(tmp_path), tmp_path / "runs")


def test_intervals_are_called_after_what_they_are_over(tmp_path: Path) -> None:
    called = {"keyword": "speakers", "intent": "requests", "fma_genre": "artists", "speaker": "videos"}
    assert {name: PROBES[name].metric.sampled for name in called} == called
    gtzan(tmp_path)
    clips = data.load(tmp_path)
    assert {PROBES["genre"].unit_of(clip) for clip in clips} == {None}
