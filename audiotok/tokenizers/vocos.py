"""Vocos as the decoder of EnCodec's 24 kHz tokens: the same codes, spectra instead of transposed convolutions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import torch
from encodec import EncodecModel
from torch import Tensor, nn
from vocos.heads import ISTFTHead
from vocos.models import VocosBackbone

from audiotok.core.batching import decode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens
from audiotok.tokenizers._hub import Checkpoint, at_commit
from audiotok.tokenizers._wrapper import Wrapper
from audiotok.tokenizers.encodec import EnCodec, published_24khz

#: Numbers of codebooks that the decoder was trained on, in the order of its bandwidth ids: 1.5, 3, 6 and 12 kbit/s.
NUM_CODEBOOKS = (2, 4, 8, 16)
REPOSITORY = "charactr/vocos-encodec-24khz"


class Vocos(Wrapper, Codec, Embeddable):
    """`num_codebooks` is one of the four rates that the decoder knows; there is no cutting down of others.
    `revision` is the commit of charactr/vocos-encodec-24khz to load.
    """

    decoder_options = frozenset({"revision"})
    card = TokenizerCard(
        title="Vocos on EnCodec 24 kHz",
        summary="EnCodec's encoder and codes with a ConvNeXt decoder that predicts spectra.",
        paper="https://arxiv.org/abs/2306.00814",
        code="https://github.com/gemelo-ai/vocos",
        code_licence="MIT",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN+RNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec"),
        training_data="DNS Challenge 5 for the decoder; EnCodec's own for the encoder",
        weights=f"https://huggingface.co/{REPOSITORY}",
    )

    def __init__(self, *, num_codebooks: Literal[2, 4, 8, 16] = 8, revision: str = "") -> None:
        checkpoint = at_commit(REPOSITORY, revision, ("pytorch_model.bin",))
        self._adopt(published_24khz(), _published(checkpoint), num_codebooks)
        self.card = replace(self.card, weights=checkpoint.url)

    def _adopt(self, encodec: EncodecModel, vocos: Any, num_codebooks: Literal[2, 4, 8, 16] = 8) -> None:
        """`vocos`: a `vocos.Vocos`, or anything with its backbone, head and feature_extractor.codebook_weights."""
        self._encodec = EnCodec(encodec, num_codebooks)
        self._backbone, self._head = (part.eval().requires_grad_(False) for part in (vocos.backbone, vocos.head))
        self._weights = vocos.feature_extractor.codebook_weights.detach()  # [K * entries, D]
        self._rate = torch.tensor([NUM_CODEBOOKS.index(num_codebooks)])
        self.spec = self._encodec.spec
        self.decode_sample_rate = self._encodec.decode_sample_rate

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return self._encodec._encode(waveform, lengths)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor) -> Tensor:
        """[1, K, frames] -> [1, 1, T]"""
        features = self._vectors(codes).sum(dim=1).mT
        return self._head(self._backbone(features, bandwidth_id=self._rate))[:, None]

    def embed(self, tokens: Tokens) -> Tensor:
        return self._vectors(tokens.codes)

    def _vectors(self, codes: Tensor) -> Tensor:
        """[B, K, T] -> [B, K, T, D]: the decoder has a table of its own."""
        entries = self.spec.codebook_sizes[0]
        offsets = entries * torch.arange(codes.shape[1], device=codes.device)[:, None]
        return nn.functional.embedding(codes + offsets, self._weights)


class _Published(nn.Module):
    """The parts that decode, at their published size. `vocos.Vocos.from_hparams` would fetch EnCodec's weights, too."""

    def __init__(self) -> None:
        super().__init__()
        self.feature_extractor = nn.Module()
        self.feature_extractor.codebook_weights = nn.Parameter(torch.empty(max(NUM_CODEBOOKS) * 1024, 128))
        self.backbone = VocosBackbone(128, 384, 1152, 8, adanorm_num_embeddings=len(NUM_CODEBOOKS))
        self.head = ISTFTHead(384, 1280, 320)


def _published(checkpoint: Checkpoint) -> _Published:
    with checkpoint.folder() as folder:
        state = torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
    model = _Published()
    model.load_state_dict(state)
    return model
