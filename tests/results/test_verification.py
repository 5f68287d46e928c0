"""Intervals over speakers of the error rates of trials: from which data there are none, and what they promise."""

import numpy as np
import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.verification import (
    EER,
    MIN_DCF,
    RankedTrials,
    equal_error,
    equal_error_rate,
    min_detection_cost,
)
from audiotok.results.verification import compared, ratio_interval, verified


def corpus(
    speakers: int, trials: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str]]]:
    """Cosines of clips that lie around their speakers' vectors, of some further than of others."""
    vectors = random.normal(size=(speakers, 16))
    spread = 0.55 * np.exp(random.normal(0, 0.3, speakers))

    def cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        first, second = (vectors[of] + spread[of][:, None] * random.normal(size=(len(of), 16)) for of in (one, other))
        return (first * second).sum(1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)

    one = np.repeat(np.arange(speakers), trials // speakers)
    other = (one + random.integers(1, speakers, len(one))) % speakers
    scores = np.concatenate([cosine(one, one), cosine(one, other)])
    same = np.arange(len(scores)) < len(one)
    named = [(str(a), str(b)) for a, b in zip(np.tile(one, 2), np.concatenate([one, other]), strict=True)]
    return scores, same, named


def test_an_interval_needs_five_speakers_and_goes_by_them() -> None:
    scores, same, speakers = corpus(8, 400, np.random.default_rng(0))
    found = verified([scores], same, speakers)
    assert found[EER].value == equal_error_rate(scores, same)
    assert found[MIN_DCF].value == min_detection_cost(scores, same)
    low, high = found[EER].interval or (1.0, 0.0)
    assert low < found[EER].value < high
    assert verified([scores], same, speakers) == found  # drawn by a fixed seed
    few = [(str(int(a) % 4), str(int(b) % 4)) for a, b in speakers]
    assert verified([scores], same, few)[EER].interval is None


def test_of_several_seeds_the_mean_counts() -> None:
    first, same, speakers = corpus(8, 400, np.random.default_rng(0))
    second = np.where(same, 1.0, 0.0)
    assert verified([first, second], same, speakers)[EER].value == equal_error_rate(first, same) / 2


def test_trials_without_an_error_have_no_interval() -> None:
    _, same, speakers = corpus(8, 400, np.random.default_rng(0))
    found = verified([np.where(same, 1.0, 0.0)], same, speakers)[EER]
    assert (found.value, found.interval) == (0.0, None)


def systems(
    speakers: int, trials: int, random: np.random.Generator, further: float = 1.0
) -> tuple[list[np.ndarray], np.ndarray, list[tuple[str, str]]]:
    """Scores of two systems that share most of what makes a clip hard, whose second is `further` times as far off."""
    one = np.repeat(np.arange(speakers), trials // speakers)
    other = (one + random.integers(1, speakers, len(one))) % speakers
    first, second = np.concatenate([one, one]), np.concatenate([one, other])
    vectors = random.normal(size=(speakers, 16))
    heard = [(of, random.normal(size=(len(of), 16))) for of in (first, second)]
    scores = []
    for spread in (0.55, 0.55 * further):
        own = vectors + 0.5 * random.normal(size=vectors.shape)  # who is hard to tell differs between systems
        clips = [own[of] + spread * (noise + random.normal(size=noise.shape)) for of, noise in heard]
        a, b = (clip / np.linalg.norm(clip, axis=1, keepdims=True) for clip in clips)
        scores.append((a * b).sum(1))
    return scores, np.arange(len(first)) < len(one), [(str(i), str(j)) for i, j in zip(first, second, strict=True)]


def test_two_systems_are_compared_on_the_same_draws_of_speakers() -> None:
    (a, b), same, speakers = systems(20, 600, np.random.default_rng(0), further=1.5)
    found = compared([a], [b], same, speakers)[EER]
    assert (found.a, found.b) == (100 * equal_error_rate(a, same), 100 * equal_error_rate(b, same))
    low, high = found.low or 0.0, found.high or 0.0
    assert low < found.difference < high < 0
    assert (found.p < 0.05, found.improvement > 0, found.n) == (True, True, 1200)
    assert found.uncertainty == "1000 resamples of 20 speakers"
    turned = compared([b], [a], same, speakers)[EER]
    assert (turned.low, turned.high, turned.p) == (pytest.approx(-high), pytest.approx(-low), pytest.approx(found.p))
    # Apart, their intervals overlap by far more: what is hard for both is in each of them.
    ends = [verified([scores], same, speakers)[EER].interval or (0.0, 1.0) for scores in (a, b)]
    assert high - low < 100 * sum(high - low for low, high in ends)


def test_a_system_is_not_separated_from_itself() -> None:
    (a, _), same, speakers = systems(8, 80, np.random.default_rng(0))
    for metric, found in compared([a], [a], same, speakers).items():
        assert (found.difference, found.low, found.high, found.p) == (0, None, None, 1), metric.name


def test_four_speakers_or_trials_of_one_kind_tell_no_two_systems_apart() -> None:
    (a, b), same, speakers = systems(8, 80, np.random.default_rng(0))
    few = [(str(int(one) % 4), str(int(other) % 4)) for one, other in speakers]
    with pytest.raises(MetricUndefined, match="trials of 4 speakers"):
        compared([a], [b], same, few)
    with pytest.raises(MetricUndefined, match="both kinds"):
        compared([a], [b], np.ones_like(same), speakers)


def test_equal_systems_are_rarely_called_different() -> None:
    random, repeats = np.random.default_rng(0), 60
    held = {EER: 0, MIN_DCF: 0}
    for _ in range(repeats):
        (a, b), same, speakers = systems(12, 240, random)
        for metric, found in compared([a], [b], same, speakers, draws=60).items():
            held[metric] += (found.low or 0.0) <= 0 <= (found.high or 0.0)
    assert all(0.9 <= number / repeats <= 1 for number in held.values()), held


@pytest.mark.slow
def test_an_interval_over_speakers_holds_the_true_value_and_one_over_trials_does_not() -> None:
    random = np.random.default_rng(1)
    scores, same, _ = corpus(4000, 200_000, random)
    true = equal_error_rate(scores, same)
    by_speaker, by_trial, repeats = 0, 0, 100
    for _ in range(repeats):
        scores, same, speakers = corpus(40, 4000, random)
        low, high = verified([scores], same, speakers, draws=200)[EER].interval or (1.0, 0.0)
        by_speaker += low <= true <= high
        ranked, even = RankedTrials.of(scores, same), np.full(len(scores), 1 / len(scores))
        drawn = [equal_error(*ranked.errors(random.multinomial(len(scores), even).astype(float))) for _ in range(50)]
        low, high = np.quantile(drawn, [0.025, 0.975])
        by_trial += low <= true <= high
    assert by_speaker / repeats >= 0.9
    assert by_trial / repeats < 0.5


def test_an_interval_of_items_with_two_speakers_holds_the_true_value() -> None:
    random, repeats, held = np.random.default_rng(0), 100, 0
    for _ in range(repeats):
        effects = random.normal(size=20)
        first = random.integers(20, size=150)
        second = (first + random.integers(1, 20, len(first))) % 20
        totals = effects[first] + effects[second] + random.normal(size=len(first))
        pairs = [(str(one), str(other)) for one, other in zip(first, second, strict=True)]
        low, high = ratio_interval(totals, np.ones(len(first)), pairs, draws=200) or (0.0, 0.0)
        held += low <= 0 <= high
    assert held >= 90  # an interval over the items themselves: about 50


def test_items_of_four_speakers_or_of_one_value_have_no_interval() -> None:
    pairs = [(str(n % 4), str((n + 1) % 4)) for n in range(20)]
    assert ratio_interval(np.arange(20.0), np.ones(20), pairs) is None
    pairs = [(str(n % 6), str((n + 1) % 6)) for n in range(20)]
    assert ratio_interval(np.ones(20), np.ones(20), pairs) is None
