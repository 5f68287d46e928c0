"""The upstream classes that our wrappers stand on, small and with random weights.

A `Family` pairs a wrapper with upstream's own way to do the same on one clip. What the wrapper must not change is
tested for every family in test_upstream.py.
"""

from __future__ import annotations

import math
import runpy
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import audiotok
from audiotok.core.tokens import Tokens


@dataclass(frozen=True)
class Family:
    tokenizer: audiotok.Tokenizer
    encode: Callable[[Tensor, int], Tensor]  # upstream on one clip [T], num_codebooks -> [K, F]
    decode: Callable[..., Tensor] | None = None  # upstream on one clip's codes [K, F], and [G] if any -> [T]
    quantized: Callable[[Tensor], Tensor] | None = None  # upstream on codes [K, F] -> [F, D], what the decoder gets
    numbers_of_codebooks: tuple[int, ...] = ()
    whole: Callable[[Tensor], Tensor] | None = None  # upstream on one clip [T] -> its codes of the whole [G]


def dac(sample_rate: int = 24000) -> Family:
    from transformers import DacConfig, DacFeatureExtractor, DacModel

    from audiotok.tokenizers.dac import DAC

    ratios = {16000: [2, 4, 5, 8], 24000: [2, 4, 5, 8], 44100: [2, 4, 8, 8]}[sample_rate]
    model = DacModel(
        DacConfig(
            encoder_hidden_size=4,
            decoder_hidden_size=32,
            n_codebooks=4,
            codebook_size=64,
            downsampling_ratios=ratios,
            sampling_rate=sample_rate,
        )
    ).eval()
    extractor = DacFeatureExtractor(sampling_rate=sample_rate, hop_length=model.config.hop_length)

    def encode(clip: Tensor, num_codebooks: int) -> Tensor:
        inputs = extractor(clip.numpy(), sampling_rate=sample_rate, return_tensors="pt")
        return model.encode(inputs["input_values"], n_quantizers=num_codebooks).audio_codes[0]

    return Family(
        DAC.of(model),
        encode,
        lambda codes: model.decode(audio_codes=codes[None]).audio_values[0],
        lambda codes: model.quantizer.from_codes(codes[None])[0][0].T,
        (1, 2, 3, 4),
    )


def mimi() -> Family:
    from transformers import MimiConfig, MimiModel

    from audiotok.tokenizers.mimi import Mimi

    model = MimiModel(
        MimiConfig(
            hidden_size=32,
            num_filters=4,
            codebook_size=64,
            codebook_dim=16,
            vector_quantization_hidden_dimension=16,
            num_quantizers=4,
            upsample_groups=32,
            num_hidden_layers=2,
            intermediate_size=64,
            num_attention_heads=4,
            num_key_value_heads=4,
            sliding_window=5,
        )
    ).eval()
    randomise(model)
    return Family(
        Mimi.of(model, num_codebooks=4),
        lambda clip, n: model.encode(clip[None, None], num_quantizers=n).audio_codes[0],
        lambda codes: model.decode(codes[None]).audio_values[0, 0],
        lambda codes: model.quantizer.decode(codes[None])[0].T,
        (1, 2, 3, 4),
    )


def small_encodec(
    sample_rate: int, channels: int, bandwidths: list[float], segment: float | None, num_codebooks: int = 8
) -> Any:
    """Upstream's class with few filters; bandwidths name how many of its codebooks upstream uses."""
    from encodec import EncodecModel
    from encodec.modules import SEANetDecoder, SEANetEncoder
    from encodec.quantization import ResidualVectorQuantizer

    torch.manual_seed(0)
    shape = {
        "channels": channels,
        "dimension": 16,
        "n_filters": 4,
        "norm": "time_group_norm" if segment else "weight_norm",
        "causal": segment is None,
    }
    quantizer = ResidualVectorQuantizer(dimension=16, n_q=num_codebooks, bins=16)
    model = EncodecModel(
        SEANetEncoder(**shape),
        SEANetDecoder(**shape),
        quantizer,
        bandwidths,
        sample_rate,
        channels,
        normalize=segment is not None,
        segment=segment,
    )
    for layer in quantizer.vq.layers:
        layer._codebook.embed.normal_(std=0.3)
        layer._codebook.inited.fill_(1)
    return model.eval()


def encodec() -> Family:
    from audiotok.tokenizers.encodec import wrap

    model = small_encodec(24000, 1, [0.3 * n for n in range(1, 9)], None)

    def encode(clip: Tensor, num_codebooks: int) -> Tensor:
        model.bandwidth = 0.3 * num_codebooks + 0.01
        return model.encode(clip[None, None])[0][0][0]

    return Family(
        wrap(model, 8),
        encode,
        lambda codes: model.decode([(codes[None], None)])[0, 0],
        lambda codes: model.quantizer.decode(codes[:, None])[0].T,
        tuple(range(1, 9)),
    )


@pytest.fixture(scope="session", name="small_encodec")
def _small_encodec() -> Callable[..., Any]:
    return small_encodec


