"""The vocoder: shapes, the way back from a spectrum, files, and that it can learn."""

import math

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.models.mel import BANDS, FLOOR, griffin_lim, istft, log_mel, stft
from audiotok.models.vocoder import Vocoder, VocoderConfig
from audiotok.train import vocoder_losses as losses


@pytest.fixture
def vocoder() -> Vocoder:
    torch.manual_seed(0)
    return Vocoder(VocoderConfig(channels=16, blocks=1)).eval()


@pytest.mark.parametrize("frames", [1, 2, 37])
@pytest.mark.parametrize("iterations", [0, 2])
def test_a_frame_becomes_160_samples(frames, iterations):
    vocoder = Vocoder(VocoderConfig(channels=8, blocks=1, iterations=iterations)).requires_grad_(False)
    assert vocoder(torch.zeros(3, frames, BANDS)).shape == (3, 160 * frames)
    assert vocoder.decode(torch.zeros(frames, BANDS)).shape == (160 * frames,)


def test_a_clip_in_a_batch_is_the_clip_alone(vocoder, vowel):
    frames = log_mel(torch.stack([vowel[:8000], vowel[8000:16000]]))
    together = vocoder(frames)
    assert torch.allclose(together[1], vocoder(frames[1:])[0], atol=1e-5)
    assert torch.allclose(together[1], vocoder.decode(frames[1]), atol=1e-5)


def test_the_spectrum_of_a_sine_is_its_sine_again():
    # Bin 32 of 1024 at 16 kHz is 500 Hz: five periods a hop, so that every frame has the same phase.
    seconds = torch.arange(16000) / 16000
    sine = torch.cos(2 * math.pi * 500 * seconds + 0.7)
    spectrum = stft(sine[None])
    assert spectrum.shape == (1, 513, 101)
    inside = spectrum[0, 32, 5:-5]
    assert torch.allclose(inside.abs(), torch.tensor(160.0), rtol=1e-3)  # half the sum of the window
    assert torch.allclose(inside.angle(), torch.tensor(0.7), atol=1e-3)  # 512 samples are 16 whole periods
    assert torch.allclose(istft(spectrum, 16000)[0], sine, atol=1e-5)


def test_phases_are_those_of_the_middle_of_the_window(vocoder):
    frames = torch.zeros(1, 20, BANDS)
    for parameter in vocoder.network[-1].parameters():
        parameter.data.zero_()
    # Phase 0 at every bin is a pulse in the middle of each frame, on every 160th sample.
    waveform = vocoder(frames)[0].reshape(20, 160)
    assert bool((waveform[1:].abs().argmax(1) == 0).all())


def test_it_starts_with_the_magnitudes_that_the_bands_allow(vocoder, vowel):
    frames = log_mel(vowel)
    vocoder.start(frames)
    assert torch.allclose(vocoder.mean, frames.mean(0))
    magnitude, _ = vocoder.requires_grad_(False).spectrum(frames[None])
    from audiotok.models.mel import filters

    bands = (filters(frames.device).T @ magnitude[0]).T[: len(frames)]
    assert float((bands - frames.exp()).abs().sum() / frames.exp().sum()) < 0.05


def test_silence_decodes_to_silence(vocoder):
    assert float(vocoder.decode(torch.full((10, BANDS), FLOOR)).detach().abs().max()) == 0


def test_griffin_lim_starts_from_a_given_phase(vowel):
    frames = log_mel(vowel)
    known = griffin_lim(frames, 2, stft(vowel[None]).angle())
    guessed = griffin_lim(frames, 2)
    error = [float((wave - vowel).square().sum() / vowel.square().sum()) for wave in (known, guessed)]
    assert error[0] < 0.05
    assert error[1] > 0.5


def test_iterations_start_from_the_network_s_phase(vowel):
    vocoder = Vocoder(VocoderConfig(channels=8, blocks=1, iterations=3)).requires_grad_(False)
    frames = log_mel(vowel)
    _, phase = vocoder.spectrum(frames[None])
    assert torch.equal(vocoder.decode(frames), griffin_lim(frames, 3, phase))


def test_a_few_steps_lower_the_loss(vocoder, vowel):
    wave = vowel.reshape(4, 8000)
    frames = log_mel(wave)
    vocoder.start(frames.flatten(0, 1))
    optimizer = torch.optim.Adam(vocoder.parameters(), 2e-3)
    values = []
    for _ in range(25):
        estimate = vocoder(frames)
        loss = losses.mel(wave, estimate) + losses.complex_stft(wave, estimate)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values.append(float(loss.detach()))
    assert values[-1] < 0.85 * values[0]


def test_a_saved_vocoder_makes_the_same_audio(vocoder, vowel, tmp_path):
    path = tmp_path / "vocoder.safetensors"
    frames = log_mel(vowel)
    vocoder.half().float().requires_grad_(False)  # what the file keeps
    vocoder.save(path, {"data": "vowel"})
    loaded, metadata = Vocoder.load(path)
    assert metadata["data"] == "vowel"
    assert loaded.config == vocoder.config
    assert torch.equal(loaded.decode(frames), vocoder.decode(frames))


def test_a_cut_file_is_refused(vocoder, tmp_path):
    path = tmp_path / "vocoder.safetensors"
    vocoder.save(path, {})
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InvalidData, match="cut in the middle"):
        Vocoder.load(path)


def test_a_codec_s_file_is_refused(config, tmp_path):
    from audiotok.models.mel_codec import MelCodec

    MelCodec(config).save(tmp_path / "codec.safetensors", {})
    with pytest.raises(InvalidData, match=r"audiotok\.vocoder"):
        Vocoder.load(tmp_path / "codec.safetensors")
