"""DualCodec at 12.5 and 25 Hz: w2v-BERT 2's features are the first codebook, what they lack the others.

Its authors' package excludes others' (it needs protobuf before 3.20), so that it wants an environment of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import MissingDependency
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper

SAMPLE_RATE, HEARD_RATE = 24000, 16000
LAYER = 17  # of w2v-BERT's hidden states
TAIL = 120  # samples that the features' last window needs beyond a frame
W2V_BERT = Checkpoint(
    "facebook/w2v-bert-2.0",
    "da985ba0987f70aaeb84a80f2851cfac8c697a7b",
    (("config.json", ""), ("preprocessor_config.json", ""), ("model.safetensors", "")),
)


@dataclass(frozen=True)
class Variant:
    weights: str
    strides: tuple[int, ...]  # of the encoder, first to last
    width: int  # of its first layer
    pooled: int  # features a frame
    sizes: tuple[int, ...]  # entries of each codebook

    @property
    def checkpoint(self) -> Checkpoint:
        files = (("w2vbert2_mean_var_stats_emilia.pt", ""), (self.weights, ""))
        return Checkpoint("amphion/dualcodec", "a4243540cfb149e38c82dc80dfa5c83d5e0af2a9", files)


VARIANTS = {
    "12hz": Variant("dualcodec_12hz_16384_4096.safetensors", (4, 5, 6, 8, 2), 32, 4, (16384, *(4096,) * 7)),
    "25hz": Variant("dualcodec_25hz_16384_1024.safetensors", (4, 5, 6, 8), 64, 2, (16384, *(1024,) * 11)),
}


class DualCodec(Wrapper, Codec, Scalable):
    """1 to 8 (12.5 Hz) or 1 to 12 (25 Hz) codebooks.

    The first one's vectors reach the decoder through convolutions over time, so that a code has none of its own: it is
    not `Embeddable`. `autocast` is upstream's default, half precision in the encoder; the features always have it.
    """

    card = TokenizerCard(
        title="DualCodec",
        summary="Codec of low frame rate whose first codebook is made of w2v-BERT 2's features.",
        paper="https://arxiv.org/abs/2505.13000",
        code="https://github.com/jiaqili3/DualCodec",
        code_licence="MIT",
        licence="LicenseRef-not-learnt",
        domains=("speech",),
        encoder="CNN+T",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("SD",),
        joint=True,
        training_data="Emilia, 100,000 hours of multilingual speech",
        trained_with=("facebook/w2v-bert-2.0",),
        weights=VARIANTS["12hz"].checkpoint.url,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(
        self, *, variant: Literal["12hz", "25hz"] = "12hz", num_codebooks: int | None = None, autocast: bool = True
    ) -> None:
        chosen = VARIANTS[variant]
        self._adopt(*_load(chosen), num_codebooks, autocast)
        self.card = replace(self.card, weights=chosen.checkpoint.url)

    def _adopt(
        self,
        model: Any,
        semantic: Any,
        extractor: Any,
        mean: Tensor,
        deviation: Tensor,
        num_codebooks: int | None = None,
        autocast: bool = True,
    ) -> None:
        self._model = model.eval().requires_grad_(False)
        self._semantic = semantic.eval().requires_grad_(False)
        self._extractor, self._mean, self._deviation, self._autocast = extractor, mean, deviation, autocast
        self._hop = int(model.dac.hop_length)
        self._set_codebooks(1 + model.dac.n_codebooks if num_codebooks is None else num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        semantic, acoustic = self._model.semantic_vq, self._model.dac.quantizer
        check_codebooks(num_codebooks, 1 + acoustic.n_codebooks)
        sizes = (semantic.codebook_size, *(acoustic.codebook_size,) * (num_codebooks - 1))
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / self._hop, sizes)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        # Upstream drops what does not fill a frame of features. Zeros are added where that is more than a frame, or
        # the whole clip: no more than TAIL of them to a clip of a frame or more.
        frames = max(1, (clip.shape[2] - 1) // self._hop)
        clip = nn.functional.pad(clip, (0, max(0, frames * self._hop + TAIL - clip.shape[2])))
        features = self._features(clip)
        with torch.autocast(self.device.type, torch.float16, enabled=self._autocast):
            first, others = self._model.encode(clip, self.spec.num_codebooks, semantic_repr=features)
        return first if others is None else torch.cat([first, others], dim=1)

    def _features(self, clip: Tensor) -> Tensor:
        """[1, 1, T] -> [1, D, F]"""
        from torchaudio.functional import resample

        heard = resample(clip, SAMPLE_RATE, HEARD_RATE).cpu()
        inputs = self._extractor(heard, sampling_rate=HEARD_RATE, return_tensors="pt").to(self.device)
        with torch.autocast(self.device.type, torch.float16):
            states = self._semantic(**inputs, output_hidden_states=True).hidden_states[LAYER]
            states = ((states - self._mean) / self._deviation).mT
            return nn.functional.avg_pool1d(states, self._model.semantic_downsample_factor)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor) -> Tensor:
        audio = self._model.decode_from_codes(codes[:, :1], codes[:, 1:] if codes.shape[1] > 1 else None)
        # Transposed convolutions of an odd stride end a few samples early.
        return nn.functional.pad(audio, (0, codes.shape[2] * self._hop - audio.shape[2]))


def _load(variant: Variant) -> tuple[Any, Any, Any, Tensor, Tensor]:
    """The codec, w2v-BERT 2, what makes its input, and the mean and deviation of its features."""
    try:
        from dualcodec.model_codec import DualCodec as Upstream
    except ModuleNotFoundError as error:
        raise MissingDependency(
            "dualcodec needs its authors' package, whose requirements exclude those of others; give it an environment "
            "of its own with: audiotok env make dualcodec"
        ) from error
    from safetensors.torch import load_model
    from transformers import SeamlessM4TFeatureExtractor, Wav2Vec2BertModel

    model = Upstream(
        encoder_dim=variant.width,
        encoder_rates=list(variant.strides),
        decoder_rates=list(reversed(variant.strides)),
        n_codebooks=len(variant.sizes) - 1,
        codebook_size=variant.sizes[1],
        semantic_codebook_size=variant.sizes[0],
        sample_rate=SAMPLE_RATE,
        is_causal=True,
        semantic_downsample_factor=variant.pooled,
    )
    with variant.checkpoint.folder() as folder:
        statistics, weights = (folder / name for name, _ in variant.checkpoint.files)
        moments = torch.load(statistics, map_location="cpu", weights_only=True)
        load_model(model, weights)
    with W2V_BERT.folder() as folder:
        semantic = Wav2Vec2BertModel.from_pretrained(folder, local_files_only=True)
        extractor = SeamlessM4TFeatureExtractor.from_pretrained(folder, local_files_only=True)
    return model, semantic, extractor, moments["mean"], moments["var"].sqrt()
