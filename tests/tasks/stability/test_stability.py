"""The stability recipe on a tokenizer whose answers are known: mu-law codes each sample by itself, and
decodes to values that code to themselves."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

import audiotok
from audiotok import data
from audiotok.core.audio import Audio
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.runs.folder import open_folder
from audiotok.tasks import stability
from audiotok.tokenizers.mulaw import MuLaw

pytest.importorskip("av")
pytest.importorskip("rapidfuzz")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    rng = np.random.default_rng(0)
    soundfile.write(folder / "noise.wav", rng.normal(0, 0.1, 16000), 16000, subtype="FLOAT")
    soundfile.write(folder / "quiet.wav", np.zeros(16000), 16000)
    manifest, _ = data.make(folder, "noises", domain="speech")
    return manifest


@pytest.fixture(scope="module")
def folder(manifest, tmp_path_factory):
    return open_folder(tmp_path_factory.mktemp("runs"), audiotok.load("mulaw"), manifest)


@pytest.fixture(scope="module")
def results(manifest, folder):
    return {result.metric: result for result in stability.results(audiotok.load("mulaw"), manifest, folder, 2)}


def test_mulaw_is_idempotent(results) -> None:
    for generation in (1, 2):
        assert results[f"equal_generation_{generation}"].estimate.value == 100
        assert results[f"edits_generation_{generation}"].estimate.value == 0


def test_the_board_shows_some_of_its_metrics_and_calls_them_alike(results) -> None:
    shown = [catalogue.get(name) for name in stability.TASK.metrics if name in results]
    assert len(shown) == 4  # of generations there were two
    for metric in shown:
        found = results[metric.name]
        assert (found.title, found.question, found.unit, found.direction, found.scale) == (
            *(metric.title, metric.question, metric.unit, metric.direction, metric.scale),
        )


def test_what_is_idempotent_drifts_once_and_no_further(results) -> None:
    first, second = (results[f"si_sdr_generation_{n}"].estimate.value for n in (1, 2))
    assert 30 < first < 100
    assert second == first


def test_a_shift_by_one_sample_compares_each_sample_with_the_next(results, manifest) -> None:
    noise = next(clip for clip in manifest if "noise" in clip.id)
    codes = audiotok.load("mulaw").encode(data.read(noise, manifest.root)).codes[0, 0]
    score = next(score for score in results["equal_shift"].scores if score.clip == noise.id)
    assert (score.total, score.weight) == (float((codes[:-1] == codes[1:]).sum()), len(codes))


def test_more_noise_leaves_fewer_codes(results) -> None:
    assert 0 < results["equal_noise_20"].estimate.value < results["equal_noise_30"].estimate.value < 100


def test_a_silent_clip_is_undefined_and_no_failure(results) -> None:
    for result in results.values():
        assert result.failures == {}
        assert len(result.undefined) == len(result.scores) == 1
        assert result.coverage == 1


def test_results_can_be_read_again(results, tmp_path: Path) -> None:
    record.write(tmp_path / "results.jsonl", results.values())
    assert {result.metric: result for result in record.read(tmp_path / "results.jsonl")} == results


def test_a_finished_run_is_not_repeated(results, manifest, folder) -> None:
    files = {path: path.stat().st_mtime_ns for path in folder.path.rglob("stability*/*.json")}
    assert len(files) == 2
    stability.results(audiotok.load("mulaw"), manifest, folder, 2)
    assert {path: path.stat().st_mtime_ns for path in files} == files


def test_a_clip_that_the_tokenizer_fails_on_is_recorded(manifest, tmp_path: Path) -> None:
    noise = next(clip for clip in manifest if "noise" in clip.id)
    short = tmp_path / "audio"
    short.mkdir()
    Audio(torch.full((1, 1, 1), 0.5), torch.tensor([1]), 16000).save(short / "short.wav")
    one, _ = data.make(short, "short", domain=noise.domain)
    mulaw = audiotok.load("mulaw")
    failed = stability.results(mulaw, one, open_folder(tmp_path, mulaw, one), 1)
    assert all("no longer than half a frame" in next(iter(result.failures.values())) for result in failed)
    assert all(result.estimate is None for result in failed)


def test_a_full_disk_stops_the_task_and_leaves_the_clip_open(manifest, tmp_path, monkeypatch) -> None:
    def full(self, waveform, lengths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = open_folder(tmp_path, audiotok.load("mulaw"), manifest)
    with monkeypatch.context() as patch:
        patch.setattr(MuLaw, "_encode", full)
        with pytest.raises(OSError, match="No space left"):
            stability.results(audiotok.load("mulaw"), manifest, folder, 1)
    undisturbed = {result.metric: result for result in stability.results(audiotok.load("mulaw"), manifest, folder, 1)}
    assert undisturbed["equal_generation_1"].estimate.value == 100
