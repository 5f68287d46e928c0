import pytest
import torch

import audiotok


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_sample_costs_eight_bits(rate: int) -> None:
    tokenizer = audiotok.load(f"mulaw:sample_rate={rate}")
    assert tokenizer.spec.bitrate == 8 * rate
    assert tokenizer.encode(torch.zeros(1, 1, 100), rate).bits().tolist() == [800]


def test_every_sample_comes_back_within_half_a_step() -> None:
    wave = torch.linspace(-1, 1, 10001)
    tokenizer = audiotok.load("mulaw")
    decoded = tokenizer.decode(tokenizer.encode(wave, 16000)).waveform[0, 0]
    # The steps grow with level: half of one is ln(256) / 255 * 256 / 255 at full scale.
    assert (decoded - wave).abs().max() < 0.0219
    assert (decoded - wave).abs()[4990:5011].max() < 2e-4


def test_what_exceeds_full_scale_is_clipped() -> None:
    assert audiotok.load("mulaw").encode(torch.tensor([-3.0, 3.0]), 16000).codes.tolist() == [[[0, 255]]]