@torch.no_grad()
def small_vocos() -> Any:
    """Upstream's class around a small EnCodec; its constructor of features would fetch EnCodec's weights."""
    from vocos import Vocos as Upstream
    from vocos.feature_extractors import EncodecFeatures
    from vocos.heads import ISTFTHead
    from vocos.models import VocosBackbone

    from audiotok.tokenizers.vocos import NUM_CODEBOOKS

    most = max(NUM_CODEBOOKS)
    features = EncodecFeatures.__new__(EncodecFeatures)
    torch.nn.Module.__init__(features)
    features.bandwidths = [75 * 4 * n / 1000 for n in NUM_CODEBOOKS]  # kbit/s
    features.encodec = small_encodec(24000, 1, features.bandwidths, None, num_codebooks=most)
    features.codebook_weights = torch.nn.Parameter(torch.randn(most * 16, 16))
    backbone = VocosBackbone(16, 24, 48, 2, adanorm_num_embeddings=len(NUM_CODEBOOKS))
    for scale in (module for module in backbone.modules() if isinstance(module, torch.nn.Embedding)):
        scale.weight.normal_()  # else all bandwidths would sound alike
    return Upstream(features, backbone, ISTFTHead(24, 1280, 320)).eval()


@pytest.fixture(scope="module", name="small_vocos")
def _small_vocos() -> Any:
    return small_vocos()


def vocos() -> Family:
    from audiotok.tokenizers.vocos import NUM_CODEBOOKS, Vocos

    model = small_vocos()
    features = model.feature_extractor

    def encode(clip: Tensor, num_codebooks: int) -> Tensor:
        features.encodec.set_target_bandwidth(features.bandwidths[NUM_CODEBOOKS.index(num_codebooks)])
        return features.get_encodec_codes(clip[None])[:, 0]

    def decode(codes: Tensor) -> Tensor:
        rate = torch.tensor([NUM_CODEBOOKS.index(len(codes))])
        return model.decode(model.codes_to_features(codes), bandwidth_id=rate)[0]

    return Family(
        Vocos.of(features.encodec, model, 8), encode, decode, lambda codes: model.codes_to_features(codes)[0].T
    )


