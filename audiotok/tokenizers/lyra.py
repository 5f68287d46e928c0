"""Lyra 2 (Google): a causal SoundStream at 16 kHz, 64 to 184 bits a 20 ms frame, run by LiteRT from its three files."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import Coder, FrameCodec
from audiotok.core.tokenizer import Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.files.assets import Asset, Url, fetch
from audiotok.files.tflite import Interpreter

_COMMIT = "47698dadf0010abff6a848e02642f55f806d4842"
_WEIGHTS = {
    "soundstream_encoder.tflite": "237da0b16226fb0a68d49551c81bebf614e42142af72764448359f68581e88f1",
    "quantizer.tflite": "841ee05989687d32d1f616a8ad1419fc7eda37599d3c05c7cf5a0d60ccf8ac5c",
    "lyragan.tflite": "50e7839cda4f30599a3a34cfaddcd9c98449b049eee884e1a74295780448ad06",
}
_CODEBOOKS, _ENTRIES, _DIMENSIONS = 46, 16, 64
_UNUSED = -1  # what the quantizer's two signatures write and read for a stage that is left out


class Lyra(FrameCodec, Scalable, Embeddable):
    """Upstream offers 16, 30 and 46 codebooks (3.2, 6 and 9.2 kbit/s); the quantizer takes any number up to 46."""

    card = TokenizerCard(
        title="Lyra 2",
        summary="Google's causal SoundStream for calls on phones, with 46 residual codebooks of 16 entries.",
        paper="https://arxiv.org/abs/2107.03312",
        code="https://github.com/google/lyra",
        code_licence="Apache-2.0",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        streamable=True,
        training_data="not published",
        weights=f"https://github.com/google/lyra/tree/{_COMMIT}/lyra/model_coeffs",
        weights_sha256=" ".join(_WEIGHTS.values()),
    )

    def __init__(self, *, num_codebooks: int = 46) -> None:
        self._set_codebooks(num_codebooks)
        self.decode_sample_rate = 16000
        self._models = _Models()

    def _set_codebooks(self, num_codebooks: int) -> None:
        count = check_codebooks(num_codebooks, _CODEBOOKS)
        self.spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(_ENTRIES,) * count)

    def _encoder(self) -> Coder:
        encoder = self._models.open("soundstream_encoder.tflite").get_signature_runner()
        quantize = self._models.quantizer_call("encode")
        count = self.spec.num_codebooks

        def encode(samples: Tensor) -> Tensor:
            codes = []
            for frame in samples.reshape(-1, 1, 320).numpy():
                features = encoder(input_audio=frame)["output_0"]
                codes.append(quantize(input_frames=features, num_quantizers=np.int32(count))[:count, 0, 0])
            return torch.from_numpy(np.stack(codes, axis=1).astype(np.int64))

        return encode

    def _decoder(self) -> Coder:
        decoder = self._models.open("lyragan.tflite").get_signature_runner()

        def decode(codes: Tensor) -> Tensor:
            frames = [decoder(input_audio=self._models.dequantize(frame.numpy()))["output_0"][0] for frame in codes.T]
            return torch.from_numpy(np.concatenate(frames))

        return decode

    def embed(self, tokens: Tokens) -> Tensor:
        table = self._models.codebooks.to(tokens.codes.device)
        return torch.stack([table[k][tokens.codes[:, k]] for k in range(tokens.spec.num_codebooks)], dim=1)


class _Models:
    """The three networks. A clip gets an encoder and a decoder of its own (5 ms each): they keep state in resource
    variables, which `reset_all_variables` does not reset (LiteRT 2.1). The quantizer keeps none and is shared;
    but inputs and outputs of a call go through the interpreter's own buffers, so that threads take turns.
    """

    def __init__(self) -> None:
        url = f"https://raw.githubusercontent.com/google/lyra/{_COMMIT}/lyra/model_coeffs"
        self._paths: dict[str, Path] = {
            name: fetch(Asset(name, sha256, (Url(f"{url}/{name}"),))) for name, sha256 in _WEIGHTS.items()
        }
        self.quantizer = self.open("quantizer.tflite")
        self._turn = threading.Lock()
        self.num_parameters = sum(_weights(path) for path in self._paths.values())

    def __reduce__(self) -> tuple[Any, ...]:
        return _Models, ()

    def open(self, name: str) -> Interpreter:
        interpreter = Interpreter(model_path=str(self._paths[name]), num_threads=1)
        interpreter.allocate_tensors()
        return interpreter

    def quantizer_call(self, signature: str) -> Callable[..., np.ndarray]:
        """One of the quantizer's two functions, for any number of threads."""
        with self._turn:
            run = self.quantizer.get_signature_runner(signature)

        def call(**inputs: Any) -> np.ndarray:
            with self._turn:
                return run(**inputs)["output_0"]

        return call

    def dequantize(self, codes: np.ndarray) -> np.ndarray:
        """[K] of K <= 46 -> [1, 1, 64]"""
        indices = np.full((_CODEBOOKS, 1, 1), _UNUSED, np.int32)
        indices[: len(codes), 0, 0] = codes
        return self.quantizer_call("decode")(encoding_indices=indices)

    @functools.cached_property
    def codebooks(self) -> Tensor:
        """[46, 16, 64]: what each entry alone is decoded to; the decoder gets their sum."""
        table = torch.empty(_CODEBOOKS, _ENTRIES, _DIMENSIONS)
        for k in range(_CODEBOOKS):
            for entry in range(_ENTRIES):
                table[k, entry] = torch.from_numpy(self.dequantize(np.array([_UNUSED] * k + [entry]))[0, 0])
        return table


def _weights(path: Path) -> int:
    """Numbers in the constant float and int8 tensors of a model file; int32 ones are mostly shapes."""
    model = schema.Model.GetRootAsModel(path.read_bytes(), 0)
    counted: dict[int, int] = {}  # buffer -> numbers, so that shared weights count once
    for graph in (model.Subgraphs(i) for i in range(model.SubgraphsLength())):
        for tensor in (graph.Tensors(i) for i in range(graph.TensorsLength())):
            kept = tensor.Type() in (schema.TensorType.FLOAT32, schema.TensorType.INT8)
            if kept and model.Buffers(tensor.Buffer()).DataLength():
                counted[tensor.Buffer()] = int(np.prod(tensor.ShapeAsNumpy(), initial=1))
    return sum(counted.values())
