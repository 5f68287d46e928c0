"""Agreement with librosa, bit for bit."""

import os
import subprocess
import sys

import numpy as np
import pytest

from audiotok.metrics.mel_power import mel_power


@pytest.mark.parametrize(("window", "hop", "mels"), [(321, 160, 120), (400, 160, 40), (512, 100, 64)])
@pytest.mark.parametrize("samples", [16000, 12345, 400])
def test_it_is_librosas(librosa, english, window, hop, mels, samples):
    waveform = english[:samples]
    expected = librosa.feature.melspectrogram(y=waveform, sr=16000, n_fft=window, hop_length=hop, n_mels=mels)
    found = mel_power(waveform, 16000, window, hop, mels)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
def test_nothing_is_compiled_for_it(tmp_path):
    script = "import numpy as np; from audiotok.metrics.mel_power import mel_power;"
    script += "mel_power(np.ones(16000, np.float32), 16000, 400, 160, 40)"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "AUDIOTOK_CACHE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)
    assert not list(tmp_path.rglob("*.nbi"))
