"""VERSA's protocol as the suite `dates` follows it: known answers, and VERSA's own arithmetic."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from audiotok import Audio, data
from audiotok.data.manifest import Clip, Manifest
from audiotok.metrics.distortion import LIMIT
from audiotok.metrics.footing import ONE_RATE
from audiotok.results.record import Result
from audiotok.runs.run import Run
from audiotok.tasks.dates import MUSIC_RATE, TASK, VERSA, at_lower_rate
from audiotok.tasks.task import Task

RATE = 44100


def tone(hertz: float, rate: int = RATE, seconds: float = 2.0) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def saved(path: Path, samples: NDArray[np.floating], rate: int = RATE) -> Path:
    """[T] or [T, C]"""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def folder_of(path: Path, domain: str) -> Manifest:
    manifest, _, _ = data.read_corpus(path, path.name, data.Options(domain), "folder")
    return manifest


def values(task: Task, manifest: Manifest, recordings: Path, metrics: Sequence[str], runs: Path) -> dict[str, Result]:
    run = Run(manifest, task.only(metrics), runs, workers=1)
    return {result.metric: result for result in run.evaluate(f"folder:{recordings}")}


def audio(samples: NDArray[np.floating], rate: int) -> Audio:
    return Audio.from_array(samples.astype(np.float32), rate)


def test_bandwidth_that_a_codec_of_a_lower_rate_lost_costs_it_nothing(tmp_path: Path) -> None:
    """Two tones of one level, of which a codec at 16 kHz keeps one: 0 dB at 44.1 kHz. One at 44.1 kHz has 20 dB."""
    clean = tone(1000) + tone(12000)
    saved(tmp_path / "data" / "a.wav", clean)
    saved(tmp_path / "narrow" / "a.wav", soxr.resample(clean.astype(np.float32), RATE, 16000, quality="HQ"), 16000)
    power = np.sqrt(np.mean(clean**2))
    noise = 0.1 * power * np.random.default_rng(0).standard_normal(len(clean))
    saved(tmp_path / "wide" / "a.wav", clean + noise)
    manifest = folder_of(tmp_path / "data", "audio")
    scores = {
        (task.footing.name, name): found["si_snr"].estimate.value
        for task in (TASK, replace(TASK, footing=ONE_RATE))
        for name in ("narrow", "wide")
        if (found := values(task, manifest, tmp_path / name, ("si_snr",), tmp_path / "runs"))["si_snr"].estimate
    }
    assert scores["versa", "narrow"] == LIMIT
    assert scores["", "narrow"] == pytest.approx(0.0, abs=0.1)
    assert scores["versa", "wide"] == scores["", "wide"] == pytest.approx(20.0, abs=0.2)


@pytest.mark.parametrize("samples", [RATE // 2, RATE, 2 * RATE])
def test_both_are_trimmed_to_the_shorter(samples: int) -> None:
    reference, output = audio(tone(1000, seconds=1), RATE), audio(tone(1000)[:samples], RATE)
    first, second, rate = at_lower_rate(reference, output, "audio")
    assert rate == RATE
    assert len(first) == len(second) == min(samples, RATE)
    assert np.array_equal(first, second)
    padded = ONE_RATE.pair(reference, output, "audio")
    assert len(padded[0]) == len(padded[1]) == RATE


def test_the_first_channel_of_each_is_compared(tmp_path: Path) -> None:
    left, right = tone(1000), tone(3000)
    saved(tmp_path / "data" / "a.wav", np.stack([left, 0.2 * right], axis=1))
    manifest = folder_of(tmp_path / "data", "audio")
    coded = VERSA.read(manifest.clips[0], manifest.root)
    assert coded.channels == 1
    assert np.array_equal(coded.numpy()[0], left.astype(np.float32))
    saved(tmp_path / "first" / "a.wav", np.stack([left, right], axis=1))
    saved(tmp_path / "second" / "a.wav", np.stack([right, left], axis=1))
    first, second = (
        values(TASK, manifest, tmp_path / name, ("si_snr",), tmp_path / "runs")["si_snr"].estimate
        for name in ("first", "second")
    )
    assert first is not None
    assert first.value == LIMIT
    assert second is not None
    assert second.value < -30


def test_a_run_on_another_footing_has_a_folder_and_signatures_of_its_own(vowels: Manifest, tmp_path: Path) -> None:
    metrics = ("si_snr", "bitrate")
    both = {}
    for task in (TASK, replace(TASK, footing=ONE_RATE)):
        results = Run(vowels, task.only(metrics), tmp_path / "runs", workers=1).evaluate("mulaw:sample_rate=8000")
        both[task.footing.name] = {result.metric: result for result in results}
    assert {result.signature for result in both["versa"].values()} == {
        f"dates.v2|data:vowels@sha256:{vowels.sha256[:12]}|footing:versa|metric:{name}.v1|resample:soxr_hq|seed:0"
        for name in metrics
    }
    assert not any("footing" in result.signature for result in both[""].values())
    assert both["versa"]["si_snr"].provenance["footing"] == "versa"
    assert both["versa"]["bitrate"].estimate == both[""]["bitrate"].estimate
    assert len(list((tmp_path / "runs").glob("vowels-*/mulaw*"))) == 2


def test_a_delay_is_taken_out_at_whatever_rate_a_clip_is_compared(tmp_path: Path) -> None:
    """It is kept at the rate it was measured at: 10 samples at the output's 8 kHz."""
    clean = np.random.default_rng(0).standard_normal(16000).astype(np.float32) / 10
    saved(tmp_path / "data" / "a.wav", clean, 16000)
    saved(tmp_path / "out" / "a.wav", np.pad(soxr.resample(clean, 16000, 8000, quality="HQ"), (10, 0)), 8000)
    manifest = folder_of(tmp_path / "data", "speech")
    found = values(TASK, manifest, tmp_path / "out", ("si_sdr", "si_sdr_aligned"), tmp_path / "runs")
    assert found["si_sdr"].estimate is not None
    assert found["si_sdr"].estimate.value < 0
    assert found["si_sdr_aligned"].estimate is not None
    assert found["si_sdr_aligned"].estimate.value == LIMIT


