"""Tokenizers at their published sizes with random weights, each beside upstream's own calls on a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

import audiotok


@dataclass(frozen=True)
class Pair:
    """Speed does not depend on what the weights are."""

    codec: audiotok.Codec
    encode: Callable[[Tensor], Any]  # upstream on [B, 1, T]
    decode: Callable[[Tensor], Any]  # upstream on our codes [B, K, F]


def encodec() -> Pair:
    from encodec import EncodecModel

    from audiotok.tokenizers.encodec import wrap

    model = EncodecModel.encodec_model_24khz(pretrained=False).eval()
    model.set_target_bandwidth(6.0)
    return Pair(wrap(model, 8), model.encode, lambda codes: model.decode([(codes, None)]))


def dac(sample_rate: int = 24000, ratios: tuple[int, ...] = (2, 4, 5, 8), codebooks: int = 32) -> Pair:
    from transformers import DacConfig, DacModel

    from audiotok.tokenizers.dac import DAC

    config = DacConfig(sampling_rate=sample_rate, downsampling_ratios=list(ratios), n_codebooks=codebooks)
    model = DacModel(config).eval()
    return Pair(DAC.of(model), model.encode, lambda codes: model.decode(audio_codes=codes))


def mimi() -> Pair:
    from transformers import MimiConfig, MimiModel

    from audiotok.tokenizers.mimi import Mimi

    model = MimiModel(MimiConfig()).eval()
    return Pair(Mimi.of(model, num_codebooks=8), lambda clip: model.encode(clip, num_quantizers=8), model.decode)


def snac() -> Pair:
    from snac import SNAC as Upstream

    from audiotok.tokenizers.snac import SNAC

    strides = [4, 2, 1]
    model = Upstream(
        sampling_rate=24000,
        encoder_dim=48,
        encoder_rates=[2, 4, 8, 8],
        decoder_dim=1024,
        decoder_rates=[8, 8, 4, 2],
        attn_window_size=None,
        vq_strides=strides,
    ).eval()
    return Pair(
        SNAC.of(model),
        model.encode,
        lambda codes: model.decode([codes[:, k, ::stride] for k, stride in enumerate(strides)]),
    )


def speechtokenizer() -> Pair:
    from speechtokenizer import SpeechTokenizer as Upstream

    from audiotok.tokenizers.speechtokenizer import DM_CODEC, SpeechTokenizer

    model = Upstream(DM_CODEC).eval()  # the same sizes
    for layer in model.quantizer.vq.layers:
        layer._codebook.inited.fill_(1)  # else the first clip would set the codebook
    return Pair(SpeechTokenizer.of(model), model.encode, lambda codes: model.decode(codes.transpose(0, 1)))


def wavtokenizer() -> Pair:
    """Upstream has no package: its graph, without what audiotok puts around it."""
    from audiotok.tokenizers.wavtokenizer import VARIANTS, Model, WavTokenizer

    model = Model(VARIANTS["large-unify-40"].ratios).eval()
    model.codebook._codebook.inited.fill_(1)
    return Pair(WavTokenizer.of(model), model.encode, model.decode)


def xcodec() -> Pair:
    from transformers import XcodecConfig, XcodecModel

    from audiotok.tokenizers.xcodec import XCodec

    model = XcodecModel(XcodecConfig()).eval()
    return Pair(XCodec.of(model), model.encode, model.decode)


def higgs() -> Pair:
    from transformers import HiggsAudioV2TokenizerConfig, HiggsAudioV2TokenizerModel

    from audiotok.tokenizers.xcodec import HiggsAudioV2

    ratios = [8, 5, 4, 2, 3]
    config = HiggsAudioV2TokenizerConfig(
        acoustic_model_config={"downsampling_ratios": ratios, "upsampling_ratios": ratios},
        target_bandwidths=[0.5, 1, 1.5, 2],
    )
    model = HiggsAudioV2TokenizerModel(config).eval()
    return Pair(HiggsAudioV2.of(model), model.encode, model.decode)


def xcodec2(neucodec: bool = False) -> Pair:
    import transformers

    from audiotok.tokenizers.xcodec2 import NeuCodec, XCodec2

    name, wrapper = ("NeuCodec", NeuCodec) if neucodec else ("Xcodec2", XCodec2)
    parts = ("Model", "Config", "FeatureExtractor")
    kind, config, extractor = (getattr(transformers, f"{name}{part}") for part in parts)
    model = kind(config()).eval()
    extract = extractor(feature_size=80, sampling_rate=16000, hop_length=320)

    def encode(clip: Tensor) -> Any:
        inputs = extract([c[0].cpu().numpy() for c in clip], sampling_rate=16000, return_tensors="pt")
        return model.encode(**inputs.to(clip.device))

    return Pair(wrapper.of(model), encode, model.decode)


PAIRS: dict[str, Callable[[], Pair]] = {
    "encodec": encodec,
    "dac": dac,
    "dac-16khz": lambda: dac(16000, codebooks=12),
    "dac-44khz": lambda: dac(44100, (2, 4, 8, 8), 9),
    "mimi": mimi,
    "snac": snac,
    "speechtokenizer": speechtokenizer,
    "wavtokenizer": wavtokenizer,
    "xcodec": xcodec,
    "higgs": higgs,
    "xcodec2": xcodec2,
    "neucodec": lambda: xcodec2(neucodec=True),
}
