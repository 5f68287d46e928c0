"""SQ-Codec: convolutions around 36 scalars of three values, nine of which make a code; 16 kHz.

Its authors publish no package. The graph in _sqcodec.py is written anew; its sizes stand in the archive of the weights.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import torch
import yaml
from torch import Tensor

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper
from audiotok.tokenizers.sqcodec.layers import LEVELS, SCALARS, Model

CHECKPOINT = Checkpoint(
    "Dongchao/UniAudio",
    "b3b19c9f0a1759c52732688c2f780a2b89f101a5",
    (("SQ-Codec.zip", "b1de595f4591dac23419d35ef8ac1518ea260c97623eb43a2d51a35ac5ff2a90"),),
)
CONFIG, WEIGHTS = "SQ-Codec/config.yaml", "SQ-Codec/ckpt_00190000.pth"  # in the archive
SAMPLE_RATE = 16000
#: The spec of the published weights.
SPEC = TokenSpec(SAMPLE_RATE, 50, (LEVELS**SCALARS,) * 4)


class SQCodec(Wrapper, Codec, Embeddable):
    """Four codebooks of 19683 = 3⁹ entries, none of which refines another."""

    card = TokenizerCard(
        title="SQ-Codec",
        summary="Convolutional codec whose latents are rounded to three values each, without a codebook.",
        paper="https://arxiv.org/abs/2406.02328",
        code="https://github.com/yangdongchao/SimpleSpeech",
        code_licence="LicenseRef-none-stated",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="FSQ",
        rate="fixed",
        objective=("GAN", "Rec"),
        joint=True,
        training_data="not published",
        weights=CHECKPOINT.url,
        weights_sha256=CHECKPOINT.sha256,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(self) -> None:
        self._adopt(_load())

    def _adopt(self, model: Model) -> None:
        self._model = model.eval().requires_grad_(False)
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / model.hop, (LEVELS**SCALARS,) * model.codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._model.encode, waveform, lengths, self.spec, together=self.together)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._model.decode, tokens, together=self.together)

    def embed(self, tokens: Tokens) -> Tensor:
        """Each codebook has scalars of its own; where the others have theirs stands 0."""
        digits = self._model.digits(tokens.codes)
        own = torch.eye(self._model.codebooks, device=digits.device, dtype=digits.dtype)
        return (digits[..., None, :] * own[:, None, :, None]).flatten(3)


def _load() -> Model:
    with CHECKPOINT.folder() as folder:
        return read(folder / CHECKPOINT.files[-1][0])


def read(archive: Path) -> Model:
    """From the published archive, which is not unpacked."""
    with zipfile.ZipFile(archive) as members:
        config = yaml.safe_load(members.read(CONFIG))
        # A pickle; what else it holds than tensors and plain values is refused.
        saved = torch.load(io.BytesIO(members.read(WEIGHTS)), map_location="cpu", weights_only=True)
    model = Model(**config["generator"]["config"])
    model.load_state_dict(saved["codec_model"])
    return model
