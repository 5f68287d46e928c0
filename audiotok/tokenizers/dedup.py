"""`dedup(inner)`: the inner tokenizer's codes with runs of equal frames collapsed. A codec where the inner one is."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Delegating, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidOption
from audiotok.units.deduplicate import deduplicate, deduplicated_spec, expand


def dedup(inner: Tokenizer, *, max_duration: int = 0) -> Dedup:
    """A codec where the inner tokenizer is one; else units, without a decoder."""
    if isinstance(inner, Codec):
        return DedupCodec(inner, max_duration=max_duration)
    return Dedup(inner, max_duration=max_duration)


class Dedup(Tokenizer):
    """Over a tokenizer without a decoder: durations are kept beside the tokens and are not part of the rate."""

    def __init__(self, inner: Tokenizer, *, max_duration: int = 0) -> None:
        if isinstance(inner, Codec) and not max_duration:
            raise InvalidOption(
                "decoding needs the length of every run, so it must be coded: give the longest, as in "
                f"dedup({inner.identifier}):max_duration=16"
            )
        self.inner = inner
        self.max_duration = max_duration
        self.spec = deduplicated_spec(inner.spec, max_duration)
        self.card = replace(
            inner.card,
            title=f"{inner.card.title}, deduplicated",
            summary=f"{inner.card.title} with runs of equal frames collapsed.",
            rate="adaptive",
        )

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return deduplicate(self.inner.encode(Audio(waveform, lengths, self.spec.sample_rate)), self.max_duration)


class DedupCodec(Dedup, Codec, Delegating):
    """Over a codec: runs of up to max_duration frames, whose lengths count in the rate."""

    def __init__(self, inner: Codec, *, max_duration: int = 0) -> None:
        super().__init__(inner, max_duration=max_duration)
        self.inner: Codec = inner
        self.decode_sample_rate = inner.decode_sample_rate

    def _decode(self, tokens: Tokens) -> Tensor:
        return self.inner.decode(expand(tokens, self.inner.spec)).waveform
