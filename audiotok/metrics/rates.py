"""Rates: how much a tokenizer sends, in bits and in codes, and how long it takes.

Conventions: bit/s and codes/s are counted on the clips themselves, over their true duration, so that padding of the
last frame and codes of a whole clip are paid for; a code that is held over a stride counts once, durations that decode
needs cost bits but are no codes. Neither rate is better up or down: they are the axis that the other scores are read
along. The real-time factor is seconds of compute per second of audio, lower is better, and says nothing without the
hardware, which a result's provenance names. Over a set, bits, codes, compute and seconds are summed first.
Source: `Tokens.bits`, the one account of the rate.
"""

from __future__ import annotations

import math
from functools import partial

from audiotok.core.tokens import Tokens
from audiotok.errors import MetricUndefined
from audiotok.metrics.base import TimeMetric, TokenMetric
from audiotok.metrics.outcomes import ClipScore


def validate(tokens: Tokens, seconds: float) -> None:
    """Raises MetricUndefined unless there is one clip, of a positive duration."""
    if len(tokens) != 1 or not 0 < seconds < math.inf:
        raise MetricUndefined(f"a rate is of one clip of positive duration, got {len(tokens)} of {seconds} s")


def bitrate(tokens: Tokens, seconds: float) -> ClipScore:
    """One clip -> ClipScore(bits, seconds).

    >>> spec = TokenSpec(sample_rate=24000, frame_rate=75.0, codebook_sizes=(1024,) * 8)
    >>> second = Tokens(torch.zeros(1, 8, 75, dtype=torch.int64), torch.tensor([75]), spec)
    >>> bitrate(second, 1.0).value  # EnCodec at 6 kbit/s
    6000.0
    """
    validate(tokens, seconds)
    return ClipScore(float(tokens.bits()[0]), seconds)


def token_rate(tokens: Tokens, seconds: float) -> ClipScore:
    """One clip -> ClipScore(codes over all codebooks, seconds): what a language model has to predict."""
    validate(tokens, seconds)
    return ClipScore(float(tokens.spec.num_codes(int(tokens.lengths[0]))), seconds)


_rate = partial(TokenMetric, version=1, question="rate", direction="none", range=(0.0, math.inf))
_time = partial(TimeMetric, version=1, question="rate", unit="", direction="lower", range=(0.0, math.inf))
METRICS: tuple[TokenMetric | TimeMetric, ...] = (
    _rate(
        name="bitrate",
        title="Bitrate",
        explanation="Bits per second to transmit the codes if all codes are equally likely, including side "
        "information.",
        unit="bit/s",
        score=bitrate,
    ),
    _rate(
        name="token_rate",
        title="Token rate",
        explanation="Number of codes per second of audio, over all codebooks: what a language model has to predict.",
        unit="1/s",
        score=token_rate,
    ),
    _time(
        name="rtf_encode",
        title="Real-time factor, encode",
        short="RTF encode",
        explanation="Seconds of computing time of the encoder per second of audio. It depends on the machine, which "
        "the provenance names.",
        stage="encode",
    ),
    _time(
        name="rtf_decode",
        title="Real-time factor, decode",
        short="RTF decode",
        explanation="Seconds of computing time of the decoder per second of audio. It depends on the machine, which "
        "the provenance names.",
        stage="decode",
        decodes=True,
    ),
)
