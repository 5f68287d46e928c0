"""Stability: how many codes stay the same when the audio is changed in a way that hardly changes what is heard.

Conventions: two Tokens of one clip, of the audio as it is and of the changed audio; one score per codebook, summed over
a set before dividing. A code that is held over a stride counts once; codes of a whole clip are left out. Codes that
say nothing are stable too, so read these scores beside a reconstruction's.

- Equal codes: the share of positions with the same code, in [0, 1], higher is better. A position that only one of the
  two has is not equal.
- Unit edit distance: insertions, deletions and substitutions between the two sequences with runs of one code
  collapsed, per code of the first; lower is better, 0 is equal, above 1 is possible. It forgives frames that slipped.

Source: Gat et al., "Augmentation Invariant Discrete Representation for Generative Spoken Language Modeling", IWSLT 2023
(the unit edit distance).
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby

from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidTokens
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.outcomes import ClipScore


def equal_codes(reference: Tokens, changed: Tokens) -> list[ClipScore]:
    """One clip each -> per codebook ClipScore(equal codes, codes of the longer). Raises InvalidTokens."""
    return [
        ClipScore(float(sum(a == b for a, b in zip(*pair, strict=False))), float(max(map(len, pair))))
        for pair in _pairs(reference, changed)
    ]


def unit_edits(reference: Tokens, changed: Tokens) -> list[ClipScore]:
    """One clip each -> per codebook ClipScore(edits, codes of the reference), runs collapsed. Raises InvalidTokens."""
    distance = needs("rapidfuzz.distance").Levenshtein.distance
    scores = []
    for pair in _pairs(reference, changed):
        before, after = ([code for code, _ in groupby(sequence)] for sequence in pair)
        scores.append(ClipScore(float(distance(before, after)), float(len(before))))
    return scores


def _pairs(reference: Tokens, changed: Tokens) -> list[tuple[list[int], list[int]]]:
    """Per codebook, the codes of both."""
    if reference.spec != changed.spec:
        raise InvalidTokens(f"codes of two tokenizers cannot be compared: {reference.spec} and {changed.spec}")
    return list(zip(_sequences(reference), _sequences(changed), strict=True))


def _sequences(tokens: Tokens) -> list[list[int]]:
    """Codes of each codebook of one clip, each held code once."""
    if len(tokens) != 1 or not int(tokens.lengths[0]):
        raise InvalidTokens(f"codes are compared one clip at a time, got {len(tokens)} of {tokens.lengths.tolist()}")
    codes = tokens.codes[0, :, : int(tokens.lengths[0])].cpu()
    return [codes[k, :: tokens.spec.stride(k)].tolist() for k in range(tokens.spec.num_codebooks)]


EQUAL = RecipeMetric(
    name="equal",
    version=1,
    title="Equal codes",
    question="stability",
    unit="%",
    direction="higher",
    range=(0.0, 1.0),
    scale=100.0,
    domains=("speech", "music", "audio"),
    # Of the codes of a domain's clips. Our eleven rows, measured again on twelve clips, differed by up to 0.005 after
    # five generations, and audiotok-rvq by as much on a processor without AVX (emulated).
    tolerance=0.02,
)
EDITS = replace(
    EQUAL,
    name="edits",
    title="Unit edits",
    question="stability (unit edit distance)",
    direction="lower",
    range=(0.0, math.inf),
)
#: Change of a clip before its codes are compared -> its title.
CHANGES = {
    "shift": "shifted by half a frame",
    "scale": "6 dB quieter",
    "noise_30": "noise at 30 dB",
    "noise_20": "noise at 20 dB",
    "resample": "resampled",
    "opus": "Opus at 24 kbit/s",
}


_EXPLANATIONS = {
    "shift": "Share of codes that stay the same when half a frame is cut off at the start. The input of a language "
    "model should not depend on where a clip begins.",
    "noise_20": "Share of codes that stay the same when noise is added at a signal-to-noise ratio of 20 dB.",
    "opus": "Share of codes that stay the same after the audio is coded with Opus at 24 kbit/s.",
    "generation_1": "Share of codes that stay the same when the decoded audio is encoded again.",
    "generation_5": "Share of codes that stay the same after decoding and encoding five times.",
}


def of_change(kind: RecipeMetric, name: str, part: str = "", codebook: str = "") -> RecipeMetric:
    """EQUAL or EDITS of one change, of all codebooks or of one."""
    short = f"{kind.title}, {name.replace('_', ' ')}{codebook}"
    return replace(
        kind, name=f"{kind.name}_{name}{part}", title=f"{kind.title}, {CHANGES[name]}{codebook}", short=short
    )


def of_generation(kind: RecipeMetric, n: int, part: str = "", codebook: str = "") -> RecipeMetric:
    """EQUAL or EDITS after decoding and encoding again n times."""
    title = f"{kind.title}, decoded and encoded {n}×{codebook}"
    short = f"{kind.title}, {n}×{codebook}"
    return replace(kind, name=f"{kind.name}_generation_{n}{part}", title=title, short=short, decodes=True)


#: The leaderboard's columns.
METRICS: tuple[RecipeMetric, ...] = tuple(
    replace(metric, explanation=_EXPLANATIONS[metric.name.removeprefix("equal_")])
    for metric in (
        *(of_change(EQUAL, name) for name in ("shift", "noise_20", "opus")),
        *(of_generation(EQUAL, n) for n in (1, 5)),
    )
)
