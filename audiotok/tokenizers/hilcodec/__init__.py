"""HILCodec: a small causal codec at 24 kHz, in the ONNX files that its authors keep in their repository.

Frame by frame, as their `test_onnx.py` runs them: through the encoder, then through as many quantizers as there are
codebooks. Encoder and decoder are handed their past and return it, so that all clips share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import Coder, FrameCodec
from audiotok.core.tokenizer import Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.files import onnx as onnx_file
from audiotok.tokenizers._wrapper import Wrapper
from audiotok.tokenizers.hilcodec.layers import COMMIT, REPOSITORY, VARIANTS

SAMPLE_RATE, HOP = 24000, 320


class HILCodec(Wrapper, FrameCodec, Scalable, Embeddable):
    """8 (`variant="speech"`) or 12 codebooks of 1024 entries. It was trained to do with 2, 4 and 8 of them, too."""

    card = TokenizerCard(
        title="HILCodec",
        summary="Lightweight causal codec of depthwise convolutions that also see spectrograms, with an RVQ.",
        paper="https://arxiv.org/abs/2405.04752",
        code=REPOSITORY,
        code_licence="MIT",
        licence="MIT",
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        streamable=True,
        weights=f"{REPOSITORY}/tree/{COMMIT}/onnx",
        **VARIANTS["music"].about,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(self, *, variant: Literal["speech", "music"] = "music", num_codebooks: int | None = None) -> None:
        about = VARIANTS[variant]
        self._adopt(Models(about.path, len(about.quantizers)), num_codebooks)
        self.card = card(variant)

    def _adopt(self, models: Models, num_codebooks: int | None = None) -> None:
        self._models = models
        self._set_codebooks(len(models.tables) if num_codebooks is None else num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        check_codebooks(num_codebooks, len(self._models.tables))
        entries = self._models.tables.shape[1]
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / HOP, (entries,) * num_codebooks)

    def _encoder(self) -> Coder:
        encode = _Recurrent(self._models.encoder, self._models.encoder_past)

        def code(samples: Tensor) -> Tensor:
            frames = [encode(frame) for frame in samples.reshape(-1, 1, 1, HOP).numpy()]
            codes = [self._models.quantize(frame, self.spec.num_codebooks) for frame in frames]
            return torch.from_numpy(np.stack(codes, axis=1))

        return code

    def _decoder(self) -> Coder:
        decode = _Recurrent(self._models.decoder, self._models.decoder_past)

        def sound(codes: Tensor) -> Tensor:
            frames = [decode(self._models.dequantize(frame)) for frame in codes.T.numpy()]
            return torch.from_numpy(np.concatenate(frames, axis=2)[0, 0])

        return sound

    def embed(self, tokens: Tokens) -> Tensor:
        tables = torch.from_numpy(self._models.tables).to(tokens.codes.device)
        return torch.stack([tables[k][codes] for k, codes in enumerate(tokens.codes.unbind(1))], dim=1)


def card(variant: str) -> TokenizerCard:
    return replace(HILCodec.card, **VARIANTS[variant].about)


class Models:
    """The networks, which keep nothing; `path` gives the file of each part."""

    def __init__(self, path: Callable[[str], Path], codebooks: int) -> None:
        parts = {part: path(f"{part}.onnx") for part in ("enc", "dec", *(f"vq{k}" for k in range(codebooks)))}
        self.encoder, self.decoder, *self._quantizers = map(onnx_file.session, parts.values())
        self.encoder_past, self.decoder_past = _read(path("cache_enc.npz")), _read(path("cache_dec.npz"))
        self.tables = np.stack([onnx_file.read_weights(parts[f"vq{k}"])["embed"] for k in range(codebooks)])
        weights = (onnx_file.read_weights(parts[part]) for part in ("enc", "dec"))
        self.num_parameters = self.tables.size + sum(value.size for part in weights for value in part.values())

    def quantize(self, frame: NDArray[np.float32], num_codebooks: int) -> NDArray[np.int64]:
        """[1, 1, D] -> [K]"""
        codes = []
        for quantizer in self._quantizers[:num_codebooks]:
            nearest, code = quantizer.run(None, {"x": frame})
            frame = frame - nearest
            codes.append(code[0, 0])
        return np.stack(codes)

    def dequantize(self, codes: Iterable[int]) -> NDArray[np.float32]:
        """[K] -> [1, 1, D]"""
        return sum(table[code] for table, code in zip(self.tables, codes, strict=False))[None, None]


class _Recurrent:
    """An encoder or decoder on one clip: its first input is the frame, the others are what it gave back last."""

    def __init__(self, session: Any, past: dict[str, NDArray[np.float32]]) -> None:
        self._session, self._past, self._input = session, past, session.get_inputs()[0].name

    def __call__(self, frame: NDArray[np.float32]) -> Any:
        out, *kept = self._session.run(None, {self._input: frame, **self._past})
        self._past = dict(zip(self._past, kept, strict=True))
        return out


def _read(path: Path) -> dict[str, NDArray[np.float32]]:
    """The state before a clip: zeros, in the order of the network's inputs."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
