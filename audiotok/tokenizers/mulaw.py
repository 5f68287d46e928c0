"""µ-law companding to 8 bits a sample: nearly transparent, very many tokens. The row that a table is checked with."""

from __future__ import annotations

from typing import Literal

import torchaudio.functional
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import Coder, FrameCodec
from audiotok.core.tokens import TokenSpec


class MuLaw(FrameCodec):
    """The continuous µ-law curve with µ = 255, quantised evenly; G.711 cuts the same curve into straight pieces."""

    card = TokenizerCard(
        title="µ-law, 8 bit",
        summary="Logarithmic companding of each sample to one of 256 levels.",
        paper="https://www.itu.int/rec/T-REC-G.711",
        code="https://docs.pytorch.org/audio/stable/generated/torchaudio.functional.mu_law_encoding.html",
        code_licence="BSD-2-Clause",
        licence="BSD-2-Clause",
        domains=("speech", "music", "audio"),
        encoder="DSP",
        decoder="DSP",
        representation="T",
        quantizer="SQ",
        rate="fixed",
        streamable=True,
    )

    def __init__(self, *, sample_rate: Literal[16000, 8000] = 16000) -> None:
        self.spec = TokenSpec(sample_rate=sample_rate, frame_rate=float(sample_rate), codebook_sizes=(256,))
        self.decode_sample_rate = sample_rate

    def _encoder(self) -> Coder:
        return _encode

    def _decoder(self) -> Coder:
        return _decode


def _encode(samples: Tensor) -> Tensor:
    """[T] -> [1, T]; what exceeds full scale is clipped, since the curve ends there."""
    return torchaudio.functional.mu_law_encoding(samples.clamp(-1, 1), 256)[None]


def _decode(codes: Tensor) -> Tensor:
    """[1, T] -> [T]"""
    return torchaudio.functional.mu_law_decoding(codes[0], 256)
