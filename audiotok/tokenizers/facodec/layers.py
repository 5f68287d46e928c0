"""FACodec's graph. Its authors publish no package; it is written anew from the paper and the published state dicts.

What only training needs, the networks that predict pitch, phones and speakers, is absent.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm
from torchaudio.functional import mu_law_decoding, mu_law_encoding

from audiotok.tokenizers._antialiased_layers import activation, down, up
from audiotok.tokenizers._dac_layers import conv, nearest
from audiotok.tokenizers._wrapper import as_weights

STRIDES = (2, 4, 5, 5)  # of the encoder, first to last
HOP = math.prod(STRIDES)
SHORTEST = 152  # samples that come out as a frame
GROUPS = (1, 2, 3)  # codebooks: of prosody, content, and the details that neither has
LEVELS = 256  # of each of the voice's dimensions


class Sizes(NamedTuple):
    width: int = 32  # of the encoder's first layer
    latent: int = 256
    decoder: int = 1024
    entries: int = 1024
    layers: int = 4  # of the transformer that hears the voice
    heads: int = 4
    inner: int = 1024


class Model(nn.Module):
    def __init__(self, sizes: Sizes = Sizes()) -> None:  # noqa: B008 (a tuple)
        super().__init__()
        widest, narrowest = sizes.width << len(STRIDES), sizes.decoder >> len(STRIDES)
        self.encoder = nn.Sequential(
            conv(1, sizes.width, 7),
            *(down(sizes.width << i, stride) for i, stride in enumerate(STRIDES)),
            activation(widest),
            conv(widest, sizes.latent, 3),
        )
        self.prosody, self.content, self.details = (_Residual(sizes, codebooks) for codebooks in GROUPS)
        self.timbre_encoder = _Voice(sizes)
        self.timbre_linear = nn.Linear(sizes.latent, 2 * sizes.latent)
        self.decoder = nn.Sequential(
            conv(sizes.latent, sizes.decoder, 7),
            *(up(sizes.decoder >> i, stride) for i, stride in enumerate(reversed(STRIDES))),
            activation(narrowest),
            conv(narrowest, 1, 7),
            nn.Tanh(),
        )

    def encode(self, clip: Tensor, details: bool = True) -> tuple[Tensor, Tensor]:
        """[1, 1, T] -> [1, K, F] and the voice [1, D]"""
        # Upstream leaves out what does not fill a frame, and takes no clip that is shorter than one.
        clip = nn.functional.pad(as_weights(clip, self), (0, max(0, SHORTEST - clip.shape[2])))
        heard = self.encoder(clip)
        (prosody, melody), (content, words) = self.prosody.encode(heard), self.content.encode(heard)
        codes = [*prosody, *content]
        if details:
            codes += self.details.encode(heard - (melody + words))[0]
        return torch.stack(codes, dim=1), self.timbre_encoder.codes(heard)

    @property
    def books(self) -> list[_Codebook]:
        return [*self.prosody.books, *self.content.books, *self.details.books]

    def vectors(self, codes: Tensor) -> Tensor:
        """[B, K, F] -> [B, K, F, D]"""
        each = zip(self.books, codes.unbind(1), strict=False)  # fewer codes than books without the details
        return torch.stack([book.vectors(codes) for book, codes in each], dim=1)

    def decode(self, codes: Tensor, voice: Tensor) -> Tensor:
        """[1, K, F], [1, D] -> [1, 1, T]"""
        found: list[Tensor] = list(self.vectors(codes).unbind(1))
        # In upstream's order of summation.
        x = found[0] + (found[1] + found[2])
        if found[3:]:
            x = x + (found[3] + found[4] + found[5])
        gain, shift = self.timbre_linear(self.timbre_encoder.vector(voice))[:, None].chunk(2, dim=2)
        return self.decoder((nn.functional.layer_norm(x, x.shape[2:]) * gain + shift).mT)


class _Residual(nn.Module):
    def __init__(self, sizes: Sizes, codebooks: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Codebook(sizes) for _ in range(codebooks))

    @property
    def books(self) -> list[_Codebook]:
        return [*self.layers]

    def encode(self, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """[1, D, F] -> codes [1, F] each, and the sum of their vectors [1, D, F]"""
        codes, total = [], torch.zeros_like(x)
        for book in self.books:
            code, vectors = book.encode(x)
            codes.append(code)
            x, total = x - vectors, total + vectors
        return codes, total


class _Codebook(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.in_proj, self.out_proj = weight_norm(nn.Linear(sizes.latent, 8)), weight_norm(nn.Linear(8, sizes.latent))
        self.codebook = nn.Embedding(sizes.entries, 8)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """[1, D, F] -> [1, F], [1, D, F]"""
        found = self.in_proj(x.mT)
        codes = nearest(found.mT, self.codebook.weight)
        # Upstream's estimator of gradients rounds the entry; what is left for the next codebook depends on it.
        return codes, self.out_proj(found + (self.codebook(codes) - found)).mT

    def vectors(self, codes: Tensor) -> Tensor:
        """[B, F] -> [B, F, D]"""
        return self.out_proj(self.codebook(codes))


class _Voice(nn.Module):
    """A transformer over the encoder's output, and the mean over time of what it gives.

    Each dimension of the mean, before the last scale and offset, is one of 256 levels: those of the µ-law over all that
    a normalised vector of D dimensions can hold, ±√D. Upstream keeps it in floating point.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(sizes) for _ in range(sizes.layers))
        self.last_ln = nn.LayerNorm(sizes.latent)
        self._range = sizes.latent**0.5

    def codes(self, heard: Tensor) -> Tensor:
        """[1, D, F] -> [1, D]"""
        # Upstream counts the clips of a batch where it means frames: each frame of a clip alone is at position 0.
        position = heard.new_tensor([0.0, 1.0]).repeat(heard.shape[1] // 2)
        x = heard.mT + position
        for layer in self.layers:
            x = layer(x)
        mean = nn.functional.layer_norm(x, x.shape[2:], eps=self.last_ln.eps).mean(dim=1).float()
        return mu_law_encoding((mean / self._range).clamp(-1, 1), LEVELS)

    def vector(self, codes: Tensor) -> Tensor:
        """[1, D] -> [1, D]"""
        mean = as_weights(mu_law_decoding(codes, LEVELS) * self._range, self)
        return mean * self.last_ln.weight + self.last_ln.bias


class _Layer(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(sizes.latent), nn.LayerNorm(sizes.latent)
        self.self_attn = nn.MultiheadAttention(sizes.latent, sizes.heads, batch_first=True)
        self.ffn = _FeedForward(sizes)

    def forward(self, x: Tensor) -> Tensor:
        normal = self.ln_1(x)
        x = x + self.self_attn(normal, normal, normal)[0]
        return x + self.ffn(self.ln_2(x))


class _FeedForward(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.ffn_1 = nn.Conv1d(sizes.latent, sizes.inner, 5, padding=2)
        self.ffn_2 = nn.Linear(sizes.inner, sizes.latent)

    def forward(self, x: Tensor) -> Tensor:
        return self.ffn_2(nn.functional.relu(self.ffn_1(x.mT).mT))


def load_state(model: Model, encoder: dict[str, Tensor], decoder: dict[str, Tensor]) -> None:
    """From upstream's two state dicts; the filters and positions, which are no weights, are left out."""
    groups = ("prosody", "content", "details")
    state = {f"encoder.{name.replace('block.', '')}": value for name, value in encoder.items()}
    for name, value in decoder.items():
        if name.startswith("model."):
            state[name.replace("block.", "").replace("model.", "decoder.")] = value
        elif name.startswith("quantizer."):
            _, group, rest = name.split(".", 2)
            state[f"{groups[int(group)]}.{rest.replace('_codebook', 'codebook')}"] = value
        elif name.startswith(("timbre_encoder.", "timbre_linear.")):
            state[name] = value
    model.load_state_dict({name: value for name, value in state.items() if not name.endswith((".filter", ".pe"))})
