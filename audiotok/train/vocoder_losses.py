"""Losses of a vocoder.

Conventions: waveforms [B, T] at 16 kHz; a discriminator's judgement is a list of its layers' outputs, the last of them
the scores (above 0: real); every value is a mean, so that it depends neither on the batch nor on how many
discriminators there are; lower is better.

Sources: mel and complex spectra as in Vocos (Siuzdak 2024) and EnCodec (Défossez et al. 2022); hinge loss as Vocos has
it; feature matching from MelGAN (Kumar et al. 2019).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

from audiotok.models.mel import SAMPLE_RATE

MEL_SCALES = ((256, 32), (512, 64), (1024, 100), (2048, 128))  # window, bands; hop a quarter
COMPLEX_WINDOWS = (320, 1024)
FLOOR = 1e-3  # of a magnitude, as log-mel frames have it
Judgement = list[Tensor]


def mel(reference: Tensor, estimate: Tensor) -> Tensor:
    """Mean |ln M(reference) - ln M(estimate)| over the scales, M the mel-weighted magnitudes. A gain of e is 1."""
    values = []
    for window, bands in MEL_SCALES:
        bank = _bank(window, bands, reference.device).T
        x, y = ((bank @ _magnitude(_stft(wave, window))).clamp(min=FLOOR).log() for wave in (reference, estimate))
        values.append((x - y).abs().mean())
    return torch.stack(values).mean()


def complex_stft(reference: Tensor, estimate: Tensor) -> Tensor:
    """Mean |X' - Y'| over mean |X'|, mean over the windows; X' is the spectrum X with the roots of its magnitudes.

    0 for the same waveform, 1 for silence, 2 for the opposite one.
    """
    values = []
    for window in COMPLEX_WINDOWS:
        (a, b), (c, d) = _compressed(_stft(reference, window)), _compressed(_stft(estimate, window))
        values.append(_length(a - c, b - d).mean() / _length(a, b).mean().clamp(min=FLOOR))
    return torch.stack(values).mean()


def magnitude(reference: Tensor, spectrum: Tensor) -> Tensor:
    """Distance of the spectra |X|, |Y| that frames are computed from, before any phase: mean |√|X| - √|Y|| over mean
    √|X|, plus mean |ln |X| - ln |Y|| / 4, the louder's peaks and the quieter's valleys. [B, 513, F] each; 0 if equal.
    """
    x, y = reference.clamp(min=FLOOR), spectrum.clamp(min=FLOOR)
    root = (x.sqrt() - y.sqrt()).abs().mean() / x.sqrt().mean()
    return root + (x.log() - y.log()).abs().mean() / 4


def deceived(fake: Sequence[Judgement]) -> Tensor:
    """For the vocoder: mean max(0, 1 - score), 0 where every discriminator is certain that the fake is real."""
    return torch.stack([torch.relu(1 - judgement[-1]).mean() for judgement in fake]).mean()


def told_apart(real: Sequence[Judgement], fake: Sequence[Judgement]) -> Tensor:
    """For the discriminators: mean max(0, 1 - real score) + max(0, 1 + fake score); 2 where they say 0 to all."""
    refuted = torch.stack([torch.relu(1 + judgement[-1]).mean() for judgement in fake]).mean()
    return deceived(real) + refuted


def feature_matching(real: Sequence[Judgement], fake: Sequence[Judgement]) -> Tensor:
    """Mean over all layers but the scores of the mean |real - fake|."""
    values = []
    for of_real, of_fake in zip(real, fake, strict=True):
        layers = zip(of_real[:-1], of_fake[:-1], strict=True)
        values += [(a.detach() - b).abs().mean() for a, b in layers]
    return torch.stack(values).mean()


def _stft(waveform: Tensor, window: int) -> Tensor:
    shape = torch.hann_window(window, device=waveform.device)
    return torch.stft(waveform, window, window // 4, window, shape, pad_mode="constant", return_complex=True)


def _magnitude(spectrum: Tensor) -> Tensor:
    return _length(spectrum.real, spectrum.imag)


def _compressed(spectrum: Tensor) -> tuple[Tensor, Tensor]:
    """Real and imaginary parts over the root of the magnitude, floored."""
    root = (_power(spectrum.real, spectrum.imag) + FLOOR**2).sqrt().rsqrt()
    return spectrum.real * root, spectrum.imag * root


def _power(real: Tensor, imaginary: Tensor) -> Tensor:
    return real * real + imaginary * imaginary


def _length(real: Tensor, imaginary: Tensor) -> Tensor:
    # A root has no slope at 0, where a fresh network may be.
    return (_power(real, imaginary) + 1e-9).sqrt()


@functools.lru_cache(maxsize=16)
def _bank(window: int, bands: int, device: torch.device) -> Tensor:
    """[window / 2 + 1, bands]"""
    import torchaudio.functional

    bank = torchaudio.functional.melscale_fbanks(window // 2 + 1, 0.0, SAMPLE_RATE / 2, bands, SAMPLE_RATE)
    return bank.to(device)
