"""S3, CosyVoice's supervised semantic tokens, through the package `s3tokenizer`. There is no decoder.

CosyVoice's authors publish ONNX files; the package rebuilds their graphs in torch and reads the weights out of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from audiotok.core.batching import encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.files.assets import Asset, Url, fetch
from audiotok.tokenizers._wrapper import Wrapper

SAMPLE_RATE, SHORTEST = 16000, 201  # samples; the spectrogram reflects 200 at either end
DIMENSIONS, LEVELS = 8, 3  # of the quantizer without a codebook, from version 2 on


@dataclass(frozen=True)
class Variant:
    upstream: str  # the class, of the package
    name: str  # what that class is told that it is: it merges windows, and strides, by it
    paper: str
    url: str
    sha256: str  # as the package has it
    quantizer: Literal["SVQ", "FSQ"]
    trained_with: tuple[str, ...]

    @property
    def asset(self) -> Asset:
        return Asset(self.url.rpartition("/")[2], self.sha256, (Url(self.url),))


_HOST = "https://www.modelscope.cn/models"
_SENSEVOICE = ("SenseVoice-Large",)
VARIANTS = {
    "v1-50hz": Variant(
        "S3Tokenizer",
        "speech_tokenizer_v1",
        "https://arxiv.org/abs/2407.05407",
        f"{_HOST}/iic/cosyvoice-300m/resolve/master/speech_tokenizer_v1.onnx",
        "23b5a723ed9143aebfd9ffda14ac4c21231f31c35ef837b6a13bb9e5488abb1e",
        "SVQ",
        _SENSEVOICE,
    ),
    "v1-25hz": Variant(
        "S3Tokenizer",
        "speech_tokenizer_v1_25hz",
        "https://arxiv.org/abs/2407.05407",
        f"{_HOST}/iic/CosyVoice-300M-25Hz/resolve/master/speech_tokenizer_v1.onnx",
        "56285ddd4a83e883ee0cb9f8d69c1089b53a94b1f78ff7e4a0224a27eb4cb486",
        "SVQ",
        _SENSEVOICE,
    ),
    "v2-25hz": Variant(
        "S3TokenizerV2",
        "speech_tokenizer_v2_25hz",
        "https://arxiv.org/abs/2412.10117",
        f"{_HOST}/iic/CosyVoice2-0.5B/resolve/master/speech_tokenizer_v2.onnx",
        "d43342aa12163a80bf07bffb94c9de2e120a8df2f9917cd2f642e7f4219c6f71",
        "FSQ",
        _SENSEVOICE,
    ),
    "v3-25hz": Variant(
        "S3TokenizerV3",
        "speech_tokenizer_v3_25hz",
        "https://arxiv.org/abs/2505.17589",
        f"{_HOST}/FunAudioLLM/Fun-CosyVoice3-0.5B-2512/resolve/master/speech_tokenizer_v3.onnx",
        "23236a74175dbdda47afc66dbadd5bcb41303c467a57c261cb8539ad9db9208d",
        "FSQ",
        ("MinMo",),
    ),
}


def card(variant: str) -> TokenizerCard:
    about = VARIANTS[variant]
    return replace(
        S3.card,
        paper=about.paper,
        quantizer=about.quantizer,
        trained_with=about.trained_with,
        weights=about.url,
        weights_sha256=about.sha256,
    )


class S3(Wrapper, Tokenizer, Embeddable):
    """One codebook of 4096 entries (version 1) or 6561 = 3⁸ (from version 2 on) in a speech recogniser's encoder."""

    card = TokenizerCard(
        title="S3 (CosyVoice)",
        summary="Tokens of the quantizer in the middle of a speech recogniser's encoder; made for CosyVoice.",
        paper=VARIANTS["v2-25hz"].paper,
        code="https://github.com/xingchensong/S3Tokenizer",
        code_licence="Apache-2.0",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="CNN+T",
        decoder="-",
        representation="T-F",
        quantizer="FSQ",
        rate="fixed",
        auxiliary=("SST",),
        training_data="unpublished transcribed speech, Chinese and English mostly",
        trained_with=_SENSEVOICE,
        weights=VARIANTS["v2-25hz"].url,
        weights_sha256=VARIANTS["v2-25hz"].sha256,
    )

    def __init__(self, *, variant: Literal["v1-50hz", "v1-25hz", "v2-25hz", "v3-25hz"] = "v2-25hz") -> None:
        import s3tokenizer

        about = VARIANTS[variant]
        model = getattr(s3tokenizer, about.upstream)(about.name)
        model.init_from_onnx(str(fetch(about.asset)))
        self._adopt(model)
        self.card = card(variant)

    def _adopt(self, model: Any) -> None:
        self._model = model.eval().requires_grad_(False)
        # Frames of the spectrogram are 10 ms; the second convolution always halves their number.
        self.spec = TokenSpec(SAMPLE_RATE, 50 / model.encoder.stride, (model.quantizer.codebook_size,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        from s3tokenizer import log_mel_spectrogram

        # Upstream drops what does not fill a frame of 10 ms, and cuts what is longer than 30 s into windows.
        mel = log_mel_spectrogram(nn.functional.pad(clip[0, 0], (0, max(0, SHORTEST - clip.shape[2]))))
        codes, lengths = self._model.quantize(mel[None], torch.tensor([mel.shape[1]], device=mel.device))
        return codes[:, None, : int(lengths[0])]

    def embed(self, tokens: Tokens) -> Tensor:
        """Entries of the codebook; where there is none, the eight values of -1, 0 and 1 that a code stands for."""
        codes = tokens.codes
        if (table := self._model.quantizer.codebook) is not None:
            return table[codes]
        powers = LEVELS ** torch.arange(DIMENSIONS, device=codes.device)
        return (codes[..., None] // powers % LEVELS - 1).float()