def songs(folder: Path, *seconds: float) -> Path:
    """A small folder in MUSDB18-HQ's layout, in stereo."""
    for i, length in enumerate(seconds):
        rng = np.random.default_rng(i)
        sound = 0.1 * rng.standard_normal((round(length * RATE), 2))
        saved(folder / "test" / f"A{i} - The Song" / "mixture.wav", sound)
        saved(folder / "test" / f"A{i} - The Song" / "drums.wav", sound[:RATE])
    return folder / "test"


def test_music_comes_in_mono_pieces_of_five_seconds_at_22_khz(tmp_path: Path) -> None:
    """As `librosa.load` of the whole song and cuts give them, but for the filter's reach at a cut. The last piece is
    shorter; one of less than a second VERSA's scorer passes over."""
    manifest = data.load(f"musdb-5s:{songs(tmp_path, 12.5, 10.5)}")
    assert [clip.id for clip in manifest] == [
        *(f"A0_-_The_Song_{span}" for span in ("0.0_5.0", "5.0_10.0", "10.0_12.5")),
        *(f"A1_-_The_Song_{span}" for span in ("0.0_5.0", "5.0_10.0")),
    ]
    assert {clip.speaker for clip in manifest} == {"A0_-_The_Song", "A1_-_The_Song"}
    whole = soxr.resample(
        soundfile.read(tmp_path / "test" / "A0 - The Song" / "mixture.wav")[0].mean(axis=1), RATE, MUSIC_RATE
    )
    for clip in manifest.clips[:3]:
        piece = VERSA.read(clip, manifest.root)
        assert (piece.sample_rate, piece.channels) == (MUSIC_RATE, 1)
        theirs = whole[round(clip.start * MUSIC_RATE) : round(clip.end * MUSIC_RATE)]
        assert len(piece.numpy()[0]) == len(theirs)
        assert np.abs(piece.numpy()[0] - theirs)[200:-200].max() < 1e-6


def test_a_song_shorter_than_a_piece_is_named(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"0\.5 s are too short for a piece"):
        manifest = data.load(f"musdb-5s:{songs(tmp_path, 6.0, 0.5)}")
    assert [clip.duration for clip in manifest] == [5.0, 1.0]


