"""Samples of one clip are played equally loud, and none of them clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("pyloudnorm")

from audiotok.leaderboard.page.loudness import BLOCK, MAX_DOWN, TARGET, gains, loudness

RATE = 48000


def tone(level: float, seconds: float = 2.0) -> np.ndarray:
    """997 Hz with a peak of `level` dB of full scale."""
    return 10 ** (level / 20) * np.sin(2 * np.pi * 997 * np.arange(int(seconds * RATE)) / RATE)


def write(path: Path, waveform: np.ndarray) -> Path:
    soundfile.write(path, waveform, RATE, subtype="FLOAT")
    return path


def test_a_full_scale_tone_of_997_hertz_has_minus_3_lufs() -> None:
    assert loudness(tone(0.0), RATE) == pytest.approx(-3.01, abs=0.05)  # ITU-R BS.1770-4, annex 1: −3.01 LKFS


def test_gains_bring_every_sample_to_the_same_loudness(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{level}.wav", tone(level)) for level in (-12, -30)]
    found = gains([{"clip": path} for path in files])
    for path, own in zip(files, found, strict=True):
        waveform, _ = soundfile.read(path)
        assert loudness(10 ** (own["clip"] / 20) * waveform, RATE) == pytest.approx(TARGET, abs=0.05)
    assert found[1]["clip"] - found[0]["clip"] == pytest.approx(18.0, abs=0.05)


def test_where_one_would_clip_all_of_the_clip_are_turned_down_alike(tmp_path: Path) -> None:
    clicks = np.where(np.arange(2 * RATE) % (RATE // 4) < RATE // 1000, 0.9 / 10**0.1 * tone(2.0), 0.0)
    files = {"click": write(tmp_path / "click.wav", clicks), "tone": write(tmp_path / "tone.wav", tone(-12))}
    click, steady = (one["clip"] for one in gains([{"clip": files["click"]}, {"clip": files["tone"]}]))
    assert 0.9 * 10 ** (click / 20) <= 1.001
    apart = loudness(10 ** (click / 20) * clicks, RATE) - loudness(10 ** (steady / 20) * tone(-12), RATE)
    assert apart == pytest.approx(0.0, abs=0.05)


def test_no_sample_makes_the_others_of_its_clip_inaudible(tmp_path: Path) -> None:
    """One with rare clicks, or with a constant part, took 20 dB and more from all others."""
    clicks = np.zeros(2 * RATE)
    clicks[:: RATE // 4] = 0.9
    constant = 0.9 + np.where(np.arange(2 * RATE) < RATE, tone(-40.0), tone(-45.0))
    steady = write(tmp_path / "tone.wav", tone(-12))
    alone = gains([{"clip": steady}])[0]["clip"]
    for waveform, allowed in ((clicks, MAX_DOWN), (constant, 0.0)):
        odd = write(tmp_path / "odd.wav", waveform)
        found = [one["clip"] for one in gains([{"clip": odd}, {"clip": steady}])]
        assert found[1] >= alone - allowed
        assert np.abs(waveform - waveform.mean()).max() * 10 ** (found[0] / 20) <= 1.001


def test_silence_has_no_gain_and_a_short_sample_has_one(tmp_path: Path) -> None:
    silent, short = write(tmp_path / "0.wav", np.zeros(RATE)), write(tmp_path / "1.wav", tone(-12, BLOCK / 4))
    found = gains([{"clip": silent}, {"clip": short}])
    assert found[0] == {}
    assert found[1]["clip"] == pytest.approx(TARGET - loudness(tone(-12), RATE), abs=0.5)
