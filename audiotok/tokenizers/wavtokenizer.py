"""WavTokenizer: EnCodec's encoder, one codebook, and a Vocos decoder with attention.

Its authors publish no package. The graph here is put together from the packages that it descends from (`encodec`,
`vocos`) plus the few layers that neither has, under the parameter names of the published state dict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper, as_weights

SAMPLE_RATE = 24000


@dataclass(frozen=True)
class _Variant:
    checkpoint: Checkpoint
    ratios: tuple[int, ...]  # of the encoder, last to first
    domains: tuple[str, ...]
    training_data: str


_SHA256_UNIFY = "72182c1b6bd5ea7f84cf3ec78a0a3244cf42daa660b2e9bce23f5d74064d8205"
VARIANTS = {
    "large-unify-40": _Variant(
        Checkpoint(
            "novateur/WavTokenizer-large-unify-40token",
            "7dc47a9450ce71cab736434b7645604013ca028b",
            (("wavtokenizer_large_unify_600_24k.ckpt", _SHA256_UNIFY),),
        ),
        (6, 5, 5, 4),
        ("speech", "music", "audio"),
        "80,000 hours of speech, music and sound",
    ),
    "large-speech-75": _Variant(
        Checkpoint(
            "novateur/WavTokenizer-large-speech-75token",
            "9ecf0f435d6f8a75390457f31c6ed8f5f0d1af1b",
            (("wavtokenizer_large_speech_320_24k_v2.ckpt", ""),),
        ),
        (8, 5, 4, 2),
        ("speech",),
        "80,000 hours of speech",
    ),
    "medium-music-audio-75": _Variant(
        Checkpoint(
            "novateur/WavTokenizer-medium-music-audio-75token",
            "1bcbe86db88fc1f1f86c7ea192e791b3ede17da2",
            (("wavtokenizer_medium_music_audio_320_24k_v2.ckpt", ""),),
        ),
        (8, 5, 4, 2),
        ("music", "audio"),
        "about 4,000 hours of AudioSet, Jamendo, MUSDB and others",
    ),
}


class WavTokenizer(Wrapper, Codec, Embeddable):
    """One codebook of 4096 entries, so 12 bits a code (the paper's bitrates count 13)."""

    card = TokenizerCard(
        title="WavTokenizer",
        summary="Single-codebook codec at 40 or 75 Hz with a wide codebook and a Fourier decoder with attention.",
        paper="https://arxiv.org/abs/2408.16532",
        code="https://github.com/jishengpeng/WavTokenizer",
        code_licence="MIT",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN+RNN",
        decoder="CNN+T",
        representation="T",
        quantizer="SVQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        training_data=VARIANTS["large-unify-40"].training_data,
        weights=VARIANTS["large-unify-40"].checkpoint.url,
        weights_sha256=VARIANTS["large-unify-40"].checkpoint.sha256,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(
        self, *, variant: Literal["large-unify-40", "large-speech-75", "medium-music-audio-75"] = "large-unify-40"
    ) -> None:
        chosen = VARIANTS[variant]
        self._adopt(_load(chosen))
        self.card = replace(
            self.card,
            domains=chosen.domains,
            training_data=chosen.training_data,
            weights=chosen.checkpoint.url,
            weights_sha256=chosen.checkpoint.sha256,
        )

    def _adopt(self, model: Model) -> None:
        self._model = model.eval().requires_grad_(False)
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / model.hop, (model.codebook.codebook_size,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(
            self._model.encode, as_weights(waveform, self._model), lengths, self.spec, together=self.together
        )

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._model.decode, tokens, together=self.together)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.codebook.decode(tokens.codes[:, 0]).mT[:, None]


class Model(nn.Module):
    """The part of the published model that inference needs."""

    def __init__(self, ratios: tuple[int, ...], dim: int = 768, intermediate_dim: int = 2304, layers: int = 12) -> None:
        from encodec.modules import SEANetEncoder
        from encodec.quantization import ResidualVectorQuantizer
        from vocos.heads import ISTFTHead
        from vocos.models import VocosBackbone

        super().__init__()
        self.encoder = SEANetEncoder(ratios=list(ratios), dimension=512, norm="weight_norm", lstm=2)
        self.hop = int(self.encoder.hop_length)
        self.quantizer = ResidualVectorQuantizer(dimension=512, n_q=1, bins=4096)
        self.backbone = VocosBackbone(512, dim, intermediate_dim, layers, adanorm_num_embeddings=4)
        self.backbone.pos_net = nn.Sequential(
            *(_ResBlock(dim), _ResBlock(dim), _Attention(dim), _ResBlock(dim), _ResBlock(dim), _norm(dim))
        )
        self.head = ISTFTHead(dim, n_fft=4 * self.hop, hop_length=self.hop, padding="same")

    @property
    def codebook(self) -> Any:
        return self.quantizer.vq.layers[0]

    def encode(self, clip: Tensor) -> Tensor:
        """[B, 1, T] -> [B, 1, F]"""
        return self.codebook.encode(self.encoder(clip))[:, None]

    def decode(self, codes: Tensor) -> Tensor:
        """[B, 1, F] -> [B, 1, T]"""
        backbone = self.backbone
        bandwidth = torch.zeros(
            1, dtype=torch.int64, device=codes.device
        )  # trained alike for all four; upstream's is 0
        x = backbone.pos_net(backbone.embed(self.codebook.decode(codes[:, 0])))
        x = backbone.norm(x.mT, cond_embedding_id=bandwidth).mT
        for block in backbone.convnext:
            x = block(x, cond_embedding_id=bandwidth)
        return self.head(backbone.final_layer_norm(x.mT))[:, None]


class _ResBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = _norm(channels), _norm(channels)
        self.conv1, self.conv2 = (nn.Conv1d(channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(nn.functional.silu(self.norm1(x)))
        return x + self.conv2(nn.functional.silu(self.norm2(h)))


class _Attention(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = _norm(channels)
        self.q, self.k, self.v, self.proj_out = (nn.Conv1d(channels, channels, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(x)
        heard = nn.functional.scaled_dot_product_attention(self.q(h).mT, self.k(h).mT, self.v(h).mT)
        return x + self.proj_out(heard.mT)


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(32, channels, eps=1e-6)


def load_state(model: Model, state: dict[str, Tensor]) -> None:
    """From upstream's names; its unused EnCodec decoder and its discriminators are left out."""
    renamed = {name.removeprefix("feature_extractor.encodec."): value for name, value in state.items()}
    wanted = ("encoder.", "quantizer.", "backbone.", "head.")
    model.load_state_dict({name: value for name, value in renamed.items() if name.startswith(wanted)})


def _load(variant: _Variant) -> Model:
    with variant.checkpoint.folder() as folder:
        # A Lightning checkpoint; what else it holds than tensors and plain values is refused.
        saved = torch.load(folder / variant.checkpoint.files[-1][0], map_location="cpu", weights_only=True)
    model = Model(variant.ratios)
    load_state(model, saved["state_dict"])
    return model