def snac(sample_rate: int = 24000) -> Family:
    from snac import SNAC as Upstream

    from audiotok.tokenizers.snac import SNAC

    strides, window = {24000: ([4, 2, 1], None), 44100: ([8, 4, 2, 1], 32)}[sample_rate]
    model = Upstream(
        sampling_rate=sample_rate,
        encoder_dim=16,
        encoder_rates=[2, 4, 8, 8],
        decoder_dim=64,
        decoder_rates=[8, 8, 4, 2],
        attn_window_size=window,
        codebook_size=64,
        vq_strides=strides,
        noise=True,
    ).eval()

    def encode(clip: Tensor, _: int) -> Tensor:
        codes = model.encode(clip[None, None])
        frames = codes[-1].shape[1]
        return torch.stack([level[0].repeat_interleave(frames // level.shape[1]) for level in codes])

    def levels(codes: Tensor) -> list[Tensor]:
        return [codes[None, k, ::stride] for k, stride in enumerate(strides)]

    return Family(
        SNAC.of(model),
        encode,
        lambda codes: seeded_snac(model, levels(codes)),
        lambda codes: model.quantizer.from_codes(levels(codes))[0].T,
    )


def seeded_snac(model: Any, levels: list[Tensor]) -> Tensor:
    """The decoder draws noise; upstream leaves the seed to the caller."""
    torch.manual_seed(0)
    return model.decode(levels)[0, 0]


def speechtokenizer() -> Family:
    from speechtokenizer import SpeechTokenizer as Upstream

    from audiotok.tokenizers.speechtokenizer import SpeechTokenizer

    config = {
        "n_filters": 4,
        "dimension": 32,
        "semantic_dimension": 16,
        "strides": [8, 5, 4, 2],
        "lstm_layers": 2,
        "bidirectional": True,
        "dilation_base": 2,
        "residual_kernel_size": 3,
        "n_residual_layers": 1,
        "activation": "ELU",
        "sample_rate": 16000,
        "n_q": 8,
        "codebook_size": 64,
    }
    model = Upstream(config).eval()
    randomise(model, scale=0.02)
    for layer in model.quantizer.vq.layers:
        layer._codebook.inited.fill_(1)
    return Family(
        SpeechTokenizer.of(model),
        lambda clip, n: model.encode(clip[None, None], n_q=n)[:, 0],
        lambda codes: model.decode(codes[:, None])[0, 0],
        lambda codes: model.quantizer.decode(codes[:, None])[0].T,
        tuple(range(1, 9)),
    )


def xcodec(higgs: bool = False) -> Family:
    from transformers import (
        DacFeatureExtractor,
        HiggsAudioV2TokenizerConfig,
        HiggsAudioV2TokenizerModel,
        XcodecConfig,
        XcodecModel,
    )

    from audiotok.tokenizers.xcodec import HiggsAudioV2, XCodec

    ratios = [8, 5, 4, 2, 3] if higgs else [8, 5, 4, 2]
    acoustic = {
        "encoder_hidden_size": 4,
        "decoder_hidden_size": 64,
        "hidden_size": 32,
        "downsampling_ratios": ratios,
        "upsampling_ratios": ratios,
    }
    semantic = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "conv_dim": [16] * 7,
        "num_conv_pos_embeddings": 16,
        "num_conv_pos_embedding_groups": 4,
    }
    kind, config, wrapper = (
        (HiggsAudioV2TokenizerModel, HiggsAudioV2TokenizerConfig, HiggsAudioV2)
        if higgs
        else (XcodecModel, XcodecConfig, XCodec)
    )
    bandwidths = [0.5, 1, 1.5, 2] if higgs else [0.5, 1, 1.5, 2, 4]
    model = kind(
        config(
            acoustic_model_config=acoustic,
            semantic_model_config=semantic,
            codebook_size=1024,
            target_bandwidths=bandwidths,
        )
    ).eval()
    randomise(model)
    rate, hop = model.config.sample_rate, model.config.hop_length
    extractor = DacFeatureExtractor(sampling_rate=rate, hop_length=hop)

    def encode(clip: Tensor, num_codebooks: int) -> Tensor:
        inputs = extractor(clip.numpy(), sampling_rate=rate, return_tensors="pt")
        bandwidth = num_codebooks * 10 * rate / hop / 1000
        return model.encode(inputs["input_values"], bandwidth=bandwidth).audio_codes[0]

    return Family(
        wrapper.of(model),
        encode,
        lambda codes: model.decode(codes[None]).audio_values[0, 0],
        lambda codes: model.quantizer.decode(codes[:, None])[0].T,
        (2, 4, 6, 8) if higgs else (1, 2, 3, 4, 8),
    )


def xcodec2(neucodec: bool = False) -> Family:
    from transformers import (
        NeuCodecConfig,
        NeuCodecFeatureExtractor,
        NeuCodecModel,
        Xcodec2Config,
        Xcodec2FeatureExtractor,
        Xcodec2Model,
    )

    from audiotok.tokenizers.xcodec2 import NeuCodec, XCodec2

    kind, config, extractor, wrapper = (
        (NeuCodecModel, NeuCodecConfig, NeuCodecFeatureExtractor, NeuCodec)
        if neucodec
        else (Xcodec2Model, Xcodec2Config, Xcodec2FeatureExtractor, XCodec2)
    )
    model = kind(
        config(
            hidden_size=64,
            intermediate_size=64,
            num_hidden_layers=1,
            num_attention_heads=4,
            num_key_value_heads=4,
            head_dim=16,
            encoder_hidden_size=4,
            quantization_dim=128,
            semantic_model_config={
                "hidden_size": 64,
                "num_hidden_layers": 1,
                "num_attention_heads": 4,
                "intermediate_size": 64,
                "feature_projection_input_dim": 160,
            },
        )
    ).eval()
    torch.nn.init.normal_(model.quantizer.project_in.weight, std=5.0)
    extract = extractor(feature_size=80, sampling_rate=16000, hop_length=320)

    def encode(clip: Tensor, _: int) -> Tensor:
        return model.encode(**extract(clip.numpy(), sampling_rate=16000, return_tensors="pt")).audio_codes[0].long()

    return Family(
        wrapper.of(model),
        encode,
        lambda codes: model.decode(codes[None]).audio_values[0, 0],
        lambda codes: model.quantizer.from_codes(codes[None].mT)[0],
    )


def wavtokenizer() -> Family:
    """What upstream's classes give is in tests/golden, see test_wavtokenizer.py."""
    from audiotok.tokenizers.wavtokenizer import Model, WavTokenizer, load_state

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_wavtokenizer.py"))
    model = Model(made["RATIOS"]["75hz"], **made["SIZE"], layers=made["LAYERS"]).eval()
    load_state(model, made["seeded_state"](model.state_dict()))
    return Family(
        WavTokenizer.of(model),
        lambda clip, _: model.encode(clip[None, None])[0],
        lambda codes: model.decode(codes[None])[0, 0],
        lambda codes: model.codebook.decode(codes)[0].T,
    )


def bigcodec() -> Family:
    """What upstream's classes give is in tests/golden, see test_bigcodec.py."""
    from audiotok.tokenizers.bigcodec import BigCodec, Model, load_state

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_bigcodec.py"))
    model = Model(*made["SIZES"]).eval()
    load_state(model, *(made["seeded_state"](shapes) for shapes in made["published_shapes"]()))
    return Family(
        BigCodec.of(model),
        lambda clip, _: model.encode(clip[None, None])[0],
        lambda codes: model.decode(codes[None])[0, 0],
        lambda codes: model.quantized(codes[None])[0, 0],
    )


def bicodec() -> Family:
    """What upstream's classes give is in tests/golden, see test_bicodec.py."""
    from audiotok.tokenizers.bicodec import BiCodec
    from audiotok.tokenizers.bicodec.layers import Model, Sizes, load_state

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_bicodec.py"))
    model = Model(Sizes(*made["SIZES"]))
    load_state(model, made["seeded_state"](made["published_shapes"]()))
    tokenizer = BiCodec.of(model, *made["wav2vec2"]())
    return Family(
        tokenizer,
        lambda clip, _: tokenizer._encode_clip(clip[None, None])[0][0],
        lambda codes, whole: model.decode(codes, whole[None])[0, 0],
        lambda codes: model.quantized(codes)[0].T,
        whole=lambda clip: tokenizer._encode_clip(clip[None, None])[1][0],
    )


def facodec() -> Family:
    """What upstream's classes give is in tests/golden, see test_facodec.py."""
    from audiotok.tokenizers.facodec import FACodec
    from audiotok.tokenizers.facodec.layers import Model, Sizes, load_state

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_facodec.py"))
    model = Model(Sizes(*made["SIZES"])).eval()
    load_state(model, *(made["seeded_state"](shapes) for shapes in made["published_shapes"]()))
    return Family(
        FACodec.of(model),
        lambda clip, _: model.encode(clip[None, None])[0][0],
        lambda codes, whole: model.decode(codes[None], whole[None])[0, 0],
        lambda codes: model.vectors(codes[None])[0].sum(dim=0),
        whole=lambda clip: model.encode(clip[None, None])[1][0],
    )


def funcodec() -> Family:
    """What upstream's classes give is in tests/golden, see test_funcodec.py."""
    from audiotok.tokenizers._levels import level_of, loudness
    from audiotok.tokenizers.funcodec import FunCodec, Model, load_state

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_funcodec.py"))
    model = Model(made["RATIOS"]["libritts-25hz"], *made["SIZES"]).eval()
    load_state(model, made["seeded_state"](made["published_shapes"]("libritts-25hz")))
    tokenizer = FunCodec.of(model, made["CODEBOOKS"])

    def encode(clip: Tensor, num_codebooks: int) -> Tensor:
        embedded = model.encoder((clip / loudness(clip[None, None])[0])[None])
        return model.quantizer.vq.encode(embedded, n_q=num_codebooks)[:, 0]

    return Family(
        tokenizer,
        encode,
        lambda codes, whole: model.decoder(model.quantizer.decode(codes[:, None]))[0, 0] * level_of(whole),
        lambda codes: model.quantizer.decode(codes[:, None])[0].T,
        (1, 2, 3, 4),
        whole=lambda clip: tokenizer._encode_clip(clip[None, None])[1][0],
    )


def lm_spt() -> Family:
    """What upstream's classes give is in tests/golden, see test_lm_spt.py."""
    from audiotok.tokenizers.lm_spt import LMSPT, Model, Sizes, load_state

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_lm_spt.py"))
    model = Model(Sizes(*made["SIZES"]))
    load_state(model, made["seeded_state"](made["published_shapes"]()))
    return Family(
        LMSPT.of(model),
        lambda clip, n: model.encode(clip[None, None], n)[0],
        lambda codes: model.decode(codes[None])[0, 0],
        lambda codes: model.quantizer.vectors(codes[None])[0].sum(dim=0),
        tuple(range(1, 9)),
    )


def audiodec(decoder: str = "v1") -> Family:
    """What upstream's classes give is in tests/golden, see test_audiodec.py."""
    from audiotok.tokenizers.audiodec import AudioDec
    from audiotok.tokenizers.audiodec import layers as graph

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_audiodec.py"))
    sizes, kernels = graph.Sizes(**made["SIZES"]), made["KERNELS"][decoder]
    model = graph.Model(graph.Vocoder(kernels, sizes) if kernels else graph.mirror(sizes), sizes)
    graph.load_state(model, *made["states"](decoder))
    return Family(
        AudioDec.of(model, 24000),
        lambda clip, _: model.encode(clip[None, None], {}),
        lambda codes: model.decode(codes, {})[0, 0],
        lambda codes: model.quantizer.vectors(codes[None]).sum(dim=1)[0],
    )


def sqcodec(config: str = "causal") -> Family:
    """What upstream's classes give is in tests/golden, see test_sqcodec.py."""
    from audiotok.tokenizers.sqcodec import Model, SQCodec

    made = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "make_sqcodec.py"))
    model = Model(**made["CONFIGS"][config])
    model.load_state_dict(made["state"](config))
    return Family(
        SQCodec.of(model),
        lambda clip, _: model.encode(clip[None, None])[0],
        lambda codes: model.decode(codes[None])[0, 0],
        lambda codes: model.digits(codes[None]).mT.flatten(1, 2)[0].T,
    )


