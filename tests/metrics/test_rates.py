"""Rates counted by hand."""

import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import MetricUndefined
from audiotok.metrics.rates import bitrate, token_rate


def _tokens(frames: int, **spec) -> Tokens:  # type: ignore[no-untyped-def]
    made = TokenSpec(**({"sample_rate": 16000, "frame_rate": 50.0, "codebook_sizes": (1024, 256)} | spec))
    codes = torch.zeros(1, made.num_codebooks, frames, dtype=torch.int64)
    return Tokens(
        codes,
        torch.tensor([frames]),
        made,
        durations=torch.ones(1, frames, dtype=torch.int64) if made.max_duration else None,
        global_codes=torch.zeros(1, len(made.global_sizes), dtype=torch.int64) if made.global_sizes else None,
    )


@pytest.mark.parametrize(
    ("tokens", "bits", "codes"),
    [
        (_tokens(100), 100 * (10 + 8), 200),
        (_tokens(9, codebook_sizes=(4096,) * 3, strides=(4, 2, 1)), 12 * (3 + 5 + 9), 3 + 5 + 9),  # cut holds count
        (_tokens(100, codebook_sizes=(1024,), global_sizes=(4096, 4096)), 100 * 10 + 24, 102),
        (_tokens(100, codebook_sizes=(512,), variable_rate=True, max_duration=16), 100 * (9 + 4), 100),
        (_tokens(0), 0, 0),
    ],
)
def test_bits_and_codes_are_counted_over_the_clips_own_seconds(tokens: Tokens, bits: float, codes: int) -> None:
    rate = bitrate(tokens, 2.0)
    assert (rate.total, rate.weight) == (bits, 2.0)
    assert token_rate(tokens, 2.0).value == codes / 2


def test_rates_of_whole_frames_are_the_nominal_ones() -> None:
    tokens = _tokens(500, codebook_sizes=(1024,) * 4, strides=(4, 2, 1, 1), frame_rate=50.0)
    assert bitrate(tokens, 10.0).value == pytest.approx(tokens.spec.bitrate)
    assert token_rate(tokens, 10.0).value == pytest.approx(tokens.spec.token_rate)


def test_padding_in_a_batch_costs_nothing() -> None:
    batch = Tokens.collate([_tokens(10), _tokens(100)])
    assert bitrate(batch[0], 1.0) == bitrate(_tokens(10), 1.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_clip_without_a_duration_has_no_rate(seconds: float) -> None:
    with pytest.raises(MetricUndefined, match="positive duration"):
        bitrate(_tokens(10), seconds)


def test_a_batch_has_no_rate_of_one_clip() -> None:
    with pytest.raises(MetricUndefined, match="one clip"):
        token_rate(Tokens.collate([_tokens(10), _tokens(10)]), 1.0)
