"""What two machines may count differently: wide enough for honest rows, too narrow for three points of errors."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from audiotok.leaderboard.submission.compare import COUNTS_APART, compare
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Result, ScoredClip

ROWS = Path(__file__).parents[3] / "leaderboard" / "submissions"
#: row -> metric -> [errors on one processor, on another, weight] of each clip whose weight was the same.
TWO_PROCESSORS = json.loads((Path(__file__).parent / "two_processors.json").read_text(encoding="utf-8"))


def differs(metric: str, claimed: np.ndarray, measured: np.ndarray, weights: np.ndarray) -> str:
    """What `compare` finds between counts of clips, [N] each."""
    clips = [f"clip{number}" for number in range(len(weights))]
    scores = tuple(ScoredClip(c, float(n), float(w)) for c, n, w in zip(clips, claimed, weights, strict=True))
    kept: dict[str, object] = {c: [float(n), float(w)] for c, n, w in zip(clips, measured, weights, strict=True)}
    [declared] = catalogue.of_signals([metric])
    return compare(declared, replace(ROW, metric=metric, scores=scores, failures={}), clips, kept, {}).difference


ROW: Result = next(
    result for result in record.read(ROWS / "codec2-mode-700" / "results.jsonl") if result.metric == "wer"
)


def test_few_honest_draws_of_clips_on_another_processor_are_refused() -> None:
    draw = np.random.default_rng(0)
    refused = []
    for metrics in TWO_PROCESSORS.values():
        for metric, clips in metrics.items():
            for _ in range(20):
                chosen = np.array(clips)[draw.choice(len(clips), VERIFIED_CLIPS, replace=False)]
                refused.append(bool(differs(metric, *chosen.T)))
    assert len(refused) > 900
    assert np.mean(refused) < 0.025


def test_three_points_of_errors_over_twelve_clips_are_refused() -> None:
    weights = np.full(12, 60)  # characters
    claimed, measured = 0.207 * weights, 0.240 * weights
    assert differs("cer", claimed, measured, weights)
    assert 5 * np.sqrt(12) + 0.05 * measured.sum() > (measured - claimed).sum()  # what 5 would let through
    assert COUNTS_APART < 5


def test_what_one_row_of_ours_showed_on_another_machine_passes() -> None:
    """6 characters in 4 clips."""
    weights = np.full(4, 60)
    assert not differs("cer", np.array([4, 3, 2, 1]), np.array([6, 5, 3, 2]), weights)
    assert differs("cer", np.array([4, 3, 2, 1]), np.array([8, 7, 3, 2]), weights)