def versa(reference: NDArray[np.float32], at: int, output: NDArray[np.float32], output_at: int) -> dict[str, float]:
    """What VERSA's scorer does to a pair (commit c398480), by the packages that it calls."""
    import torch
    from fast_bss_eval import si_sdr_loss
    from mir_eval.separation import bss_eval_sources
    from pesq import pesq
    from pystoi import stoi

    rate = min(at, output_at)
    gt, pred = (soxr.resample(x, r, rate, quality="HQ") for x, r in ((reference, at), (output, output_at)))
    shorter = min(len(gt), len(pred))
    gt, pred = gt[:shorter].astype(np.float64), pred[:shorter].astype(np.float64)
    si_snr = -float(si_sdr_loss(est=torch.from_numpy(pred)[None], ref=torch.from_numpy(gt)[None], pairwise=False))
    narrow, band = (8000, "nb") if rate < 16000 else (16000, "wb")
    return {
        "sdr": float(bss_eval_sources(gt[None], pred[None], compute_permutation=False)[0][0]),
        "si_snr": si_snr,
        "stoi": float(stoi(gt, pred, rate, extended=False)),
        "pesq_by_rate": float(pesq(narrow, *(soxr.resample(x, rate, narrow, quality="HQ") for x in (gt, pred)), band)),
    }


@pytest.mark.filterwarnings("ignore:mir_eval.separation:FutureWarning")
@pytest.mark.parametrize(("at", "output_at"), [(16000, 8000), (16000, 16000), (16000, 24000), (24000, 12000)])
def test_scores_of_a_run_are_those_of_versas_arithmetic(tmp_path: Path, at: int, output_at: int) -> None:
    """A voice, shaped and with noise, a third of a second shorter than the reference."""
    folder = Path(__file__).parents[2] / "leaderboard" / "submissions" / "reference" / "samples"
    voice, rate = soundfile.read(folder / "asterisk-en-confbridge-dec-list-vol-out.ogg", dtype="float32")
    reference = soxr.resample(voice, rate, at, quality="HQ")
    output = soxr.resample(voice, rate, output_at, quality="HQ")[: -output_at // 3]
    output = output + 0.01 * np.random.default_rng(0).standard_normal(len(output)).astype(np.float32)
    saved(tmp_path / "data" / "a.wav", reference, at)
    saved(tmp_path / "out" / "a.wav", output, output_at)
    manifest = folder_of(tmp_path / "data", "speech")
    found = values(TASK, manifest, tmp_path / "out", ("sdr", "si_snr", "stoi", "pesq_by_rate"), tmp_path / "runs")
    for name, expected in versa(reference, at, output, output_at).items():
        assert found[name].estimate is not None, found[name].failures
        assert found[name].estimate.value == pytest.approx(expected, abs=1e-3), name


def test_a_score_that_versa_gives_as_zero_is_none_here(tmp_path: Path) -> None:
    """VERSA logs a PESQ of 0 where it cannot be computed, and averages it."""
    saved(tmp_path / "data" / "a.wav", tone(300, 16000), 16000)
    saved(tmp_path / "out" / "a.wav", np.zeros(32000), 16000)
    manifest = folder_of(tmp_path / "data", "speech")
    found = values(TASK, manifest, tmp_path / "out", ("pesq_by_rate",), tmp_path / "runs")["pesq_by_rate"]
    assert found.estimate is None
    assert found.failures == {"a": "the estimate is silent: no sample reaches 2^-16 of full scale"}


def test_evaluation_models_hear_16_khz_whatever_rate_the_signals_have() -> None:
    from audiotok.metrics import catalogue
    from audiotok.metrics.footing import heard_by

    clip = np.zeros(4800, np.float32)
    for metric in catalogue.of_signals(TASK.metrics):
        if metric.analysis.load is not None:
            heard, rate = heard_by(metric.analysis, clip, 24000)
            assert (len(heard), rate) == (3200, 16000), metric.name


def test_the_domain_of_a_clip_says_what_is_read_of_it(tmp_path: Path) -> None:
    saved(tmp_path / "data" / "a.wav", tone(1000, 16000), 16000)
    clip = folder_of(tmp_path / "data", "speech").clips[0]
    rates = {domain: _read(replace(clip, domain=domain), tmp_path) for domain in ("speech", "music", "audio")}
    assert rates == {"speech": 16000, "music": 22050, "audio": 16000}


def _read(clip: Clip, folder: Path) -> int:
    return VERSA.read(clip, folder / "data").sample_rate
