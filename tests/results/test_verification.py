"""Intervals over speakers of the error rates of trials: from which data there are none, and what they promise."""

import numpy as np
import pytest

from audiotok.metrics.verification import (
    EER,
    MIN_DCF,
    RankedTrials,
    equal_error,
    equal_error_rate,
    min_detection_cost,
)
from audiotok.results.verification import verified


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
