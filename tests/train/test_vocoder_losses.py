"""Losses of the vocoder on values worked out by hand."""

import math

import pytest
import torch

from audiotok.train import vocoder_losses as losses
from audiotok.train.discriminators import PERIODS, WINDOWS, Discriminators


def test_mel_of_a_gain_is_the_gain_in_nepers(vowel):
    loud = 10 * vowel[None]  # far above the floor
    assert float(losses.mel(loud, loud)) == 0
    assert float(losses.mel(loud, 2 * loud)) == pytest.approx(math.log(2), abs=0.02)


def test_mel_does_not_hear_polarity(vowel):
    assert float(losses.mel(vowel[None], -vowel[None])) == pytest.approx(0, abs=1e-5)


def test_complex_stft_is_0_for_the_same_1_for_silence_2_for_the_opposite(vowel):
    wave = vowel[None]
    assert float(losses.complex_stft(wave, wave)) == pytest.approx(0, abs=1e-3)
    assert float(losses.complex_stft(wave, torch.zeros_like(wave))) == pytest.approx(1, abs=1e-4)
    assert float(losses.complex_stft(wave, -wave)) == pytest.approx(2, abs=1e-3)


def test_magnitudes_four_times_too_large_are_1_and_a_quarter_of_ln_4():
    spectrum = torch.full((1, 513, 3), 0.5)
    assert float(losses.magnitude(spectrum, spectrum)) == 0
    assert float(losses.magnitude(spectrum, 4 * spectrum)) == pytest.approx(1 + math.log(4) / 4)


def test_losses_have_a_slope_at_silence(vowel):
    fake = torch.zeros(1, len(vowel), requires_grad=True)
    (losses.mel(vowel[None], fake) + losses.complex_stft(vowel[None], fake)).backward()
    assert bool(torch.isfinite(fake.grad).all())


def judged(*scores: float) -> list[losses.Judgement]:
    return [[torch.full((2, 3), float(score)), torch.full((2, 1, 4), float(score))] for score in scores]


def test_the_hinge_loss_ends_where_all_is_certain():
    assert float(losses.told_apart(judged(1, 3), judged(-1, -2))) == 0
    assert float(losses.told_apart(judged(0), judged(0))) == 2
    assert float(losses.told_apart(judged(-1), judged(1))) == 4
    assert float(losses.deceived(judged(1))) == 0
    assert float(losses.deceived(judged(-1, 0))) == 1.5


def test_feature_matching_leaves_the_scores_out():
    real = [[torch.zeros(2, 3), torch.zeros(2, 1)], [torch.zeros(2, 5), torch.zeros(2, 1)]]
    fake = [[torch.ones(2, 3), torch.full((2, 1), 9.0)], [torch.full((2, 5), -3.0), torch.full((2, 1), 9.0)]]
    assert float(losses.feature_matching(real, fake)) == 2
    assert float(losses.feature_matching(real, real)) == 0


def test_every_judge_gives_layers_and_scores(vowel):
    judgements = Discriminators(2)(vowel[:4001].repeat(3, 1))
    assert len(judgements) == len(PERIODS) + len(WINDOWS)
    for *layers, scores in judgements:
        assert len(layers) == 4
        assert scores.shape[:2] == (3, 1)


def test_a_period_s_judge_sees_every_period_th_sample_apart():
    torch.manual_seed(0)
    judge = Discriminators(2).judges[2]  # period 5
    wave = torch.randn(1, 500)
    other = wave.clone()
    other[0, 3::5] = 0
    changed = (judge(wave)[0] - judge(other)[0]).detach().abs().amax((0, 1, 2))
    assert changed[3] > 0
    assert float(changed[[0, 1, 2, 4]].max()) == 0
