"""A transform codec: 10 ms blocks, their lowest cosine coefficients on a logarithmic scale of 64 steps."""

import torch
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec

_HOP, _LINES, _STEPS, _MU = 160, 80, 64, 4096.0


class DctCodec(Codec, Scalable):
    card = TokenizerCard(
        title="DCT codec",
        summary="Cosine coefficients of 10 ms blocks, companded and quantised.",
        paper="https://example.org/paper",
        code="https://example.org/code",
        licence="Apache-2.0",
        domains=("speech", "music", "audio"),
        encoder="DSP",
        decoder="DSP",
        representation="T-F",
        quantizer="SQ",
        rate="scalable",
    )

    def __init__(self, *, num_codebooks: int = 40) -> None:
        n, k = torch.arange(_HOP) + 0.5, torch.arange(_HOP)[:, None]
        self._basis = torch.cos(torch.pi * k * n / _HOP) * (2 / _HOP) ** 0.5
        self._basis[0] /= 2**0.5
        self.decode_sample_rate = 16000
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        count = check_codebooks(num_codebooks, _LINES)
        self.spec = TokenSpec(sample_rate=16000, frame_rate=16000 / _HOP, codebook_sizes=(_STEPS,) * count)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        inside = torch.arange(waveform.shape[2], device=waveform.device) < lengths[:, None]
        padded = torch.nn.functional.pad(waveform[:, 0] * inside, (0, -waveform.shape[2] % _HOP))
        # One block at a time in float64: no sum depends on how many blocks there are.
        lines = (padded.unflatten(1, (-1, _HOP)).double() @ self._basis[: self.spec.num_codebooks].T.double()) / 4
        companded = lines.sign() * torch.log1p(_MU * lines.abs().clamp(max=1)) / torch.log1p(torch.tensor(_MU))
        codes = ((companded + 1) / 2 * (_STEPS - 1)).round().long().transpose(1, 2)
        frames = (lengths + _HOP - 1) // _HOP
        return Tokens(
            codes * (torch.arange(codes.shape[2], device=codes.device) < frames[:, None])[:, None], frames, self.spec
        )

    def _decode(self, tokens: Tokens) -> Tensor:
        companded = tokens.codes.transpose(1, 2).double() / (_STEPS - 1) * 2 - 1
        lines = companded.sign() * torch.expm1(companded.abs() * torch.log1p(torch.tensor(_MU))) / _MU * 4
        blocks = lines @ self._basis[: self.spec.num_codebooks].double()
        return blocks.flatten(1)[:, None].float()
