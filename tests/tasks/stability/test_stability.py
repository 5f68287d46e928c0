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
from audiotok.core.tokenizer import Tokenizer
from audiotok.files.json import write_json
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.runs.folder import open_folder
from audiotok.tasks import stability
from audiotok.tokenizers.bpe import bpe
from audiotok.tokenizers.mulaw import MuLaw
from audiotok.units.bpe import UnitBPE

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


class Signs(Tokenizer):
    """The sign of every tenth sample, in each of two codebooks; keeps how many samples it was given."""

    card = audiotok.load("mulaw").card
    spec = audiotok.TokenSpec(16000, 1600.0, (2, 2))

    def __init__(self) -> None:
        self.given: list[int] = []

    def _encode(self, waveform, lengths) -> audiotok.Tokens:
        self.given += lengths.tolist()
        signs = (waveform[:, :, ::10] > 0).long()
        return audiotok.Tokens(torch.cat([signs, signs], dim=1), (lengths + 9) // 10, self.spec)


def test_bpe_over_several_codebooks_is_shifted_by_half_a_frame_of_its_tokenizer(manifest, tmp_path: Path) -> None:
    inner = Signs()
    UnitBPE.train([np.tile([0, 2, 1, 3], 8)], 4, 6).save(tmp_path / "merges.json")
    merged = bpe(inner, model=str(tmp_path / "merges.json"))
    assert merged.spec.frame_rate == 3200  # of codes, two to a frame
    stability.results(merged, manifest, open_folder(tmp_path / "runs", merged, manifest), 1)
    assert inner.given[:2] == [16000, 16000 - 5]


def test_outcomes_of_a_shift_by_half_a_code_are_not_read_again(manifest, tmp_path: Path) -> None:
    UnitBPE.train([np.tile([0, 2, 1, 3], 8)], 4, 6).save(tmp_path / "merges.json")
    merged = bpe(Signs(), model=str(tmp_path / "merges.json"))
    folder = open_folder(tmp_path / "runs", merged, manifest)
    before = folder.path / "stability.v1-1"
    before.mkdir()
    for clip in manifest:
        write_json(before / f"{clip.id}.json", {"failed": "as before"})
    assert all(not result.failures for result in stability.results(merged, manifest, folder, 1))
