"""Agreement with the package's own builder, bit by bit."""

import numpy as np
import pytest

from audiotok.metrics.visqol import _api, _voice_activity, visqol_speech


@pytest.fixture(scope="module", autouse=True)
def packages(request):
    """Imported as the metric does it, so that numba finds what it compiled."""
    tone = np.sin(np.arange(32000) / 20).astype(np.float32)
    visqol_speech(tone, tone, 16000)


@pytest.mark.parametrize(("mode", "rate"), [("speech", 16000), ("audio", 48000)])
@pytest.mark.parametrize("frames", [1, 17, 32, 70])
def test_the_spectrogram_is_the_packages(mode, rate, frames):
    from visqol.analysis_window import AnalysisWindow
    from visqol.audio_utils import AudioSignal
    from visqol.gammatone import GammatoneSpectrogramBuilder

    window = AnalysisWindow(rate, 0.25)
    samples = window.size + (frames - 1) * window.hop_size + 5
    signal = AudioSignal(np.random.default_rng(0).normal(scale=0.1, size=samples), rate)
    ours = _api(mode)._manager.spect_builder
    theirs = GammatoneSpectrogramBuilder(ours.filter_bank.num_bands, 50.0, speech_mode=mode == "speech")
    first, second = ours.build(signal, window), theirs.build(signal, window)
    assert first.data.shape[1] == frames
    assert np.array_equal(first.data, second.data)
    assert np.array_equal(first.center_freq_bands, second.center_freq_bands)


def test_a_signal_of_one_window_is_refused_as_the_package_refuses_it():
    from visqol.analysis_window import AnalysisWindow
    from visqol.audio_utils import AudioSignal

    with pytest.raises(ValueError, match="too few"):
        _api("speech")._manager.spect_builder.build(AudioSignal(np.ones(1280), 16000), AnalysisWindow(16000, 0.25))


@pytest.mark.parametrize("samples", [100, 3200, 12345])
def test_voice_is_found_where_the_package_finds_it(samples):
    from visqol.audio_utils import AudioSignal
    from visqol.patch_creator import VadPatchCreator

    random = np.random.default_rng(1)
    loudness = np.repeat(random.uniform(0, 1.2, size=samples // 500 + 1), 500)[:samples]
    signal = AudioSignal(loudness * random.uniform(-1, 1, size=samples), 16000)
    expected = VadPatchCreator(20)._get_voice_activity(signal, 9, samples, 320)
    assert _voice_activity(signal, 9, samples, 320) == expected