def focalcodec(causal: bool = False) -> Family:
    """Its authors' package is not on PyPI: skipped where it is not installed."""
    upstream = pytest.importorskip("focalcodec", reason="pip install focalcodec from its repository")
    from audiotok.tokenizers.focalcodec import wrap

    model = upstream.FocalCodec(
        encoder_config={
            "hidden_dims": [16] * 7,
            "num_layers": 1,
            "dim": 32,
            "ffn_dim": 64,
            "num_heads": 4,
            "causal": causal,
        },
        compressor_config={"input_dim": 32, "output_dim": 8, "hidden_dims": [32] * 3, "causal": causal},
        quantizer_config={"codebook_size": 256},
        decompressor_config={"input_dim": 8, "output_dim": 32, "hidden_dims": [32] * 3, "causal": causal},
        decoder_name="WaveNeXt" if causal else "Vocos",
        decoder_config={"input_dim": 32, "num_layers": 1, "dim": 32, "ffn_dim": 64, "causal": causal},
    ).eval()
    for name, value in model.compressor.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.zeros_(value)  # else a bit's sign is that of its bias
    return Family(
        wrap(model),
        lambda clip, _: model.sig_to_toks(clip[None]),
        lambda codes: model.toks_to_sig(codes)[0],
        lambda codes: model.toks_to_codes(codes)[0],
    )


