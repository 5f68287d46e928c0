"""Results as a recogniser would give them: words and errors of clips, harder ones and easier ones."""

from collections.abc import Callable

import numpy as np
import pytest

from audiotok.results import signature, statistics
from audiotok.results.record import Estimate, Result, ScoredClip

MakeResult = Callable[..., Result]


@pytest.fixture
def make_wer() -> MakeResult:
    """make_wer("a", 0.1, seed=1): a tokenizer that gets 10% of the words wrong on clips whose words never change."""

    def make(
        tokenizer: str, rate: float, *, seed: int = 0, clips: int = 40, failed: int = 0, **changes: object
    ) -> Result:
        words = np.random.default_rng(1).integers(8, 25, clips)
        errors = np.random.default_rng([2, seed]).binomial(words, rate)
        scores = tuple(
            ScoredClip(f"clip{i:03}", float(errors[i]), float(words[i]), None, "en" if i % 2 else "fr")
            for i in range(clips - failed)
        )
        estimate, uncertainty = statistics.estimate(scores, scale=100)
        values = {
            "tokenizer": tokenizer,
            "metric": "wer",
            "domain": "speech",
            "signature": signature.build("wer.v1", data="mini@sha256:ab12", metric="wer.v1", seed=0),
            "estimate": estimate,
            "uncertainty": uncertainty,
            "scores": scores,
            "failures": {f"clip{clips - 1 - i:03}": "the decoder raised" for i in range(failed)},
            "title": "WER",
            "unit": "%",
            "direction": "lower",
            "scale": 100.0,
        }
        return Result(**(values | changes))

    return make


@pytest.fixture
def make_rate() -> MakeResult:
    def make(tokenizer: str, bitrate: float) -> Result:
        written = signature.build("reconstruction.v1", data="mini@sha256:ab12", metric="bitrate.v1", seed=0)
        return Result(tokenizer, "bitrate", "speech", written, Estimate(bitrate, None, None, 40), unit="bit/s")

    return make
