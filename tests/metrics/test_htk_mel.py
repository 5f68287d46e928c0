"""Bands that are straight in HTK's mel scale, against Kaldi's in torchaudio."""

import numpy as np
import pytest

from audiotok.metrics.htk_mel import triangles


@pytest.mark.parametrize(
    ("bands", "lowest", "highest", "fft", "rate"), [(128, 0.0, 15000.0, 1024, 32000), (64, 125.0, 7500.0, 512, 16000)]
)
def test_they_are_kaldis(bands: int, lowest: float, highest: float, fft: int, rate: int) -> None:
    kaldi = pytest.importorskip("torchaudio.compliance.kaldi")
    theirs, _ = kaldi.get_mel_banks(bands, fft, float(rate), lowest, highest, 100.0, -500.0, 1.0)
    found = triangles(bands, lowest, highest, fft, rate)
    assert found.shape == (fft // 2 + 1, bands)
    np.testing.assert_allclose(found[:-1].T, theirs.numpy(), atol=1e-4)  # theirs are float32, without the last bin
    assert found[-1].max() == 0


def test_a_band_peaks_on_its_centre() -> None:
    found = triangles(1, 0.0, 8000.0, 32000, 16000)[:, 0]  # a bin every 0.5 Hz
    middle = 700 * (np.sqrt(1 + 8000 / 700) - 1)  # the mean of both ends in mel
    assert abs(0.5 * found.argmax() - middle) < 0.5
    assert found.max() == pytest.approx(1, abs=1e-3)