def dualcodec(autocast: bool = True) -> Family:
    """Its package is in no environment of ours: skipped where it is not installed."""
    upstream = pytest.importorskip("dualcodec", reason="needs dualcodec: audiotok env make dualcodec")
    from dualcodec.model_codec.dac_layers import WNConv1d
    from easydict import EasyDict
    from transformers import SeamlessM4TFeatureExtractor, Wav2Vec2BertConfig, Wav2Vec2BertModel

    from audiotok.tokenizers.dualcodec import DualCodec

    rates = [4, 5, 6, 8, 2]
    model = upstream.DualCodec(
        encoder_dim=4,
        encoder_rates=rates,
        decoder_dim=64,
        decoder_rates=rates[::-1],
        n_codebooks=3,
        codebook_size=64,
        semantic_codebook_size=128,
        convnext_dim=32,
        convnext_layers=1,
        sample_rate=24000,
        is_causal=True,
        semantic_downsample_factor=4,
    ).eval()
    # Upstream knows no other width of features than 1024.
    model.convnext_encoder[0] = WNConv1d(64, 32, kernel_size=1)
    model.convnext_decoder[-1] = WNConv1d(32, model.dac.latent_dim, kernel_size=1)
    semantic = Wav2Vec2BertModel(
        Wav2Vec2BertConfig(
            hidden_size=64,
            output_hidden_size=64,
            num_hidden_layers=18,
            num_attention_heads=4,
            intermediate_size=64,
            feature_projection_input_dim=160,
        )
    ).eval()
    extractor = SeamlessM4TFeatureExtractor(padding_value=1)
    mean, deviation = 0.1 * torch.randn(64), 1 + torch.rand(64)
    inference = upstream.Inference.__new__(upstream.Inference)  # its constructor fetches weights
    inference.model, inference.device, inference.autocast = model, "cpu", autocast
    inference.semantic_cfg = EasyDict(
        semantic_model=semantic, output_idx=17, mean=mean, std=deviation, feature_extractor=extractor
    )

    def encode(clip: Tensor, num_codebooks: int) -> Tensor:
        codes = inference.encode(clip[None, None], num_codebooks)
        return torch.cat([part[0] for part in codes if part is not None])

    return Family(
        DualCodec.of(model, semantic, extractor, mean, deviation, autocast=autocast),
        encode,
        lambda codes: inference.decode(codes[None, :1], codes[None, 1:] if len(codes) > 1 else None)[0, 0],
        numbers_of_codebooks=(1, 2, 3, 4),
    )


