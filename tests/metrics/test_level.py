"""Which signals are silence: by the loudest 50 ms, in dB of full scale."""

import numpy as np
import pytest

from audiotok.metrics.level import SILENT, is_heard, loudest

RATE = 16000


def test_a_square_wave_has_the_level_of_its_amplitude() -> None:
    wave = np.tile([0.1, -0.1], RATE).astype(np.float32)
    assert loudest(wave, RATE) == pytest.approx(-20)
    assert loudest(wave[:10], RATE) == pytest.approx(-20)  # shorter than the window


def test_the_loudest_50_ms_of_any_channel_count() -> None:
    click = np.zeros((2, 10 * RATE), np.float32)
    click[1, -800:] = 0.01
    assert loudest(click, RATE) == pytest.approx(-40)
    click[1, -800:-400] = 0
    assert loudest(click, RATE) == pytest.approx(-40 - 10 * np.log10(2))


def test_silence_ends_at_its_level() -> None:
    step = np.ones(RATE, np.float32)
    assert SILENT == -50
    assert is_heard(10 ** (-49.9 / 20) * step, RATE)
    assert not is_heard(10 ** (-50.1 / 20) * step, RATE)
    assert not is_heard(0 * step, RATE)
    assert not is_heard(step[:0], RATE)
