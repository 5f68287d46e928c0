"""BigCodec: one codebook at 80 Hz between two large convolutional stacks with LSTMs, 16 kHz speech.

Its authors publish no package (the one of that name is somebody else's). The graph here is written anew from the
paper and the published state dict.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._antialiased_layers import activation, down, up
from audiotok.tokenizers._dac_layers import conv
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper, as_weights

SAMPLE_RATE = 16000
STRIDES = (2, 2, 2, 5, 5)  # of the encoder, first to last
CHECKPOINT = Checkpoint(
    "Alethia/BigCodec",
    "c6548832eda95a09dcc3485d9b8ef097ce15f387",
    (("bigcodec.pt", "1fba3806e87cc01c1a65bea22fa1becefbbf46881e4219593c4d9f3cf56206b9"),),
)


class BigCodec(Wrapper, Codec, Embeddable):
    """One codebook of 8192 entries in 8 dimensions, compared by their direction."""

    card = TokenizerCard(
        title="BigCodec",
        summary="Single-codebook speech codec of 159M parameters with LSTMs and a codebook of few dimensions.",
        paper="https://arxiv.org/abs/2409.05377",
        code="https://github.com/Aria-K-Alethia/BigCodec",
        code_licence="MIT",
        licence="CC-BY-SA-4.0",
        domains=("speech",),
        encoder="CNN+RNN",
        decoder="CNN+RNN",
        representation="T",
        quantizer="SVQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        training_data="LibriSpeech, 960 hours",
        weights=CHECKPOINT.url,
        weights_sha256=CHECKPOINT.sha256,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(self) -> None:
        self._adopt(_load())

    def _adopt(self, model: Model) -> None:
        self._model = model.eval().requires_grad_(False)
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / math.prod(STRIDES), (model.codebook.num_embeddings,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._model.encode, waveform, lengths, self.spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._model.decode, tokens)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantized(tokens.codes)


class Model(nn.Module):
    """The part of the published model that inference needs."""

    def __init__(self, width: int = 48, latent: int = 1024, decoder_width: int = 1536, entries: int = 8192) -> None:
        super().__init__()
        widest = width << len(STRIDES)
        self.encoder = nn.Sequential(
            conv(1, width, 7),
            *(down(width << i, stride) for i, stride in enumerate(STRIDES)),
            _LSTM(widest),
            activation(widest),
            conv(widest, latent, 3),
        )
        self.in_proj, self.out_proj = weight_norm(nn.Linear(latent, 8)), weight_norm(nn.Linear(8, latent))
        self.codebook = nn.Embedding(entries, 8)
        narrowest = decoder_width >> len(STRIDES)
        self.decoder = nn.Sequential(
            conv(latent, decoder_width, 7),
            _LSTM(decoder_width),
            *(up(decoder_width >> i, stride) for i, stride in enumerate(reversed(STRIDES))),
            activation(narrowest),
            conv(narrowest, 1, 7),
            nn.Tanh(),
        )

    def encode(self, clip: Tensor) -> Tensor:
        """[1, 1, T] -> [1, 1, F]"""
        hop = math.prod(STRIDES)
        # Upstream fills the last frame with zeros, and adds a whole one where there is nothing to fill.
        clip = nn.functional.pad(as_weights(clip, self), (0, hop - clip.shape[2] % hop))
        found = nn.functional.normalize(self.in_proj(self.encoder(clip).mT)[0])
        entries = nn.functional.normalize(self.codebook.weight)
        # The square of the distance; upstream's order of operations, which decides between near neighbours.
        distances = found.pow(2).sum(1, keepdim=True) - 2 * found @ entries.T + entries.pow(2).sum(1)[None]
        return distances.argmin(dim=1)[None, None]

    def quantized(self, codes: Tensor) -> Tensor:
        """[B, K, F] -> [B, K, F, D]"""
        return self.out_proj(self.codebook(codes))

    def decode(self, codes: Tensor) -> Tensor:
        """[1, 1, F] -> [1, 1, T]"""
        return self.decoder(self.quantized(codes)[:, 0].mT)


class _LSTM(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, width, num_layers=2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x.mT)[0].mT + x


def load_state(model: Model, encoder: dict[str, Tensor], decoder: dict[str, Tensor]) -> None:
    """From upstream's names; the filters, which are no weights, are left out."""
    state: dict[str, Any] = {f"encoder.{name.replace('block.', '')}": value for name, value in encoder.items()}
    for name, value in decoder.items():
        name = name.replace("block.", "").replace("quantizer.layers.0.", "").replace("_codebook", "codebook")
        state[name.replace("model.", "decoder.")] = value
    model.load_state_dict({name: value for name, value in state.items() if not name.endswith(".filter")})


def _load() -> Model:
    with CHECKPOINT.folder() as folder:
        # A pickle; what else it holds than tensors and plain values is refused.
        saved = torch.load(folder / CHECKPOINT.files[-1][0], map_location="cpu", weights_only=True)
    model = Model()
    load_state(model, saved["CodecEnc"], saved["generator"])
    return model