def small_semanticodec(token_rate: int) -> Any:
    """Upstream's class, small; skipped where its package is not installed. Its constructor wants files of full size."""
    upstream = pytest.importorskip("semanticodec", reason="needs semanticodec: audiotok env make semanticodec")
    from semanticodec.config import get_config
    from semanticodec.modules.audiomae.models_mae import MaskedAutoencoderViT
    from semanticodec.modules.decoder import hifigan
    from semanticodec.modules.decoder.latent_diffusion.util import instantiate_from_config
    from semanticodec.modules.encoder.encoder import AudioMAEConditionQuantResEncoder

    config, _, width, _, _ = get_config(token_rate, 4096)
    sizes = config["model"]["params"]
    few = {"model_channels": 32, "channel_mult": [1, 1], "attention_resolutions": [2], "num_res_blocks": 1}
    sizes["unet_config"]["params"] |= few
    sizes["first_stage_config"]["params"]["ddconfig"] |= {"ch": 32, "num_res_blocks": 1}
    model = upstream.SemantiCodec.__new__(upstream.SemantiCodec)
    torch.nn.Module.__init__(model)
    centroids = Path(tempfile.mkdtemp(), "centroids.npy")
    np.save(centroids, 0.5 * torch.randn(64, width).numpy())
    with torch.device("meta"):  # its own layers are replaced by small ones
        encoder = AudioMAEConditionQuantResEncoder(centroids, width, codebook_size=64, lstm_layer=1)
    encoder.centroid_npy = torch.from_numpy(np.load(centroids))
    encoder.pos_embed = type(encoder.pos_embed)()
    encoder.audiomae.model = MaskedAutoencoderViT(
        (1024, 128),
        embed_dim=768,
        depth=2,
        num_heads=12,
        decoder_depth=1,
        mlp_ratio=1,
        in_chans=1,
        audio_exp=True,
        contextual_depth=0,
    )
    encoder.encoder = torch.nn.LSTM(2 * width, 16, batch_first=True, bidirectional=True)
    encoder.encoder_output_linear = torch.nn.Linear(32, width, bias=False)
    encoder.quantizer = type(encoder.quantizer)(dim=width, codebook_size=64)
    model.encoder, model.decoder = encoder, instantiate_from_config(config["model"])
    vocoder = {"resblock": "1", "upsample_initial_channel": 32, "num_mels": 64}
    vocoder |= {"upsample_rates": [5, 4, 2, 2, 2], "upsample_kernel_sizes": [16, 16, 8, 4, 4]}
    vocoder |= {"resblock_kernel_sizes": [3], "resblock_dilation_sizes": [[1, 3, 5]]}
    model.decoder.first_stage_model.decoder = torch.nn.ConvTranspose2d(8, 1, 4, 4)
    model.decoder.first_stage_model.vocoder = hifigan.Generator_old(hifigan.AttrDict(vocoder))
    model.token_rate, model.stack_factor_K, model.device = token_rate, 100 / token_rate, torch.device("cpu")
    model.ddim_sample_step, model.cfg_scale = 1, 2.0
    return randomise(model.eval(), scale=0.02)


@pytest.fixture(scope="module", name="small_semanticodec")
def _small_semanticodec() -> Callable[[int], Any]:
    return small_semanticodec


def encode_with_semanticodec(model: Any, clip: Tensor) -> Tensor:
    """Upstream takes files, which torchaudio reads through a package that is not needed for anything else."""
    from unittest.mock import patch

    with tempfile.NamedTemporaryFile(suffix=".wav") as file, patch("torchaudio.load", lambda _: (clip[None], 16000)):
        return model.encode(file.name)[0].T


@pytest.fixture(scope="module", name="encode_with_semanticodec")
def _encode_with_semanticodec() -> Callable[[Any, Tensor], Tensor]:
    return encode_with_semanticodec


def semanticodec() -> Family:
    model = small_semanticodec(100)
    from audiotok.tokenizers.semanticodec import SemantiCodec

    def decode(codes: Tensor) -> Tensor:
        torch.manual_seed(0)
        return torch.from_numpy(model.decode(codes.T[None]))[0, 0]

    return Family(
        SemantiCodec.of(model),
        lambda clip, _: encode_with_semanticodec(model, clip),
        decode,
        lambda codes: model.encoder.token_to_quantized_feature(codes.T[None])[0],
    )


def small_s3(name: str) -> Any:
    """Upstream's class of that name, small; skipped where its package is not installed."""
    upstream = pytest.importorskip("s3tokenizer", reason="needs s3tokenizer: pip install s3tokenizer")
    from s3tokenizer import model, model_v2, model_v3

    from audiotok.tokenizers.s3 import VARIANTS

    config = {"S3Tokenizer": model.ModelConfig, "S3TokenizerV2": model_v2.ModelConfig}
    variant = next(variant for variant in VARIANTS.values() if variant.name == name)
    sizes = {"n_audio_state": 64, "n_audio_head": 1, "n_audio_layer": 1}
    sizes |= {"n_codebook_size": 64} if variant.upstream == "S3Tokenizer" else {}
    built = getattr(upstream, variant.upstream)(name, config.get(variant.upstream, model_v3.ModelConfigV3)(**sizes))
    randomise(built)
    for convolution in (built.encoder.conv1, built.encoder.conv2):
        kernel = torch.randn_like(convolution.weight)
        # Deaf to the level that all bands and frames share, else every frame has the same code.
        convolution.weight.data = kernel - kernel.mean((1, 2), keepdim=True)
    if variant.upstream != "S3Tokenizer":
        torch.nn.init.normal_(built.quantizer._codebook.project_down.weight)  # else nearly all rounds to zero
    return built.eval()


@pytest.fixture(name="small_s3")
def _small_s3() -> Callable[[str], Any]:
    return small_s3


