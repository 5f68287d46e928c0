"""A decoder that remembers clips scores on these, and not on copies that nobody could know."""

import json
from pathlib import Path

import numpy as np
import pytest

from audiotok.leaderboard.submission.unknown import LEAST_S, LOWER_IS_BETTER, MAX_CUT_S, SPEEDS, WORSE, change

RATE = 16000
#: tokenizer -> "metric domain" -> [claimed of the clips, measured on copies] of each draw, by benchmarks/copies.py.
MEASURED = json.loads((Path(__file__).parents[3] / "benchmarks" / "copies.json").read_text(encoding="utf-8"))


def draw(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("seconds", [0.05, 0.61, 1.0, 10.0])
def test_a_copy_is_cut_and_played_at_another_speed(seconds: float) -> None:
    clip = np.sin(2 * np.pi * 440 * np.arange(round(RATE * seconds)) / RATE).astype(np.float32)
    copy = change(clip, RATE, draw(1))
    shortest = max(min(seconds, LEAST_S), seconds - 2 * MAX_CUT_S) / SPEEDS[1]
    assert shortest - 0.01 <= len(copy) / RATE <= seconds / SPEEDS[0] + 0.01
    assert len(copy) != len(clip)
    assert np.isfinite(copy).all()


def test_the_secret_decides() -> None:
    clip = draw(0).normal(size=RATE).astype(np.float32)
    assert np.array_equal(change(clip, RATE, draw(1)), change(clip, RATE, draw(1)))
    assert len(change(clip, RATE, draw(1))) != len(change(clip, RATE, draw(2)))


@pytest.mark.parametrize("metric", WORSE)
def test_what_copies_may_be_worse_by_is_what_honest_codecs_are_and_not_much_more(metric: str) -> None:
    own, share = WORSE[metric]
    sign = 1 if metric in LOWER_IS_BETTER else -1
    used = [
        sign * (new - old) / (own + share * abs(old))
        for cells in MEASURED.values()
        for name, pairs in cells.items()
        if name.split()[0] == metric
        for old, new in pairs
    ]
    assert len(used) >= 15
    assert 0.2 < max(used) < 0.8
