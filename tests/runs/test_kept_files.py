"""A kept file that is not what was written is made again, and said; trouble of the machine is nobody's property."""

import errno
import os
import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from audiotok import registry
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data import Manifest
from audiotok.errors import MachineTrouble, MetricUndefined, MissingDependency
from audiotok.metrics.analysis import Analysis
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.analyse import analyse
from audiotok.runs.code import code
from audiotok.runs.encode import encoded
from audiotok.runs.folder import FOLDERS, RunFolder, open_folder
from audiotok.runs.run import Run
from audiotok.tokenizers.mulaw import MuLaw

METRICS = ("si_sdr", "si_sdr_aligned", "mel_distance", "bitrate", "codebook_use", "rtf_encode")


@pytest.fixture
def run(vowels: Manifest, tmp_path: Path) -> Run:
    return Run(vowels, Recipe("cheap", 1, METRICS), tmp_path / "runs", workers=1)


@pytest.fixture(scope="module")
def finished(make_vowels: Callable[[Path], Manifest], tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("finished")
    run = Run(make_vowels(folder), Recipe("cheap", 1, METRICS), folder / "runs", workers=1)
    run.evaluate("mulaw")
    return run


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if "timings" not in str(path)}


def si_sdr(results: list[Result]) -> Result:
    (result,) = [result for result in results if result.metric == "si_sdr"]
    return result