def s3(name: str) -> Family:
    model = small_s3(name)
    from s3tokenizer import log_mel_spectrogram, padding

    from audiotok.tokenizers.s3 import S3

    def encode(clip: Tensor, _: int) -> Tensor:
        codes, lengths = model.quantize(*padding([log_mel_spectrogram(clip)]))
        return codes[:, : int(lengths[0])].long()

    def quantized(codes: Tensor) -> Tensor:
        if model.quantizer.codebook is not None:
            return model.quantizer.decode(codes)[0].T
        digits = [np.base_repr(code, 3).zfill(8)[::-1] for code in codes[0].tolist()]  # the lowest first
        return torch.tensor([[float(digit) - 1 for digit in code] for code in digits])

    return Family(S3.of(model), encode, quantized=quantized)


def ssl_units() -> Family:
    from transformers import AutoFeatureExtractor, HubertConfig, HubertModel, Wav2Vec2FeatureExtractor

    from audiotok.tokenizers.ssl_units import SSLUnits
    from audiotok.units.centroids import Centroids

    folder = Path(tempfile.mkdtemp())
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    positions = {"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4}
    HubertModel(HubertConfig(**sizes, **positions, conv_dim=[16] * 7)).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)
    model = HubertModel.from_pretrained(folder).eval()
    extractor = AutoFeatureExtractor.from_pretrained(folder)
    centroids = Centroids(torch.randn(64, 32).half().float(), str(folder), layer=1)
    centroids.save(folder / "centroids.safetensors")

    def encode(clip: Tensor, _: int) -> Tensor:
        inputs = extractor(clip.numpy(), sampling_rate=16000, return_tensors="pt").input_values
        # Filled up so that the last samples are heard: HuBERT drops what does not fill its window of 400 samples.
        frames = -(-len(clip) // 320)
        inputs = torch.nn.functional.pad(inputs, (0, (frames - 1) * 320 + 400 - len(clip)))
        states = model(inputs, output_hidden_states=True).hidden_states[1][0, :frames]
        return torch.cdist(states, centroids.vectors).argmin(dim=1)[None]

    return Family(
        SSLUnits(centroids=str(folder / "centroids.safetensors")),
        encode,
        quantized=lambda codes: centroids.vectors[codes[0]],
    )


def dwavl() -> Family:
    from safetensors.torch import save_file
    from sklearn.cluster import MiniBatchKMeans
    from speechbrain.integrations.audio_tokenizers.discrete_ssl import DiscreteSSL
    from speechbrain.integrations.huggingface.wavlm import WavLM
    from speechbrain.lobes.models.HifiGAN import UnitHifiganGenerator
    from speechbrain.tokenizers.discrete_SSL_tokenizer import DiscreteSSLTokenizer
    from transformers import Wav2Vec2FeatureExtractor, WavLMConfig, WavLMModel

    from audiotok.tokenizers.dwavl import LAYERS, DWavL

    folder = Path(tempfile.mkdtemp())
    sizes = {"hidden_size": 16, "num_hidden_layers": 24, "num_attention_heads": 2, "intermediate_size": 32}
    positions = {"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4}
    WavLMModel(WavLMConfig(**sizes, **positions, conv_dim=[16] * 7)).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)
    generator = UnitHifiganGenerator(
        in_channels=16,
        out_channels=1,
        resblock_type="1",
        resblock_dilation_sizes=[[1, 3, 5]] * 3,
        resblock_kernel_sizes=[3, 7, 11],
        upsample_kernel_sizes=[11, 8, 8, 4, 4],
        upsample_initial_channel=32,
        upsample_factors=[5, 4, 4, 2, 2],
        vocab_size=6 * 50 + 1,
        embedding_dim=16,
    ).eval()
    generator.remove_weight_norm()

    # Upstream's constructor takes the same parts from the hub.
    upstream = DiscreteSSL.__new__(DiscreteSSL)
    torch.nn.Module.__init__(upstream)
    upstream.device = "cpu"
    upstream.ssl_model = WavLM(str(folder), str(folder), output_all_hiddens=True).eval()
    states = upstream.ssl_model.extract_features(torch.randn(1, 32000))
    # In double precision, as scikit-learn makes of the tensors that upstream gives it.
    upstream.kmeans_models = [
        MiniBatchKMeans(50, n_init=1, random_state=0).fit(states[layer][0].double().numpy()) for layer in LAYERS
    ]
    upstream.vocabularies = [model.cluster_centers_ for model in upstream.kmeans_models]
    upstream.ssl_layer_ids, upstream.num_clusters = LAYERS, [50] * len(LAYERS)
    upstream.tokenizer = DiscreteSSLTokenizer(upstream.num_clusters)
    upstream.codec_vocoder = generator.inference
    centroids = {
        str(layer): torch.tensor(vectors).float() for layer, vectors in zip(LAYERS, upstream.vocabularies, strict=True)
    }
    save_file(centroids, folder / "centroids.safetensors")
    tokenizer = DWavL.of(upstream.ssl_model.model, generator, centroids=str(folder / "centroids.safetensors"))
    return Family(
        tokenizer,
        lambda clip, n: upstream.encode(clip[None], SSL_layers=LAYERS[:n])[0][0].T,
        lambda codes: upstream.decode(codes.T[None], SSL_layers=LAYERS[: len(codes)])[0, 0],
        lambda codes: sum(vectors[code] for vectors, code in zip(centroids.values(), codes, strict=True)),
        (1, 2, 6),
    )


FAMILIES: dict[str, Callable[[], Family]] = {
    "dac": dac,
    "dac-16khz": lambda: dac(16000),
    "dac-44khz": lambda: dac(44100),
    "encodec": encodec,
    "mimi": mimi,
    "semanticodec": semanticodec,
    "snac": snac,
    "snac-44khz": lambda: snac(44100),
    "speechtokenizer": speechtokenizer,
    "vocos": vocos,
    "wavtokenizer": wavtokenizer,
    "bigcodec": bigcodec,
    "bicodec": bicodec,
    "facodec": facodec,
    "funcodec": funcodec,
    "lm-spt": lm_spt,
    "audiodec": audiodec,
    "audiodec-sym": lambda: audiodec("sym"),
    "sqcodec": sqcodec,
    "sqcodec-centred": lambda: sqcodec("centred"),
    "focalcodec": focalcodec,
    "focalcodec-causal": lambda: focalcodec(causal=True),
    "dualcodec": dualcodec,
    "dualcodec-full": lambda: dualcodec(autocast=False),
    "s3-v1-50hz": lambda: s3("speech_tokenizer_v1"),
    "s3-v1-25hz": lambda: s3("speech_tokenizer_v1_25hz"),
    "s3-v2-25hz": lambda: s3("speech_tokenizer_v2_25hz"),
    "s3-v3-25hz": lambda: s3("speech_tokenizer_v3_25hz"),
    "ssl-units": ssl_units,
    "dwavl": dwavl,
    "xcodec": xcodec,
    "xcodec2": xcodec2,
    "neucodec": lambda: xcodec2(neucodec=True),
    "higgs": lambda: xcodec(higgs=True),
}


#: Families of the same classes as others, in other sizes.
VARIANTS = {
    *("dac-16khz", "dac-44khz", "snac-44khz", "audiodec-sym", "sqcodec-centred", "focalcodec-causal", "dualcodec-full"),
    *("s3-v1-25hz", "s3-v2-25hz", "s3-v3-25hz", "neucodec", "higgs"),
}


def randomise(model: torch.nn.Module, scale: float = 0.1) -> torch.nn.Module:
    """Fresh normal weights wherever upstream starts from zeros, so that codes differ."""
    for value in (*model.parameters(), *model.buffers()):
        if value.is_floating_point() and value.numel() > 1 and not value.detach().any():
            torch.nn.init.normal_(value, std=scale)
    return model


@pytest.fixture(scope="session")
def families() -> dict[str, Callable[[], Family]]:
    return FAMILIES


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow if name in VARIANTS else ()) for name in FAMILIES],
)
def family(request: pytest.FixtureRequest) -> Family:
    torch.manual_seed(0)
    with torch.no_grad():
        return FAMILIES[request.param]()


