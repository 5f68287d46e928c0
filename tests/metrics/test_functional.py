"""Every metric of a pair of signals is a function, typed and documented from its declaration."""

import doctest
import inspect
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from audiotok import Audio, metrics
from audiotok.errors import InvalidAudio, InvalidOption, MetricUndefined
from audiotok.metrics import functional
from audiotok.metrics.footing import ONE_RATE
from audiotok.metrics.stoi import stoi

RATE = 16000


@pytest.fixture
def noisy(vowel):
    return vowel + 0.01 * np.random.default_rng(0).standard_normal(len(vowel)).astype(np.float32)


def test_the_examples_give_what_they_show() -> None:
    assert doctest.testmod(functional).failed == 0


def test_a_function_gives_the_metric_that_it_is_called_like(vowel, noisy) -> None:
    assert functional.estoi(vowel, noisy, RATE) == metrics.score("estoi", vowel, noisy, RATE)
    assert functional.stoi(vowel, noisy, sample_rate=RATE) == stoi(vowel.numpy(), noisy.numpy(), RATE)
    assert functional.mel_distance(vowel, noisy, RATE, domain="music") != functional.mel_distance(vowel, noisy, RATE)


def test_what_needs_no_reference_takes_none(vowel) -> None:
    assert functional.clipped(vowel, RATE) == 0
    assert functional.clipped(16 * vowel, RATE) > 10
    with pytest.raises(TypeError):
        functional.clipped(vowel, vowel, RATE)


def test_audio_gives_a_value_for_each_clip_as_if_it_were_alone(vowel, noisy) -> None:
    reference = Audio.from_clips([vowel[None], vowel[None, :20000]], RATE)
    decoded = Audio.from_clips([noisy[None], noisy[None, :20000]], RATE)
    alone = [functional.si_sdr(vowel, noisy, RATE), functional.si_sdr(vowel[:20000], noisy[:20000], RATE)]
    assert functional.si_sdr(reference, decoded) == alone


def test_an_array_of_several_clips_is_refused_instead_of_scored_by_its_first(vowel, noisy) -> None:
    reference, decoded = vowel.expand(2, 1, -1), torch.stack([vowel, noisy])[:, None]
    with pytest.raises(InvalidAudio, match=r"one clip.*got 2 clips \[2, 1, \d+\];.*Audio.from_array"):
        functional.si_sdr(reference, decoded, RATE)
    as_audio = (Audio.from_array(batch, RATE) for batch in (reference, decoded))
    assert functional.si_sdr(*as_audio) == [functional.si_sdr(vowel, own, RATE) for own in (vowel, noisy)]
    assert functional.si_sdr(reference[:1], decoded[1:], RATE) == functional.si_sdr(vowel, noisy, RATE)


def test_an_output_in_opposite_phase_is_scored_as_in_a_run_and_such_a_reference_is_refused(vowel) -> None:
    opposite = torch.stack([vowel, -0.999 * vowel])
    _, averaged, _ = ONE_RATE.pair(Audio.from_array(vowel, RATE), Audio.from_array(opposite, RATE), "speech")
    assert functional.mel_distance(vowel, opposite, RATE) == functional.mel_distance(vowel, averaged, RATE) > 1
    with pytest.raises(InvalidAudio, match="opposite phase"):
        functional.mel_distance(opposite, vowel, RATE)


def test_a_decoder_of_another_rate_is_brought_to_the_references(vowel) -> None:
    audio = Audio.from_array(vowel, RATE)
    assert functional.si_sdr(audio, audio.resample(24000))[0] > 30


def test_the_clip_that_has_no_value_is_named(vowel) -> None:
    audio = Audio.from_clips([vowel[None], 0 * vowel[None]], RATE)
    with pytest.raises(MetricUndefined, match=r"clip 1: .*silent"):
        functional.si_sdr(audio, audio)


def test_a_rate_that_is_missing_or_one_too_many_is_refused(vowel) -> None:
    audio = Audio.from_array(vowel, RATE)
    for wrong in ((vowel, vowel), (audio, vowel, RATE)):
        with pytest.raises(InvalidOption, match="si_sdr takes two arrays and their sample_rate, or two Audio"):
            functional.si_sdr(*wrong)
    with pytest.raises(InvalidOption, match="Audio has its own sample rate, leave out the 8000"):
        functional.si_sdr(audio, audio, 8000)
    with pytest.raises(InvalidAudio, match="as many decoded clips as references, got 1 and 2"):
        functional.si_sdr(Audio.from_clips([vowel[None]] * 2, RATE), audio)


def test_a_function_explains_itself() -> None:
    assert list(inspect.signature(functional.wer).parameters) == [
        "decoded",
        "sample_rate",
        "domain",
        "text",
        "language",
    ]
    assert list(inspect.signature(functional.dwer).parameters)[:2] == ["reference", "decoded"]
    assert functional.pesq_wb.__doc__.startswith("PESQ (wide band) (higher is better).\n")
    assert {"pesq_wb", "visqol", "si_sdr", "distillmos"} <= set(functional.__all__)
    assert "si_sdr_aligned" not in functional.__all__, "one pair has no delay of a tokenizer"


def test_the_page_and_the_types_are_up_to_date() -> None:
    script = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "make_metrics.py"))
    assert script["PAGE"].read_text(encoding="utf-8") == script["page"](), "run python docs/make_metrics.py"
    assert script["STUB"].read_text(encoding="utf-8") == script["stub"](), "run python docs/make_metrics.py"
