"""`bpe(inner)`: byte-pair encoding over the inner tokenizer's codes. A codec where the inner one is.

The merges are a `tokenizer.json` of audiotok.units.bpe, learnt by recipes/train_bpe.py: `model=PATH`, or the name of a
bundled one, `bpe(whisper-units):model=whisper-units-2048`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Delegating, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.files.assets import file_sha256
from audiotok.units.bpe import UnitBPE, bpe_spec, merge, unmerge

BUNDLED = Path(__file__).parent / "merges"


def bpe(inner: Tokenizer, *, model: str) -> BPE:
    """A codec where the inner tokenizer is one; else units, without a decoder."""
    return BPECodec(inner, model=model) if isinstance(inner, Codec) else BPE(inner, model=model)


class BPE(Tokenizer):
    """Over a tokenizer without a decoder."""

    def __init__(self, inner: Tokenizer, *, model: str) -> None:
        self.inner = inner
        bundled = BUNDLED / f"{model}.json"
        path = bundled if bundled.is_file() else Path(model)
        self._bpe = UnitBPE.load(path)
        self.spec = bpe_spec(self._bpe, inner.spec)
        self.card = replace(
            inner.card,
            title=f"{inner.card.title}, BPE {self._bpe.vocab_size}",
            summary=f"{inner.card.title} with frequent sequences of codes merged into {self._bpe.vocab_size} tokens.",
            rate="adaptive",
            weights_sha256=f"{inner.card.weights_sha256} merges:{file_sha256(path)}".strip(),
            weights_verified="",
        )

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return merge(self.inner.encode(Audio(waveform, lengths, self.spec.sample_rate)), self._bpe)


class BPECodec(BPE, Codec, Delegating):
    """Over a codec: the codes come back exactly, so the audio is the inner codec's."""

    def __init__(self, inner: Codec, *, model: str) -> None:
        super().__init__(inner, model=model)
        self.inner: Codec = inner
        self.decode_sample_rate = inner.decode_sample_rate

    def _decode(self, tokens: Tokens) -> Tensor:
        return self.inner.decode(unmerge(tokens, self._bpe, self.inner.spec)).waveform
