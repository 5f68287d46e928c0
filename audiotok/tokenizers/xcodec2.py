"""X-Codec 2 and NeuCodec: w2v-BERT 2's features beside a codec's encoder, one codebook, through `transformers`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint, load_pretrained
from audiotok.tokenizers._wrapper import Wrapper

XCODEC2 = Checkpoint(
    "HKUSTAudio/xcodec2-hf",
    "64bd034d12d441299cdd535b15c33efd6ccdf252",
    (
        ("config.json", ""),
        ("model.safetensors", "611a63e4dff70c19bd4718d701bb7bc522acf6293a109ab62f5db2f7ff395114"),
    ),
)
NEUCODEC = Checkpoint(
    "neuphonic/neucodec",
    "30c1fdd19e68aee65d542cf043750d4c0165893e",
    (
        ("config.json", ""),
        ("model.safetensors", "c4ccda95a16eb6f3ab02aa574946b01870f16a4af0da6bdb5afaa962e4d9f0d9"),
    ),
)


class _SingleCodebook(Wrapper, Codec, Embeddable):
    """The common part of the two models, which in `transformers` have one API. A leaf says which of them it is."""

    _upstream: str  # prefix of the classes of `transformers`
    _checkpoint: Checkpoint
    _rates: tuple[str, str, str]  # names in upstream's config: the input's rate, samples a frame, the output's rate
    _min_samples = 1  # below which upstream's features fail

    def __init__(self) -> None:
        import transformers

        self._adopt(load_pretrained(getattr(transformers, f"{self._upstream}Model"), self._checkpoint))

    def _adopt(self, model: Any) -> None:
        import transformers

        self._model = model.eval().requires_grad_(False)
        sample_rate, hop, decode_sample_rate = (getattr(model.config, name) for name in self._rates)
        extractor = getattr(transformers, f"{self._upstream}FeatureExtractor")
        self._extractor = extractor(feature_size=80, sampling_rate=sample_rate, hop_length=hop)
        self.decode_sample_rate = decode_sample_rate
        size = math.prod(model.config.quantization_levels)
        self.spec = TokenSpec(sample_rate, sample_rate / hop, (size,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        clip = nn.functional.pad(clip[0, 0], (0, max(0, self._min_samples - clip.shape[2])))
        # Upstream adds a sample and fills the last frame with zeros; its features are made per clip.
        inputs = self._extractor(
            clip.cpu().numpy(), sampling_rate=self.spec.sample_rate, return_tensors="pt", device=str(self.device)
        ).to(self.device)
        for name in ("input_values", "input_features"):
            inputs[name] = inputs[name].to(self._model.dtype)
        return self._model.encode(**inputs).audio_codes

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(lambda codes: self._model.decode(codes).audio_values, tokens)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantizer.from_codes(tokens.codes.mT)[:, None]


class XCodec2(_SingleCodebook):
    """One codebook of 65536 entries (FSQ, 4 levels in 8 dimensions) at 16 kHz and 50 Hz."""

    card = TokenizerCard(
        title="X-Codec 2",
        summary="Single-codebook speech codec that quantizes w2v-BERT 2's features together with its own encoder's.",
        paper="https://arxiv.org/abs/2502.04128",
        code="https://github.com/zhenye234/X-Codec-2.0",
        code_licence="MIT",
        licence="CC-BY-NC-4.0",
        domains=("speech",),
        encoder="CNN+T",
        decoder="CNN+T",
        representation="T",
        quantizer="FSQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec"),
        auxiliary=("SD",),
        joint=True,
        training_data="150,000 hours of multilingual speech (Emilia, MLS)",
        trained_with=("facebook/w2v-bert-2.0",),
        weights=XCODEC2.url,
        weights_sha256=XCODEC2.sha256,
    )
    _upstream = "Xcodec2"
    _checkpoint = XCODEC2
    _rates = ("sampling_rate", "hop_length", "sampling_rate")


class NeuCodec(_SingleCodebook):
    """X-Codec 2's codes from 16 kHz, decoded at 24 kHz."""

    card = replace(
        XCodec2.card,
        title="NeuCodec",
        summary="X-Codec 2's design, trained further, with a decoder at 24 kHz.",
        paper="https://arxiv.org/abs/2509.09550",
        code="https://github.com/neuphonic/neucodec",
        code_licence="Apache-2.0",
        licence="Apache-2.0",
        training_data="Emilia-YODAS, MLS, LibriTTS, FLEURS, Common Voice, HUI and unpublished speech",
        weights=NEUCODEC.url,
        weights_sha256=NEUCODEC.sha256,
        weights_verified="",
    )
    _min_samples = 320  # upstream's mel windows are 400 samples, and it adds one sample and no more than a frame
    _upstream = "NeuCodec"
    _checkpoint = NEUCODEC
    _rates = ("input_sampling_rate", "encoder_hop_length", "output_sampling_rate")
