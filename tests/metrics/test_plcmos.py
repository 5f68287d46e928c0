"""Agreement with the package's own call, given the same raters."""

import numpy as np
import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.plcmos import METRICS, load, plcmos

NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * 16000).astype(np.float32)


@pytest.fixture(scope="module")
def model():  # type: ignore[no-untyped-def]
    return load()


@pytest.mark.parametrize("samples", [8000, 48000])
def test_with_the_same_raters_the_score_is_the_packages_own(model, samples: int) -> None:  # type: ignore[no-untyped-def]
    from speechmos import plcmos as package

    np.random.seed(0)  # the package draws its raters from NumPy's global generator
    theirs = package.run(NOISE[:samples], 16000)["plcmos"]
    assert plcmos(NOISE[:samples], 16000, model) == pytest.approx(theirs, abs=1e-6)


def test_a_score_is_the_same_every_time_and_leaves_the_global_generator_alone(model) -> None:  # type: ignore[no-untyped-def]
    before = np.random.get_state()[1].tolist()
    assert plcmos(NOISE, 16000, model) == plcmos(NOISE, 16000, model)
    assert np.random.get_state()[1].tolist() == before


def test_lost_packets_lower_the_score(model) -> None:  # type: ignore[no-untyped-def]
    tone = (0.3 * np.sin(2 * np.pi * 220 * np.arange(48000) / 16000)).astype(np.float32)
    lossy = tone.copy()
    for start in range(4000, 48000, 6000):
        lossy[start : start + 960] = 0  # 60 ms
    assert plcmos(lossy, 16000, model) < plcmos(tone, 16000, model)


def test_noise_far_below_the_output_is_within_the_tolerance(model, decoded_speech) -> None:  # type: ignore[no-untyped-def]
    quiet = 1e-5 * np.abs(decoded_speech).max() * np.random.default_rng(0).standard_normal(len(decoded_speech))
    scores = [plcmos(x.astype(np.float32), 16000, model) for x in (decoded_speech, decoded_speech + quiet)]
    assert 0 < abs(scores[0] - scores[1]) < METRICS[0].allowed(*scores)


def test_the_score_lies_in_its_range(model) -> None:  # type: ignore[no-untyped-def]
    metric = METRICS[0]
    features = metric.analysis.run(NOISE, 16000, None, model)  # type: ignore[arg-type]  # no clip is needed
    assert metric.range[0] <= metric.score({}, features, None).value <= metric.range[1]  # type: ignore[arg-type]


def test_at_full_scale_the_level_of_the_clip_does_not_matter(model) -> None:  # type: ignore[no-untyped-def]
    plain, peak = METRICS
    loud, quiet = (level * NOISE / np.abs(NOISE).max() for level in (1.0, 0.05))
    scores = [float(peak.analysis.run(x, 16000, None, model)["plcmos"]) for x in (loud, quiet)]  # type: ignore[arg-type]
    assert scores[0] == pytest.approx(scores[1], abs=1e-3)
    assert scores[0] == pytest.approx(float(plain.analysis.run(loud, 16000, None, model)["plcmos"]), abs=1e-3)  # type: ignore[arg-type]


@pytest.mark.parametrize("waveform", [np.zeros(16000, np.float32), NOISE[:7999]])
def test_silence_and_snippets_have_no_score(model, waveform) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MetricUndefined):
        plcmos(waveform, 16000, model)
