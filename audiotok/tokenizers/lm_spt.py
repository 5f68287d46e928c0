"""LM-SPT at 12.5 Hz: a first codebook from an encoder of its own, taught by Whisper through resynthesis.

Its authors publish no package. The graph is written anew from the paper and the published configuration, under the
parameter names of the published state dict.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._dac_layers import Decoder, Encoder, Growth, conv, nearest
from audiotok.tokenizers._hub import at_commit
from audiotok.tokenizers._wrapper import Wrapper, as_weights

SAMPLE_RATE = 24000
STRIDES = (4, 5, 6, 8, 2)  # of the encoders, first to last
HOP = math.prod(STRIDES)
REPOSITORY, WEIGHTS = "kakaocorp/lmspt", "lmspt_12d5hz_16384_4096.safetensors"


class LMSPT(Wrapper, Codec, Scalable, Embeddable):
    """1 to 8 codebooks, the first of 16384 entries, the others of 4096. `revision` is the commit of kakaocorp/lmspt to
    load.
    """

    card = TokenizerCard(
        title="LM-SPT",
        summary="Speech codec of low frame rate whose first codebook alone is resynthesised into what Whisper hears.",
        paper="https://arxiv.org/abs/2506.16738",
        code="https://github.com/kakao/lmspt",
        code_licence="Apache-2.0",
        licence="CC-BY-NC-4.0",
        domains=("speech",),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("SD",),
        joint=True,
        training_data="Emilia, in six languages",
        trained_with=("openai/whisper-large-v3",),
        weights=f"https://huggingface.co/{REPOSITORY}",
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(self, *, num_codebooks: int = 8, revision: str = "") -> None:
        from safetensors.torch import load_file

        checkpoint = at_commit(REPOSITORY, revision, (WEIGHTS,))
        model = Model()
        with checkpoint.folder() as folder:
            load_state(model, load_file(folder / WEIGHTS))
        self._adopt(model, num_codebooks)
        self.card = replace(self.card, weights=checkpoint.url)

    def _adopt(self, model: Model, num_codebooks: int = 8) -> None:
        self._model = model.eval().requires_grad_(False)
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        books = self._model.quantizer.books
        check_codebooks(num_codebooks, len(books))
        sizes = tuple(book.codebook.num_embeddings for book in books[:num_codebooks])
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / HOP, sizes)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        # Upstream leaves out what does not fill a frame; zeros are added to a clip that is shorter than one.
        clip = nn.functional.pad(as_weights(clip, self._model), (0, max(0, HOP - clip.shape[2])))
        return self._model.encode(clip, self.spec.num_codebooks)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._model.decode, tokens)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantizer.vectors(tokens.codes)


class Sizes(NamedTuple):
    width: int = 32  # of the encoders' first layers
    latent: int = 1024
    decoder: int = 1536
    first: int = 16384
    entries: int = 4096
    codebooks: int = 8


class Model(nn.Module):
    """The part of the published model that inference needs."""

    def __init__(self, sizes: Sizes = Sizes()) -> None:  # noqa: B008 (a tuple)
        super().__init__()
        self.semantic_encoder = Encoder(sizes.width, STRIDES, sizes.latent)
        self.acoustic_encoder = Encoder(sizes.width, STRIDES, sizes.latent)
        self.quantizer = _Quantizer(sizes)
        steps = tuple(Growth(stride, 2 * stride, -(-stride // 2)) for stride in reversed(STRIDES))
        self.decoder = Decoder(sizes.latent, sizes.decoder, steps)

    def encode(self, clip: Tensor, num_codebooks: int) -> Tensor:
        """[1, 1, T] -> [1, K, F]"""
        first, *others = self.quantizer.books[:num_codebooks]
        codes = [first.encode(self.semantic_encoder(clip))]
        if others:
            # What the first codebook says is taken out of what the other encoder heard.
            residual = self.acoustic_encoder(clip) - first.vectors(codes[0]).mT
        for k, book in enumerate(others):
            codes.append(book.encode(residual))
            if k + 1 < len(others):
                residual = residual - book.vectors(codes[-1]).mT
        return torch.stack(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """[1, K, F] -> [1, 1, T]"""
        first, *others = self.quantizer.vectors(codes).unbind(1)
        # In upstream's order of summation.
        audio = self.decoder((first + sum(others[1:], others[0]) if others else first).mT)
        # Transposed convolutions of an odd stride end a few samples early.
        return nn.functional.pad(audio, (0, codes.shape[2] * HOP - audio.shape[2]))


class _Quantizer(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.rvq_first = _Residual(1, sizes.first, sizes.latent)
        self.rvq_rest = _Residual(sizes.codebooks - 1, sizes.entries, sizes.latent)

    @property
    def books(self) -> list[_Codebook]:
        return [*self.rvq_first.quantizers, *self.rvq_rest.quantizers]

    def vectors(self, codes: Tensor) -> Tensor:
        """[B, K, F] -> [B, K, F, D]"""
        each = zip(self.books, codes.unbind(1), strict=False)  # fewer codes than books at a lower bitrate
        return torch.stack([book.vectors(codes) for book, codes in each], dim=1)


class _Residual(nn.Module):
    def __init__(self, codebooks: int, entries: int, latent: int) -> None:
        super().__init__()
        self.quantizers = nn.ModuleList(_Codebook(entries, latent) for _ in range(codebooks))


class _Codebook(nn.Module):
    """Entries of 8 dimensions, compared by their direction."""

    def __init__(self, entries: int, latent: int) -> None:
        super().__init__()
        self.in_proj, self.out_proj = conv(latent, 8, 1), conv(8, latent, 1)
        self.codebook = nn.Embedding(entries, 8)

    def encode(self, x: Tensor) -> Tensor:
        """[B, D, F] -> [B, F]"""
        return nearest(self.in_proj(x), self.codebook.weight)

    def vectors(self, codes: Tensor) -> Tensor:
        """[B, F] -> [B, F, D]"""
        return self.out_proj(self.codebook(codes).mT).mT


def load_state(model: Model, state: dict[str, Tensor]) -> None:
    """From upstream's state dict; the decoder of the resynthesis, and how often entries were used, are left out."""
    trained_only = ("aux_decoder.", "quantizer.semantic_vocab_usage", "quantizer.acoustic_vocab_usage")
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith(trained_only)})
