"""FACodec, the codec of NaturalSpeech 3: codes at 80 Hz for prosody, content and details, and a voice for the clip.

Upstream hands the decoder the voice as 256 numbers in floating point. Here they are codes of the whole clip, one of 256
levels each, so that decoding sees tokens alone; the codes at 80 Hz, and what is decoded from codes and voice, are
upstream's.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper
from audiotok.tokenizers.facodec.layers import GROUPS, HOP, LEVELS, Model, load_state

SAMPLE_RATE = 16000
CHECKPOINT = Checkpoint(
    "amphion/naturalspeech3_facodec",
    "9eff797249b363e9e0ca734e71754d9c46564a22",
    (("ns3_facodec_encoder.bin", ""), ("ns3_facodec_decoder.bin", "")),
)


class FACodec(Wrapper, Codec, Embeddable):
    """Codebooks of 1024 entries: one of prosody, two of content and, of six, three of details. The decoder was trained
    with and without those; there is no cutting down to other numbers.
    """

    card = TokenizerCard(
        title="FACodec",
        summary="Speech codec with codebooks of their own for prosody, content and details, and a voice for the clip.",
        paper="https://arxiv.org/abs/2403.03100",
        code="https://github.com/open-mmlab/Amphion",
        code_licence="MIT",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="GRVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("Dis",),
        joint=True,
        training_data="not published; the paper's own was trained on Libri-Light",
        weights=CHECKPOINT.url,
        weights_sha256=CHECKPOINT.sha256,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(self, *, num_codebooks: Literal[3, 6] = 6) -> None:
        self._adopt(_load(), num_codebooks)

    def _adopt(self, model: Model, num_codebooks: Literal[3, 6] = 6) -> None:
        self._model = model.eval().requires_grad_(False)
        entries = model.books[0].codebook.num_embeddings
        voice = (LEVELS,) * model.timbre_linear.in_features
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / HOP, (entries,) * num_codebooks, global_sizes=voice)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        return self._model.encode(clip, details=self.spec.num_codebooks == sum(GROUPS))

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._model.decode, tokens)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.vectors(tokens.codes)


def _load() -> Model:
    with CHECKPOINT.folder() as folder:
        # Pickles; what else they hold than tensors is refused.
        encoder, decoder = (
            torch.load(folder / name, map_location="cpu", weights_only=True) for name, _ in CHECKPOINT.files
        )
    model = Model()
    load_state(model, encoder, decoder)
    return model