def cut(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def change(path: Path, other: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def remove(path: Path, other: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("kind", ["tokens", "audio", "coded", "timings", "scores"])
def test_a_clips_file_that_was_harmed_is_made_again(finished: Run, kind: str) -> None:
    (folder,) = finished.folder.glob("*/mulaw-*")
    before = contents(finished.folder)
    path, other = sorted((folder / kind).iterdir())[1:3]
    for harm in (cut, change, swap):
        harm(path, other)
        with pytest.warns(UserWarning, match="made again"):
            finished.evaluate("mulaw")
        assert contents(finished.folder) == before, harm.__name__


@pytest.mark.parametrize("kind", ["tokens", "audio", "coded", "timings", "scores", "results"])
def test_a_file_that_a_kill_left_out_is_made(finished: Run, kind: str) -> None:
    (folder,) = finished.folder.glob("*/mulaw-*")
    before = contents(finished.folder)
    for path in sorted((folder / kind).iterdir())[:2]:
        path.unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        finished.evaluate("mulaw")
    assert contents(finished.folder) == before


@pytest.mark.parametrize("name", ["delay-speech.json", "results/cheap.jsonl", "results/cheap.inputs"])
def test_what_is_made_of_all_clips_is_made_again_when_harmed(finished: Run, name: str) -> None:
    (folder,) = finished.folder.glob("*/mulaw-*")
    (reference,) = finished.folder.glob("*/reference-*")
    before = contents(finished.folder)
    for harm in (cut, change):
        harm(folder / name, reference / name)
        with pytest.warns(UserWarning, match="made again"):
            finished.evaluate("mulaw")
        assert contents(finished.folder) == before, harm.__name__


def test_files_of_another_data_set_are_not_taken(finished: Run, tmp_path: Path) -> None:
    """The same clips, one of them as long as before but another sound: the folder is copied to its name."""
    other = replace(finished, folder=tmp_path / "runs")
    shutil.copytree(finished.folder, other.folder)
    (folder,) = other.folder.glob("*/mulaw-*")
    renamed = Manifest.of("other", finished.manifest.clips, finished.manifest.root)
    other = replace(other, manifest=renamed)
    folder.parent.rename(folder.parent.with_name(folder.parent.name.replace("vowels", "other")))
    with pytest.warns(UserWarning, match="made again"):
        other.evaluate("mulaw")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
        MissingDependency("this needs einops"),
    ],
    ids=["disk", "memory", "gpu", "allocator", "package"],
)
def test_trouble_of_the_machine_stops_the_run_and_is_no_clips_failure(
    run: Run, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def troubled(self, waveform, lengths):  # type: ignore[no-untyped-def]
        raise error

    mulaw = registry.load("mulaw")
    folder = open_folder(run.folder, mulaw, run.manifest)
    with monkeypatch.context() as patch:
        patch.setattr(MuLaw, "_encode", troubled)
        with pytest.raises(MachineTrouble, match="the clip stays open"):
            code(mulaw, run.manifest.clips, run.manifest.root, folder)
    assert list((folder.path / "failures").iterdir()) == []
    code(mulaw, run.manifest.clips, run.manifest.root, folder)
    assert all(folder.check(clip.id, "tokens", "audio") for clip in run.manifest)


def test_the_lag_follows_the_clips_that_are_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    undisturbed = replace(run, folder=run.folder.with_name("undisturbed"))
    undisturbed.evaluate("mulaw")
    decode, lengths = MuLaw._decode, {round(clip.duration * 16000) for clip in run.manifest.clips[:4]}

    def late(self, tokens: Tokens) -> torch.Tensor:  # type: ignore[no-untyped-def]
        if lengths & set(tokens.lengths.tolist()):
            raise RuntimeError("out of luck")
        return decode(self, tokens).roll(40, dims=-1)

    with monkeypatch.context() as patch:
        patch.setattr(MuLaw, "_decode", late)
        run.evaluate("mulaw")
    (lag,) = run.folder.glob("*/mulaw-*/delay-speech.json")
    of_two = lag.read_bytes()
    for kept in lag.parent.glob("*/*.wav"):  # decoded by what is no longer there
        kept.unlink()
    with pytest.warns(UserWarning, match="made again"):
        replace(run, retry=True).evaluate("mulaw")
    assert lag.read_bytes() != of_two
    assert contents(run.folder) == contents(undisturbed.folder)


def test_a_clip_that_cannot_be_had_is_open_until_it_can(run: Run) -> None:
    undisturbed = replace(run, folder=run.folder.with_name("undisturbed"))
    undisturbed.evaluate("mulaw")
    assert run.manifest.root is not None
    path = run.manifest.root / run.manifest.clips[0].path
    aside = path.rename(path.with_suffix(".aside"))
    with pytest.warns(UserWarning, match="left out"):
        assert list(si_sdr(run.evaluate("mulaw")).undefined) == [run.manifest.clips[0].id]
    aside.rename(path)
    assert si_sdr(run.evaluate("mulaw")).undefined == {}
    assert contents(run.folder) == contents(undisturbed.folder)


def test_only_an_undefined_metric_leaves_a_clip_out_for_every_system(run: Run) -> None:
    run.evaluate("mulaw")
    reference = open_folder(run.folder, registry.load_system("reference"), run.manifest)
    first, second = (clip.id for clip in run.manifest.clips[:2])
    for clip, outcome in ((first, {"undefined": "silent"}), (second, {"failed": "ValueError: a scorer's own fault"})):
        kept = reference.read_scores(clip)
        (key,) = [key for key in kept["scores"] if key.startswith("si_sdr.")]
        reference.write_scores(clip, {**kept, "scores": {**kept["scores"], key: outcome}})
    assert si_sdr(run.evaluate("mulaw")).undefined == {first: "silent"}


@pytest.mark.parametrize("harm", [cut, change, swap, remove])
def test_an_analysis_that_was_harmed_is_made_again(
    harm: Callable[[Path, Path], None], vowels: Manifest, tmp_path: Path
) -> None:
    calls = []

    def loudness(waveform, rate, clip, model):  # type: ignore[no-untyped-def]
        calls.append(len(waveform))
        return {"loudness": np.array([float(np.square(waveform).sum())]), "text": np.array("loud")}

    analysis, clip = Analysis("loudness", 1, loudness), vowels.clips[0]
    waves = [np.full(100, level, np.float32) for level in (0.1, 0.2)]
    first, second = (analyse(analysis, wave, 16000, clip, tmp_path) for wave in waves)
    paths = sorted((tmp_path / "analyses" / "loudness.v1").iterdir())
    written = [path.read_bytes() for path in paths]
    harm(*paths)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        again = [analyse(analysis, wave, 16000, clip, tmp_path) for wave in waves]
    assert [found["loudness"] for found in again] == [first["loudness"], second["loudness"]]
    assert [str(found["text"]) for found in again] == ["loud", "loud"]
    assert len(calls) == 3
    assert ("made again" in str(said[0].message)) if said else harm is remove
    assert [path.read_bytes() for path in paths] == written


def test_an_undefined_analysis_is_read_again(vowels: Manifest, tmp_path: Path) -> None:
    calls = []

    def undefined(waveform, rate, clip, model):  # type: ignore[no-untyped-def]
        calls.append(1)
        raise MetricUndefined("too short")

    for _ in range(2):
        with pytest.raises(MetricUndefined, match="too short"):
            analyse(Analysis("none", 1, undefined), np.zeros(10, np.float32), 16000, vowels.clips[0], tmp_path)
    assert calls == [1]


def test_encoded_tokens_that_were_harmed_are_encoded_again(vowels: Manifest, tmp_path: Path) -> None:
    mulaw = registry.load("mulaw")
    expected = [tokens.codes for _, tokens in encoded(mulaw, vowels, tmp_path)]
    path, other = sorted(tmp_path.glob("*/mulaw-*/tokens/*"))[:2]
    swap(path, other)
    with pytest.warns(UserWarning, match="made again"):
        found = [tokens.codes for _, tokens in encoded(mulaw, vowels, tmp_path)]
    assert all(map(torch.equal, found, expected))


def test_long_names_of_clips_and_data_sets_can_be_run(run: Run) -> None:
    clips = [replace(clip, id=f"{clip.id}-" + "n" * 240) for clip in run.manifest.clips[:2]]
    long = Manifest.of("d" * 240, clips, run.manifest.root)
    result = si_sdr(replace(run, manifest=long).evaluate("mulaw"))
    assert sorted(score.clip for score in result.scores) == sorted(clip.id for clip in clips)


class Steps(Tokenizer):
    """Every hundredth sample's sign, without a decoder."""

    spec = TokenSpec(sample_rate=16000, frame_rate=160.0, codebook_sizes=(2,))

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def _encode(self, waveform: torch.Tensor, lengths: torch.Tensor) -> Tokens:
        self.lengths += lengths.tolist()
        codes = (waveform[:, :, ::100] > 0).long()
        return Tokens(codes=codes, lengths=(lengths + 99) // 100, spec=self.spec)


def test_a_tokenizer_without_a_decoder_is_warmed_up_too(vowels: Manifest, tmp_path: Path) -> None:
    steps, folder = Steps(), RunFolder(tmp_path / "data" / "steps", {})
    for name in FOLDERS:
        (folder.path / name).mkdir(parents=True)
    code(steps, vowels.clips, vowels.root, folder)
    assert steps.lengths[0] == steps.spec.sample_rate // 10
    assert all(folder.check(clip.id, "tokens") for clip in vowels)
