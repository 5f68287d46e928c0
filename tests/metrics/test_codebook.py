"""Histograms whose entropy and cost are known."""

import math
import tracemalloc

import numpy as np
import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens, MetricUndefined
from audiotok.metrics import codebook
from audiotok.metrics.codebook import METRICS, codebook_use, empirical_bitrate, normalised_entropy, per_codebook


def _tokens(*codebooks: list[int] | np.ndarray, size: int = 4, **options) -> Tokens:  # type: ignore[no-untyped-def]
    codes = torch.tensor(np.array(codebooks), dtype=torch.int64)[None]
    spec = {name: options.pop(name) for name in ("strides", "global_sizes", "max_duration") if name in options}
    made = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(size,) * codes.shape[1], **spec)
    return Tokens(codes, torch.tensor([codes.shape[2]]), made, **options)


def test_an_even_histogram_has_all_the_entropy() -> None:
    assert normalised_entropy(np.tile(np.arange(8), 10), 8) == pytest.approx(1)
    assert codebook_use(np.tile(np.arange(8), 10), 8) == 1


def test_a_constant_code_has_none() -> None:
    assert normalised_entropy(np.zeros(80, np.int64), 8) == 0
    assert codebook_use(np.zeros(80, np.int64), 8) == 1 / 8


def test_entropy_is_over_the_size_of_the_codebook_not_the_entries_used() -> None:
    two_of_sixteen = np.tile([3, 12], 80)
    assert normalised_entropy(two_of_sixteen, 16) == pytest.approx(1 / 4)  # 1 bit of 4
    assert codebook_use(two_of_sixteen, 16) == 2 / 16


def test_entropy_agrees_with_scipy() -> None:
    from scipy.stats import entropy

    codes = np.random.default_rng(0).integers(0, 8, 80) // 2
    assert normalised_entropy(codes, 8) == pytest.approx(entropy(np.bincount(codes, minlength=8), base=2) / 3)


def test_the_number_of_codes_is_fixed_so_more_audio_does_not_raise_the_use() -> None:
    rng = np.random.default_rng(0)
    rare = np.where(rng.random(100_000) < 1e-3, rng.integers(1, 64, 100_000), 0)
    assert codebook_use(rare, 64) < 0.2
    assert len(np.unique(rare)) > 40


def test_codes_that_repeat_themselves_are_not_sampled_in_step() -> None:
    assert codebook_use(np.tile(np.arange(4), 20), 4) == 1


@pytest.mark.parametrize("score", [codebook_use, normalised_entropy])
def test_fewer_than_ten_codes_an_entry_are_too_few(score) -> None:  # type: ignore[no-untyped-def]
    score(np.zeros(10240, np.int64), 1024)
    with pytest.raises(MetricUndefined, match="at least 10240"):
        score(np.zeros(10239, np.int64), 1024)


def test_a_codebook_of_one_entry_has_no_normalised_entropy() -> None:
    with pytest.raises(MetricUndefined, match="one entry"):
        normalised_entropy(np.zeros(100, np.int64), 1)


def test_the_value_of_a_tokenizer_is_the_mean_over_its_codebooks() -> None:
    even, constant = np.tile(np.arange(4), 10), np.zeros(40)
    clips = [_tokens(even[:10], constant[:10]), _tokens(even[10:], constant[10:])]
    assert per_codebook(codebook_use, clips) == [1, 1 / 4]
    values = {metric.name: metric.score(clips, [1.0, 1.0]) for metric in METRICS}
    assert values["codebook_use"] == pytest.approx(5 / 8)
    assert values["entropy"] == pytest.approx(1 / 2)


def test_a_held_code_counts_once() -> None:
    held = np.repeat(np.tile(np.arange(4), 10), 2)  # 40 codes, two frames each
    fine = np.zeros(80)
    clip = _tokens(held, fine, strides=(2, 1))
    assert per_codebook(normalised_entropy, [clip]) == [pytest.approx(1), 0]
    with pytest.raises(MetricUndefined, match="39 codes"):
        per_codebook(codebook_use, [_tokens(held[:78], fine[:78], strides=(2, 1))])


