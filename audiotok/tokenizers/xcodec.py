"""X-Codec and the Higgs Audio v2 tokenizer: HuBERT's features beside a codec's encoder, through `transformers`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import whole_frames
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint, load_pretrained
from audiotok.tokenizers._wrapper import Wrapper

_FILES = (("config.json", ""), ("model.safetensors", ""))
XCODEC = Checkpoint("hf-audio/xcodec-hubert-general", "240735a1ade315cb9b22604fe898e7df03d67378", _FILES)
HIGGS = Checkpoint("bosonai/higgs-audio-v2-tokenizer", "403fbacf2f60caaa102f893fdfabb694619b2417", _FILES)


class _SemanticCodec(Wrapper, Codec, Scalable, Embeddable):
    """The common part of the two models, which in `transformers` have one API. A leaf says which of them it is."""

    _upstream: str  # class of `transformers`
    _checkpoint: Checkpoint

    def __init__(self, *, num_codebooks: int = 8) -> None:
        import transformers

        self._adopt(load_pretrained(getattr(transformers, self._upstream), self._checkpoint), num_codebooks)

    def _adopt(self, model: Any, num_codebooks: int = 8) -> None:
        model.fc1 = model.decoder_semantic = None  # which only training reads
        self._model = model.eval().requires_grad_(False)
        self.decode_sample_rate = model.config.sample_rate
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        config = self._model.config
        check_codebooks(num_codebooks, config.num_quantizers)
        rate = config.sample_rate / config.hop_length
        self.spec = TokenSpec(config.sample_rate, rate, (config.codebook_size,) * num_codebooks)
        # Upstream takes bandwidths out of a list, by default the highest; fewer codebooks are a prefix.
        per_codebook = self._model.quantizer.get_bandwidth_per_quantizer()
        self._bandwidth = next(b for b in config.target_bandwidths if int(b / per_codebook) >= num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clips, waveform, lengths, self.spec, together=self.together)

    def _encode_clips(self, clips: Tensor) -> Tensor:
        # Upstream's feature extractor fills the last frame with zeros before the model sees it.
        padded = whole_frames(clips, self._model.config.hop_length).to(self._model.dtype)
        return self._model.encode(padded, bandwidth=self._bandwidth).audio_codes[:, : self.spec.num_codebooks]

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(lambda codes: self._model.decode(codes).audio_values, tokens, together=self.together)

    def embed(self, tokens: Tokens) -> Tensor:
        quantizers = self._model.quantizer.quantizers
        return torch.stack([quantizers[k].decode(codes).mT for k, codes in enumerate(tokens.codes.unbind(1))], dim=1)


class XCodec(_SemanticCodec):
    """Eight codebooks of 1024 entries at 16 kHz and 50 Hz."""

    card = TokenizerCard(
        title="X-Codec",
        summary="RVQ codec that quantizes HuBERT's features together with its own encoder's.",
        paper="https://arxiv.org/abs/2408.17175",
        code="https://github.com/zhenye234/xcodec",
        code_licence="LicenseRef-none-stated",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN+T",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Rec", "VQ"),
        auxiliary=("SD",),
        joint=True,
        training_data="200,000 hours of speech, music and sound, not published",
        trained_with=("ZhenYe234/hubert_base_general_audio",),
        weights=XCODEC.url,
        weights_sha256=XCODEC.sha256,
    )
    _upstream = "XcodecModel"
    _checkpoint = XCODEC


class HiggsAudioV2(_SemanticCodec):
    """Eight codebooks of 1024 entries at 24 kHz and 25 Hz."""

    card = replace(
        XCodec.card,
        title="Higgs Audio v2 tokenizer",
        summary="X-Codec's design at 25 Hz and 24 kHz, for speech, music and sound in one model.",
        paper="https://github.com/boson-ai/higgs-audio/blob/main/tech_blogs/TOKENIZER_BLOG.md",
        code="https://github.com/boson-ai/higgs-audio",
        code_licence="Apache-2.0",
        licence="LicenseRef-Boson-Higgs-Audio-2-Community",
        training_data="speech, music and sound events, not published",
        trained_with=("bosonai/hubert_base",),
        weights=HIGGS.url,
        weights_sha256=HIGGS.sha256,
        weights_verified="",
    )
    _upstream = "HiggsAudioV2TokenizerModel"
    _checkpoint = HIGGS