@pytest.fixture(scope="module")
def clips(family: Family) -> list[Tensor]:
    """[1, T] of three lengths, none a multiple of the others or of a frame."""
    generator = torch.Generator().manual_seed(1)
    rate = family.tokenizer.spec.sample_rate
    seconds = (0.61, 0.27, 0.83)
    return [0.3 * torch.randn(1, round(rate * length) + 7, generator=generator) for length in seconds]


@pytest.fixture(scope="module")
def batch(family: Family, clips: list[Tensor]) -> Tokens:
    return family.tokenizer.encode(audiotok.Audio.from_clips(clips, family.tokenizer.spec.sample_rate))


@pytest.fixture(scope="session")
def voice() -> Tensor:
    """[T] at 16 kHz: a second and a half of a gliding harmonic tone that swells and fades."""
    seconds = torch.arange(24000) / 16000
    phase = 2 * math.pi * (140 * seconds + 10 * torch.sin(2 * math.pi * seconds))
    tone = sum(torch.sin(h * phase) / h for h in range(1, 20))
    return 0.1 * tone * (0.6 + 0.4 * torch.sin(6 * math.pi * seconds))


@pytest.fixture(scope="session")
def assert_same_signal() -> Callable[[Tensor, Tensor], None]:
    """Compares float32 results with golden ones of another machine: error at most 1e-3 of the standard deviation.

    Processors and numbers of threads add up in other orders. A sum of n terms then differs by some 6e-8 √n of its
    scale, in these models (sums of up to 5,000 terms, up to 60 layers on end) by 1e-6 to 1e-4 of the signal. The bound
    is ten times that; one wrong layer or 2 % of level exceed it twenty times over. The mean is left out of the scale,
    since random weights put large constants under some signals.
    """

    def check(actual: Tensor, expected: Tensor) -> None:
        assert actual.shape == expected.shape
        scale = float(expected.std()) if expected.numel() > 1 else float(expected.abs())
        assert float((actual - expected).abs().max()) <= 1e-3 * scale

    return check
