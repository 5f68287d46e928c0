"""Write paired.json: comparisons by `audiotok.results.paired`, which the page's script is held against too.

Run by hand after a deliberate change of the test: python tests/leaderboard/page/make_paired.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.leaderboard.page.paired_scores import paired_scores
from audiotok.results.paired import corrected, paired
from audiotok.results.record import Estimate, Result, ScoredClip

GOLDEN = Path(__file__).with_name("paired.json")


def worked_out(case: dict[str, Any]) -> dict[str, Any]:
    """What the page gets of a case, and what `paired` says of it."""
    first, second = ([ScoredClip(**clip) for clip in clips] for clips in case["given"])
    found = paired(first, second, case["direction"], case["scale"])
    (column,), units = paired_scores([{i: _result(case, clips) for i, clips in enumerate((first, second))}])
    if not column or not found:
        raise ValueError(f"{case['name']}: expected a case that can be tested")
    expected = {"low": found.low, "high": found.high, "equal": found.p_equal, "unseen": found.unseen}
    return {"units": units[0], "scores": [column["scores"][0], column["scores"][1]], "expected": expected}


def _result(case: dict[str, Any], scores: list[ScoredClip]) -> Result:
    return Result(
        tokenizer="made-up",
        metric="made_up",
        domain="speech",
        signature="made.v1|metric:made_up.v1",
        estimate=Estimate(0.0, None, None, len(scores)),
        scores=tuple(scores),
        direction=case["direction"],
        scale=case["scale"],
    )


def _cases() -> list[dict[str, Any]]:
    random = np.random.default_rng(3)

    def case(name: str, *sides: Any, direction: str = "higher", scale: float = 1.0, **more: Any) -> dict[str, Any]:
        """more: what clips have beside their totals, a list of each."""
        given = [
            [
                {"clip": f"{i:03}", "weight": 1.0, "total": round(float(total), 4)}
                | {key: values[i] for key, values in more.items()}
                for i, total in enumerate(side)
            ]
            for side in sides
        ]
        return {"name": name, "direction": direction, "scale": scale, "given": given}

    hard = random.normal(0.7, 0.1, 40)
    near = hard + random.normal(0.01, 0.05, 40)
    words = random.integers(0, 20, 40)
    words[3] = 0  # a silent clip has no words to miss
    errors = [random.binomial(words, share) + (words == 0) for share in (0.1, 0.2)]
    skewed = np.exp(random.normal(0, 1.5, 30))
    return [
        case("clips without a language", hard, near),
        case("clips by language", hard, near, language=[("en", "es", "fr", "it")[i % 4] for i in range(40)]),
        case("few clips of some languages", hard, near, language=["en"] * 33 + ["es", "fr", "it"] + ["ru"] * 4),
        case("seven speakers", hard, near, speaker=[f"speaker-{i * i % 7 + i % 3}" for i in range(40)]),
        case("errors per word", *errors, direction="lower", scale=100.0, weight=words.astype(float).tolist()),
        case("skewed differences", 5 + skewed, np.full(30, 5.5), direction="lower"),
        case("far apart", hard, hard - 0.4 + random.normal(0, 0.01, 40)),
        case("200 clips", random.normal(3, 1, 200), random.normal(3.1, 1, 200)),
        case("too few for an interval", hard[:6], near[:6]),
        case("two clips", hard[:2], near[:2]),
        case("one clip", hard[:1], near[:1]),
        case("alike but for a shift", np.full(12, 0.5), np.full(12, 0.25)),
        case("equal", hard, hard),
        case("no better end", hard, near, direction="none"),
    ]


if __name__ == "__main__":
    cases = [case | worked_out(case) for case in _cases()]
    expected = [case["expected"] for case in cases]
    judged = corrected([one["equal"] for one in expected], [one["unseen"] for one in expected])
    lines = [json.dumps(case | {"judged": p}) for case, p in zip(cases, judged, strict=True)]
    GOLDEN.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
