"""SpeechTokenizer and DM-Codec, whose teachers are HuBERT and BERT, through the `speechtokenizer` package.

DM-Codec's authors publish no package. Their model is SpeechTokenizer's, line by line, trained with another loss, and
its weights open in the class of that package.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidData
from audiotok.files.assets import file_sha256
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper, as_weights

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

#: The configuration in its authors' repository.
DM_CODEC = {
    "n_filters": 64,
    "strides": [8, 5, 4, 2],
    "dimension": 1024,
    "semantic_dimension": 768,
    "bidirectional": True,
    "dilation_base": 2,
    "residual_kernel_size": 3,
    "n_residual_layers": 1,
    "lstm_layers": 2,
    "activation": "ELU",
    "codebook_size": 1024,
    "n_q": 8,
    "sample_rate": 16000,
}


class _SEANet(Wrapper, Codec, Scalable, Embeddable):
    """EnCodec's architecture with eight codebooks of 1024 entries at 16 kHz and 50 Hz. A leaf says whose weights."""

    def _adopt(self, model: Any, num_codebooks: int = 8) -> None:
        model.transform = None  # which only training reads
        self._model = model.eval().requires_grad_(False)
        self.decode_sample_rate = self._model.sample_rate
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        check_codebooks(num_codebooks, self._model.n_q)
        rate = self._model.sample_rate / int(self._model.downsample_rate)
        self.spec = TokenSpec(self._model.sample_rate, rate, (self._model.quantizer.bins,) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clips, waveform, lengths, self.spec, together=self.together)

    def _encode_clips(self, clips: Tensor) -> Tensor:
        # Upstream's codes are [K, B, T].
        return self._model.encode(as_weights(clips, self._model), n_q=self.spec.num_codebooks).transpose(0, 1)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(lambda codes: self._model.decode(codes.transpose(0, 1)), tokens, together=self.together)

    def embed(self, tokens: Tokens) -> Tensor:
        layers = self._model.quantizer.vq.layers
        return torch.stack([layers[k].decode(codes).mT for k, codes in enumerate(tokens.codes.unbind(1))], dim=1)


class SpeechTokenizer(_SEANet):
    """The weights on the hub."""

    card = TokenizerCard(
        title="SpeechTokenizer",
        summary="RVQ codec whose first codebook is distilled from HuBERT's layers, so that it carries the content.",
        paper="https://arxiv.org/abs/2308.16692",
        code="https://github.com/ZhangXInFD/SpeechTokenizer",
        code_licence="Apache-2.0",
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


class DMCodec(_SEANet):
    """`checkpoint` is one of the two files that its authors publish, on a disk whose files have no fixed address:
    download it from the links on https://github.com/mubtasimahasan/DM-Codec.
    """

    card = TokenizerCard(
        title="DM-Codec",
        summary="SpeechTokenizer's architecture, distilled from a text language model, or from that and HuBERT.",
        paper="https://arxiv.org/abs/2410.15017",
        code="https://github.com/mubtasimahasan/DM-Codec",
        code_licence="Apache-2.0",
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
        training_data="LibriSpeech, 100 hours of clean speech",
        trained_with=("google-bert/bert-base-uncased", "facebook/hubert-base-ls960", "facebook/wav2vec2-base-960h"),
        weights="https://github.com/mubtasimahasan/DM-Codec/tree/25c742ad5f4ee2033031d68fe7dc6045b67d33e4",
    )

    def __init__(self, *, checkpoint: str, num_codebooks: int = 8) -> None:
        path = Path(checkpoint)
        self._adopt(_dm_codec(path), num_codebooks)
        self.card = replace(self.card, weights_sha256=file_sha256(path))


def _dm_codec(path: Path) -> Any:
    """Raises InvalidData."""
    from speechtokenizer import SpeechTokenizer as Upstream

    model = Upstream(DM_CODEC)
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        # The model's state, or what a training is resumed from, which has it under this name.
        model.load_state_dict(saved.get("generator", saved))
    except (OSError, EOFError, RuntimeError, AttributeError, pickle.UnpicklingError) as error:
        raise InvalidData(
            f"{path}: expected DM-Codec's checkpoint, a file of nothing but its tensors and plain values "
            f"({type(error).__name__}); its authors link to it on {DMCodec.card.code}"
        ) from error
    return model


def _load() -> Any:
    from speechtokenizer import SpeechTokenizer as Upstream

    with CHECKPOINT.folder() as folder:
        config, weights = (folder / name for name, _ in CHECKPOINT.files)
        model = Upstream(json.loads(config.read_text()))
        model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return model
