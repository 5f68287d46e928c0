"""A score of generated audio, or why there is none: the reference's fault, or the tokenizer's."""

from pathlib import Path

import numpy as np
import pytest

from audiotok.data.manifest import Clip
from audiotok.metrics import catalogue
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.tasks.language_model.speech_scoring import evaluate, why_undefined

RATE = 16000
CLIP = Clip("c", "folder", "c.wav", "0" * 64, 0.0, 1.0, RATE, "speech", text="hello", language="en")
NOISE = (0.1 * np.random.default_rng(0).standard_normal(RATE)).astype(np.float32)
QUIET = np.random.default_rng(0).choice([0, 2.0**-17], RATE).astype(np.float32)
SILENCE = np.zeros(RATE, np.float32)


def outcome(name: str, waveform: np.ndarray, reference: np.ndarray | None, runs: Path) -> ClipOutcomes:
    metric, found = catalogue.get(name), ClipOutcomes()
    assert isinstance(metric, ClipMetric)
    evaluate(metric, waveform, CLIP, runs, found, reference=reference)
    return found


@pytest.mark.parametrize(
    ("name", "reference", "why"),
    [
        ("si_sdr", QUIET, "of the reference: the reference is silent"),
        ("si_sdr", np.full(RATE, 0.1, np.float32), "of the reference: the reference is a constant"),
        ("speaker_ge2e", SILENCE, "of the reference: "),
        ("si_sdr", NOISE, ""),
    ],
)
def test_a_metric_is_undefined_where_it_has_no_value_of_the_reference_itself(
    name: str, reference: np.ndarray, why: str, tmp_path: Path
) -> None:
    metric = catalogue.get(name)
    assert isinstance(metric, ClipMetric)
    said = why_undefined(metric, reference, CLIP, tmp_path)
    assert why in said
    assert bool(why) == bool(said)


def test_a_silent_output_is_a_failure(tmp_path: Path) -> None:
    found = outcome("si_sdr", SILENCE, NOISE, tmp_path)
    assert "the estimate is silent" in found.failures["c"]
    assert (found.scores, found.undefined) == ({}, {})


def test_a_score_is_that_of_the_output_against_the_reference(tmp_path: Path) -> None:
    noisy = NOISE + 0.1 * np.roll(NOISE, 1)
    assert 10 < outcome("si_sdr", noisy, NOISE, tmp_path).scores["c"].total < 30
    assert "c" in outcome("clipped", NOISE, None, tmp_path).scores