def test_empirical_bitrate_by_hand() -> None:
    # Each half is coded with the other: 8 zeros against 8 zeros, T = 1, K = 4: (8 + 1/4) / 9 a code.
    clips = [_tokens([0] * 8), _tokens([0] * 8)]
    assert empirical_bitrate(clips, [2.0, 2.0]) == pytest.approx(16 * -math.log2(8.25 / 9) / 4)


def test_an_unseen_code_costs_finitely_many_bits() -> None:
    # Ones against a histogram of zeros: T / K / (N + T) = 1/36, and the other way round.
    clips = [_tokens([0] * 8), _tokens([1] * 8)]
    assert empirical_bitrate(clips, [1.0, 1.0]) == pytest.approx(16 * math.log2(36) / 2)


def test_a_codebook_of_any_size_is_counted_in_little_memory() -> None:
    """The histogram of 2^31 entries took 34 GB."""
    clips = [_tokens([0] * 8, size=2**31), _tokens([2**31 - 1] * 8, size=2**31)]
    tracemalloc.start()
    bits = empirical_bitrate(clips, [1.0, 1.0])
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    assert bits == pytest.approx(16 * math.log2(9 * 2**31) / 2)  # T / K / (N + T)


def test_a_large_codebook_costs_the_same_counted_by_its_entries_or_by_those_that_occur(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    clips = [_tokens(rng.integers(0, 300, 500), size=1024) for _ in range(4)]
    dense = empirical_bitrate(clips, [1.0] * 4)
    monkeypatch.setattr(codebook, "MOST_ENTRIES", 512)
    assert empirical_bitrate(clips, [1.0] * 4) == pytest.approx(dense, rel=1e-12)


def test_even_codes_cost_the_nominal_bitrate_and_skewed_ones_their_entropy() -> None:
    rng = np.random.default_rng(0)
    even = [_tokens(rng.integers(0, 16, 5000), size=16) for _ in range(4)]
    assert empirical_bitrate(even, [100.0] * 4) == pytest.approx(even[0].spec.bitrate, rel=2e-3)
    shares = [0.5, 0.25, 0.125, 0.125]  # 1.75 bits
    skewed = [_tokens(rng.choice(4, 5000, p=shares), size=65536) for _ in range(4)]
    assert empirical_bitrate(skewed, [100.0] * 4) == pytest.approx(1.75 * 50, rel=1e-2)


def test_the_order_of_frames_does_not_matter_and_padding_costs_nothing() -> None:
    rng = np.random.default_rng(0)
    clips = [_tokens(rng.integers(0, 4, length)) for length in (50, 80)]
    bits = empirical_bitrate(clips, [1.0, 1.6])
    assert empirical_bitrate([_tokens(np.sort(clip.codes[0, 0])) for clip in clips], [1.0, 1.6]) == pytest.approx(bits)
    assert empirical_bitrate([Tokens.collate(clips)], [1.0, 1.6]) == pytest.approx(bits)


def test_global_codes_and_durations_are_paid_for() -> None:
    plain = [_tokens([0, 1, 2, 3]) for _ in range(2)]
    sent = [
        _tokens(
            [0, 1, 2, 3],
            global_sizes=(16,),
            global_codes=torch.tensor([[code]]),
            max_duration=8,
            durations=torch.tensor([[1, 2, 3, code]]),
        )
        for code in (7, 8)
    ]
    assert empirical_bitrate(sent, [1.0, 1.0]) > empirical_bitrate(plain, [1.0, 1.0])


def test_one_clip_cannot_be_held_out() -> None:
    with pytest.raises(MetricUndefined, match="two clips"):
        empirical_bitrate([_tokens([0] * 8)], [1.0])


def test_codes_of_two_tokenizers_are_no_set() -> None:
    with pytest.raises(InvalidTokens, match="one tokenizer"):
        per_codebook(codebook_use, [_tokens([0] * 40), _tokens([0] * 40, size=2)])


def test_a_codebook_of_two_entries_has_an_entropy() -> None:
    assert normalised_entropy(np.tile([0, 1], 10), 2) == pytest.approx(1)


def test_each_clip_needs_its_duration() -> None:
    with pytest.raises(MetricUndefined, match="each with its duration"):
        empirical_bitrate([_tokens([0] * 8), _tokens([0] * 8)], [1.0])
