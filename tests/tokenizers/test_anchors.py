import numpy as np
import pytest
import torch

from audiotok import Audio
from audiotok.errors import InvalidAudio, InvalidOption
from audiotok.registry import load_system

RATE = 16000


def tone(hertz: float, samples: int = 2 * RATE) -> Audio:
    return Audio.from_array(0.3 * torch.sin(2 * torch.pi * hertz * torch.arange(samples) / RATE), RATE)


def vowel() -> Audio:
    t = torch.arange(2 * RATE) / RATE
    phase = 2 * torch.pi * (130 * t + 8 * torch.sin(2 * torch.pi * t))
    return Audio.from_array(sum(torch.sin(k * phase) / k for k in range(1, 20)) * 0.1, RATE)


def test_the_reference_is_the_clip() -> None:
    audio = vowel()
    processed, bits = load_system("reference").process(audio)
    assert torch.equal(processed.waveform, audio.waveform)
    assert bits is None


@pytest.mark.parametrize(("hertz", "gain_db"), [(100, 0), (1000, 0), (3400, 0), (4000, -60), (6000, -60)])
def test_the_low_pass_keeps_lows_in_place_and_takes_highs(hertz: float, gain_db: float) -> None:
    audio = tone(hertz)
    processed, _ = load_system("lowpass").process(audio)
    middle = slice(RATE // 2, -RATE // 2)
    before, after = audio.waveform[0, 0, middle], processed.waveform[0, 0, middle]
    if gain_db == 0:
        assert (after - before).abs().max() < 0.3 * 0.01  # 0.1 dB, what BS.1534 allows
    else:
        assert 20 * torch.log10(after.norm() / before.norm()) < -58


def test_a_low_pass_above_what_the_rate_holds_is_refused() -> None:
    with pytest.raises(InvalidAudio, match="needs more than 8000 Hz"):
        load_system("lowpass").process(vowel().resample(8000))
    with pytest.raises(InvalidOption, match="at least 20 Hz"):
        load_system("lowpass:cutoff=0")


@pytest.mark.parametrize("kbps", [6, 12, 24])
def test_opus_keeps_length_and_place_at_about_its_bitrate(kbps: int) -> None:
    audio = vowel()
    processed, bits = load_system(f"opus:kbps={kbps}").process(audio)
    assert processed.lengths.tolist() == audio.lengths.tolist()
    before, after = audio.numpy()[0], processed.numpy()[0]
    inner = before[1000:-1000]
    lags = range(-400, 401)
    match = [float(np.dot(inner, after[1000 + lag : len(after) - 1000 + lag])) for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= 2  # samples; the narrow-band filters of 6 kbit/s shift by two
    assert bits is not None
    assert 0.5 * kbps < float(bits[0]) / audio.seconds / 1000 < 1.4 * kbps


@pytest.mark.parametrize("samples", [1, 100, 319, 961])
def test_opus_takes_short_clips(samples: int) -> None:
    processed, bits = load_system("opus").process(tone(300, samples))
    assert processed.lengths.tolist() == [samples]
    assert float(bits[0]) > 0


def test_opus_refuses_stereo() -> None:
    with pytest.raises(InvalidAudio, match="mono"):
        load_system("opus").process(Audio.from_array(torch.zeros(2, 100), RATE))


@pytest.mark.parametrize("name", ["reference", "lowpass", "opus"])
def test_a_clip_in_a_batch_is_processed_as_alone(name: str) -> None:
    clips = [vowel().waveform[0, :, :5000], tone(500, 3000).waveform[0]]
    anchor = load_system(name)
    batch, _ = anchor.process(Audio.from_clips(clips, RATE))
    alone, _ = anchor.process(Audio.from_clips(clips[1:], RATE))
    assert torch.equal(batch[1].waveform, alone.waveform)
