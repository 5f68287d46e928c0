"""How long a stream holds audio back before its code is there: the algorithmic latency, measured.

It follows from what the encoder waits for, so that random weights have that of the published ones. How long a machine
then computes is not part of it.
"""

from __future__ import annotations

from typing import NamedTuple

from audiotok.conformance.checking import demand, signal
from audiotok.core.streaming import Streaming
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import TokenSpec

_FRAMES = 20


class Latency(NamedTuple):
    """ms from where a frame begins until its code is there, at most."""

    first: float  # of a clip's first code
    later: float  # of the codes that come with the second push that gives some, and after

    def __str__(self) -> str:
        first = "" if self.first == self.later else f", a clip's first {self.first:.3g} ms"
        return f"{self.later:.3g} ms{first}"


def measure(tokenizer: Tokenizer) -> Latency | None:
    """None where it does not stream. Exact where codes wait for a multiple of an eighth of a frame, or else rounded up
    to one. Raises NotConforming where codes do not come one by one."""
    if not isinstance(tokenizer, Streaming):
        return None
    spec, stream = tokenizer.spec, tokenizer.stream()
    hop = spec.sample_rate / spec.frame_rate
    clip, step = signal(spec, round(_FRAMES * hop))[None].to(tokenizer.device), _step(spec)
    coded, waits = 0, []
    for start in range(0, clip.shape[2], step):
        tokens = stream.push(clip[:, :, start : start + step])
        if tokens is not None:
            waits.append(1000 * (min(start + step, clip.shape[2]) - coded * hop) / spec.sample_rate)
            coded += tokens.codes.shape[2]
    demand(len(waits) > 1, f"a stream gave codes {len(waits)} times within {_FRAMES} frames; they must come one by one")
    return Latency(waits[0], max(waits[1:]))


def _step(spec: TokenSpec) -> int:
    """Samples, about an eighth of a frame, that frames are whole multiples of, where they are whole."""
    hop = int(spec.hop)
    return next(step for step in range(max(1, hop // 8), 0, -1) if hop % step == 0)
