"""FocalCodec at 50, 25 and 12.5 Hz and its causal variants, through its authors' package (not on PyPI)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import AudioStream, Streaming, TokenStream
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import MissingDependency
from audiotok.tokenizers._hub import Checkpoint, at_commit
from audiotok.tokenizers._wrapper import as_weights
from audiotok.tokenizers.focalcodec import streams

FILES = ("config.json", "model.safetensors")
WINDOW, HOP = 400, 320  # samples of WavLM's frames


class FocalCodec(Codec, Embeddable):
    """WavLM's sixth layer, compressed by focal modulation, one bit per latent dimension (2048 to 65536 entries).
    `wrap` chooses the class that streams where the model can.
    """

    card = TokenizerCard(
        title="FocalCodec",
        summary="Single-codebook codec of WavLM's lower layers with focal modulation and binary spherical codes.",
        paper="https://arxiv.org/abs/2502.04465",
        code="https://github.com/lucadellalib/focalcodec",
        code_licence="Apache-2.0",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="CNN+T",
        decoder="CNN",
        representation="T",
        quantizer="SQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec"),
        joint=False,
        training_data="LibriTTS (50, 25, 12.5 Hz); Libri-Light (causal variants)",
        trained_with=("microsoft/wavlm-large",),
        weights="https://huggingface.co/lucadellalib/focalcodec_50hz",
    )

    def __init__(self, model: Any) -> None:
        """`model`: a `focalcodec.FocalCodec`."""
        self._model = model.eval().requires_grad_(False)
        self.decode_sample_rate = model.sample_rate_output
        hop = model.encoder.downsample_factor * model.compressor.downsample_factor
        rate = model.sample_rate_input
        self.spec = TokenSpec(rate, rate / hop, (model.quantizer.codebook_size,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        def encode(clip: Tensor) -> Tensor:
            return self._model.sig_to_toks(as_weights(clip[0], self._model))[:, None]

        # What upstream calls codes are the quantized latents; the indices are its tokens.
        return encode_clips(encode, waveform, lengths, self.spec)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor) -> Tensor:
        """[1, 1, frames] -> [1, 1, T]"""
        # WavLM leaves out what does not fill its last window, up to a frame and 80 samples of a clip's end.
        return nn.functional.pad(self._model.toks_to_sig(codes[:, 0])[:, None], (0, WINDOW - HOP))

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantizer.toks_to_codes(tokens.codes[:, 0])[:, None]


class CausalFocalCodec(FocalCodec, Streaming):
    """A FocalCodec whose model is causal (FocalCodec-Stream); it sees 80 ms at once."""

    def stream(self, batch_size: int = 1, sample_rate: int | None = None) -> TokenStream:
        rate = sample_rate or self.spec.sample_rate
        return streams.token_stream(self, self._model, batch_size, rate)

    def stream_decode(self, batch_size: int = 1) -> AudioStream:
        return streams.audio_stream(self, self._model, batch_size)


def focalcodec(
    *,
    variant: Literal["50hz", "25hz", "12_5hz", "50hz_2k_causal", "50hz_4k_causal", "50hz_65k_causal"] = "50hz",
    revision: str = "",
) -> FocalCodec:
    """The published model. `revision` is the commit to load of lucadellalib/focalcodec_<variant>."""
    upstream = _upstream()
    checkpoint = at_commit(f"lucadellalib/focalcodec_{variant}", revision, FILES)
    tokenizer = wrap(_load(upstream, checkpoint))
    tokenizer.card = replace(card(variant), weights=checkpoint.url)
    return tokenizer


def wrap(model: Any) -> FocalCodec:
    """A model that is loaded already, as a tokenizer; one that is causal is `Streaming`."""
    return (CausalFocalCodec if streams.is_causal(model) else FocalCodec)(model)


def card(variant: str) -> TokenizerCard:
    about = replace(FocalCodec.card, weights=f"https://huggingface.co/lucadellalib/focalcodec_{variant}")
    if not variant.endswith("_causal"):
        return about
    return replace(about, title="FocalCodec-Stream", paper="https://arxiv.org/abs/2509.16195", streamable=True)


def _upstream() -> Any:
    try:
        from focalcodec import FocalCodec as Upstream
    except ModuleNotFoundError as error:
        raise MissingDependency(
            "focalcodec needs its authors' package, which is not on PyPI; give it an environment of its own with: "
            "audiotok env make focalcodec"
        ) from error
    return Upstream


def _load(upstream: Any, checkpoint: Checkpoint) -> Any:
    with checkpoint.folder() as folder:
        for name in FILES:  # upstream looks for weights that are called like their configuration
            (folder / name).rename(folder / f"focalcodec{Path(name).suffix}")
        return upstream.from_config(str(folder / "focalcodec.json"), pretrained=True)
