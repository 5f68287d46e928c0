"""Pairs decided without tokens: what the halves have in common, and nothing else, decides."""

import numpy as np
import pytest

from audiotok.tasks.lm_pairs.scoring import Pair
from benchmarks.pair_cues import CUES, amplitudes, decided

RNG = np.random.default_rng(0)
LOUD, QUIET = 0.3 * RNG.standard_normal(8000), 0.003 * RNG.standard_normal(8000)
PAIRS = [Pair("0a", "0", "0a-positive", "0a-negative"), Pair("0b", "0", "0b-positive", "0b-negative")]


@pytest.mark.parametrize("cue", CUES)
def test_every_cue_hears_that_a_loud_half_is_not_followed_by_a_quiet_one(cue: str) -> None:
    halves = {"0a-positive": (LOUD, LOUD[::-1]), "0a-negative": (LOUD, QUIET)}
    halves |= {"0b-positive": (QUIET, QUIET[::-1]), "0b-negative": (QUIET, LOUD)}
    cues = {clip: (CUES[cue](a), CUES[cue](b)) for clip, (a, b) in halves.items()}
    assert decided(PAIRS, cues).tolist() == [1.0]
    wrong = {clip: cues[clip[:3] + {"positive": "negative", "negative": "positive"}[clip[3:]]] for clip in cues}
    assert decided(PAIRS, wrong).tolist() == [0.0]


def test_halves_that_are_equally_alike_on_both_sides_are_a_tie() -> None:
    same = (amplitudes(LOUD), amplitudes(QUIET))
    assert decided(PAIRS, dict.fromkeys(("0a-positive", "0a-negative", "0b-positive", "0b-negative"), same)) == [0.5]


def test_amplitudes_know_no_order() -> None:
    assert np.array_equal(amplitudes(LOUD), amplitudes(RNG.permutation(LOUD)))
