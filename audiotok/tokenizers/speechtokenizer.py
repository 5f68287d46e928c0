"""SpeechTokenizer, whose first codebook is distilled from HuBERT, through the `speechtokenizer` package."""

from __future__ import annotations

import json
from typing import Any

import torch
from torch import Tensor

from audiotok.card import TokenizerCard
from audiotok.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.tokenizers._clips import decode_clips, encode_clips
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper, as_weights
from audiotok.tokens import Tokens, TokenSpec

CHECKPOINT = Checkpoint(
    "fnlp/SpeechTokenizer",
    "4d54939beef00572fa7bfe41ee35a335c3732f51",
    (
        (
            "speechtokenizer_hubert_avg/config.json",
            "ea343ad69ca7e70c8febf8fc4cda683b1c4b1c36709e5e577936ffb05d62e6eb",
        ),
        (
            "speechtokenizer_hubert_avg/SpeechTokenizer.pt",
            "d04593b6c9a4b475f91ca481141a6ef5b23e6ac112f347dd2b2717f193c1c728",
        ),
    ),
)


class SpeechTokenizer(Wrapper, Codec, Scalable, Embeddable):
    """EnCodec's architecture with eight codebooks of 1024 entries at 16 kHz and 50 Hz."""

    card = TokenizerCard(
        title="SpeechTokenizer",
        summary="RVQ codec whose first codebook is distilled from HuBERT's layers, so that it carries the content.",
        paper="https://arxiv.org/abs/2308.16692",
        code="https://github.com/ZhangXInFD/SpeechTokenizer",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="CNN+RNN",
        decoder="CNN+RNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("SD",),
        joint=True,
        training_data="LibriSpeech",
        trained_with=("facebook/hubert-base-ls960",),
        weights=CHECKPOINT.url,
        weights_sha256=CHECKPOINT.sha256,
    )

    def __init__(self, *, num_codebooks: int = 8) -> None:
        self._adopt(_load(), num_codebooks)

    def _adopt(self, model: Any, num_codebooks: int = 8) -> None:
        self._model = model.eval().requires_grad_(False)
        self.decode_sample_rate = self._model.sample_rate
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        check_codebooks(num_codebooks, self._model.n_q)
        rate = self._model.sample_rate / int(self._model.downsample_rate)
        self.spec = TokenSpec(self._model.sample_rate, rate, (self._model.quantizer.bins,) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        # Upstream's codes are [K, B, T].
        return self._model.encode(as_weights(clip, self._model), n_q=self.spec.num_codebooks).transpose(0, 1)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(lambda codes: self._model.decode(codes.transpose(0, 1)), tokens)

    def embed(self, tokens: Tokens) -> Tensor:
        layers = self._model.quantizer.vq.layers
        return torch.stack([layers[k].decode(codes).mT for k, codes in enumerate(tokens.codes.unbind(1))], dim=1)


def _load() -> Any:
    from speechtokenizer import SpeechTokenizer as Upstream

    with CHECKPOINT.folder() as folder:
        config, weights = (folder / name for name, _ in CHECKPOINT.files)
        model = Upstream(json.loads(config.read_text()))
        model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return model
