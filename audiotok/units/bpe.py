"""Byte-pair encoding over units: frequent sequences of codes become one token, and come back exactly.

A model is a plain `tokenizer.json` that `transformers.AutoTokenizer` and Hugging Face's `tokenizers` load; code c is
the character U+F0000 + c there. Those planes are private: no normalisation touches them, there are no surrogates in
between, and without a pre-tokenizer nothing splits a clip. Training and encoding are our own kernels, which give the
same merges and the same tokens as `tokenizers` (Sennrich et al., ACL 2016; over units: Shen et al., "Acoustic BPE for
Speech Generation", ICASSP 2024).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidData, InvalidOption, InvalidTokens, MissingDependency
from audiotok.files.atomic import atomic_write
from audiotok.files.numba_cache import Kernels, compiled
from audiotok.units.flatten import flatten, unflatten

FIRST = 0xF0000  # character of code 0; the two private planes hold 131,072
MAX_VOCAB = 1 << 17
_MERGES = Kernels("bpe", ("audiotok.units._merges",), "audiotok.units.bpe:call_kernels")

Codes = NDArray[Any]  # [N] integers: codes, or ids of tokens


@dataclass(frozen=True, eq=False)
class UnitBPE:
    """Merges over an alphabet of codes. Ids below `alphabet` are the codes themselves."""

    alphabet: int
    merges: NDArray[np.int32]  # [M, 2] ids of the merged pair, in the order they were learnt
    ids: NDArray[np.int32]  # [M] what each becomes

    @classmethod
    def train(cls, clips: Iterable[Codes], alphabet: int, vocab_size: int, min_count: int = 2) -> UnitBPE:
        """Learn until there are `vocab_size` tokens, or no pair occurs `min_count` times. Merges end with the clip.

        Raises InvalidOption, and InvalidTokens on a code outside 0..alphabet - 1.
        """
        if not 1 <= alphabet <= vocab_size <= MAX_VOCAB:
            raise InvalidOption(
                f"vocab_size must be between the alphabet of {alphabet} codes and {MAX_VOCAB}, got {vocab_size}"
            )
        kernels = _kernels()
        joined = [part for clip in clips for part in (_checked(clip, alphabet), [kernels.GAP])]
        if not joined:
            raise InvalidData("no clips to learn merges from")
        symbols = np.concatenate(joined).astype(np.int32)
        if len(symbols) >= kernels.MAX_CODES:
            raise InvalidData(f"{len(symbols)} codes are too many to learn from, at most {kernels.MAX_CODES}")
        return cls(alphabet, *kernels.learn(symbols, alphabet, vocab_size, min_count))

    @property
    def vocab_size(self) -> int:
        return int(max(self.alphabet - 1, self.ids.max(initial=0))) + 1

    def encode(self, clips: Sequence[Codes]) -> list[NDArray[np.int32]]:
        """Codes of each clip -> ids of tokens. Raises InvalidTokens on a code outside the alphabet."""
        if not clips:
            return []
        ends = np.cumsum([len(clip) for clip in clips])
        codes = _checked(np.concatenate(clips), self.alphabet).astype(np.int32)
        tokens, token_ends = _kernels().apply(codes, ends, *self._table, self.ids)
        return np.split(tokens, token_ends[:-1])

    def decode(self, clips: Sequence[Codes]) -> list[NDArray[np.int32]]:
        """Inverse of `encode`. Raises InvalidTokens on an id outside the vocabulary."""
        if not clips:
            return []
        ids = _checked(np.concatenate(clips), self.vocab_size)
        spelled, starts = self._spelled
        lengths = self.lengths[ids]
        ends = np.cumsum(lengths)
        codes = spelled[np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[ids] - ends + lengths, lengths)]
        last = np.cumsum([len(clip) for clip in clips])
        return np.split(codes, np.append(0, ends)[last[:-1]])

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """[vocab_size] codes that each token stands for."""
        lengths = np.ones(self.vocab_size, dtype=np.int64)
        for (left, right), made in zip(self.merges, self.ids, strict=True):
            lengths[made] = lengths[left] + lengths[right]
        return lengths

    def save(self, path: str | Path) -> None:
        """Write a `tokenizer.json`, whole or not at all."""
        from tokenizers import Tokenizer, decoders, models

        words = ["".join(chr(FIRST + code) for code in codes) for codes in self._spellings]
        merges = [(words[left], words[right]) for left, right in self.merges]
        tokenizer = Tokenizer(models.BPE({word: index for index, word in enumerate(words)}, merges))
        tokenizer.decoder = decoders.Fuse()
        with atomic_write(Path(path)) as partial:
            tokenizer.save(str(partial))

    @classmethod
    def load(cls, path: str | Path) -> UnitBPE:
        """Read a `tokenizer.json` that `save` wrote. Raises InvalidData where it is anything else."""
        path = Path(path)
        try:
            file = json.loads(path.read_text(encoding="utf-8"))
            vocab, pairs = file["model"]["vocab"], file["model"]["merges"]
            merges = np.array([(vocab[left], vocab[right]) for left, right in pairs], dtype=np.int32).reshape(-1, 2)
            ids = np.array([vocab[left + right] for left, right in pairs], dtype=np.int32)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidData(f"{path}: not a tokenizer.json with a BPE model ({error!r}); was it cut?") from error
        if file.get("normalizer") or file.get("pre_tokenizer") or file["model"].get("byte_fallback"):
            raise InvalidData(f"{path}: its normalizer or pre-tokenizer would change the codes; expected none")
        alphabet = sum(len(word) == 1 for word in vocab)
        if any(vocab.get(chr(FIRST + code)) != code for code in range(alphabet)) or len(vocab) > MAX_VOCAB:
            raise InvalidData(f"{path}: expected the ids 0..{alphabet - 1} to be the characters from U+F0000 on")
        return cls(alphabet, merges, ids)

    @cached_property
    def _spellings(self) -> list[list[int]]:
        """The codes of each token."""
        spellings = [[code] for code in range(self.vocab_size)]
        for (left, right), made in zip(self.merges, self.ids, strict=True):
            spellings[made] = spellings[left] + spellings[right]
        return spellings

    @cached_property
    def _spelled(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """All spellings on end, and where each starts."""
        return np.concatenate(self._spellings).astype(np.int32), np.cumsum(self.lengths) - self.lengths

    @cached_property
    def _table(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        table, keys = _kernels().merge_table(self.merges)
        return table, keys


def bpe_spec(bpe: UnitBPE, spec: TokenSpec) -> TokenSpec:
    """The spec of `merge`'s tokens. Its frame rate is that of the flattened codes, whose number `durations` tell.

    Raises InvalidOption where codes of `spec` are not what the merges were learnt from.
    """
    if bpe.alphabet != sum(spec.codebook_sizes):
        raise InvalidOption(
            f"this BPE model was learnt over {bpe.alphabet} codes, the tokenizer has {sum(spec.codebook_sizes)} "
            f"(codebooks of {spec.codebook_sizes}); train one on its own tokens"
        )
    if spec.max_duration:
        raise InvalidOption("decode needs each code's duration, which a merged token has not; apply BPE without dedup")
    if spec.variable_rate and spec.num_codebooks > 1:
        raise InvalidOption("BPE over codes of variable rate takes one codebook: a token could end within a frame")
    return replace(
        spec,
        frame_rate=spec.token_rate or spec.frame_rate,
        codebook_sizes=(bpe.vocab_size,),
        strides=(),
        variable_rate=True,
    )


def merge(tokens: Tokens, bpe: UnitBPE) -> Tokens:
    """Codes [B, K, T], flattened, -> tokens [B, 1, T'] with the number of codes, or of frames held, as durations."""
    spec = bpe_spec(bpe, tokens.spec)
    clips = [torch.from_numpy(ids).long() for ids in bpe.encode(flatten(tokens))]
    durations = [torch.from_numpy(bpe.lengths[clip.numpy()]) for clip in clips]
    if tokens.durations is not None:
        held = tokens.durations.cpu()
        durations = [
            torch.stack([part.sum() for part in held[i, : int(n)].split(lengths.tolist())]) if len(lengths) else lengths
            for i, (n, lengths) in enumerate(zip(tokens.lengths, durations, strict=True))
        ]
    return replace(
        tokens,
        codes=nn.utils.rnn.pad_sequence(clips, batch_first=True)[:, None],
        lengths=torch.tensor([len(clip) for clip in clips], dtype=torch.int64),
        durations=nn.utils.rnn.pad_sequence(durations, batch_first=True),
        spec=spec,
        tokenizer=None,
    ).to(tokens.codes.device)


def unmerge(tokens: Tokens, bpe: UnitBPE, spec: TokenSpec) -> Tokens:
    """Inverse of `merge`; `spec` is the one the codes had before. Raises InvalidTokens."""
    if spec.variable_rate:
        raise InvalidTokens("the durations of the codes under a merged token are not known: they cannot be undone")
    ids = [clip[0, : int(n)].cpu().numpy() for clip, n in zip(tokens.codes, tokens.lengths, strict=True)]
    codes, lengths = unflatten(bpe.decode(ids), spec)
    return replace(tokens, codes=codes, lengths=lengths, durations=None, spec=spec, tokenizer=None).to(
        tokens.codes.device
    )


def call_kernels() -> None:
    """All of them, as `UnitBPE` does."""
    codes = np.tile(np.arange(4), 50)
    UnitBPE.train([codes], 4, 8).encode([codes, codes[:3]])


def _checked(codes: Codes, size: int) -> Codes:
    codes = np.asarray(codes)
    if codes.ndim != 1 or not (np.issubdtype(codes.dtype, np.integer) or not codes.size):
        raise InvalidTokens(f"codes of a clip must be integers [N], got {codes.dtype} {list(codes.shape)}")
    if codes.size and (codes.min() < 0 or codes.max() >= size):
        raise InvalidTokens(f"codes must lie in 0..{size - 1}, got {codes.min()} to {codes.max()}")
    return codes


def _kernels() -> ModuleType:
    try:
        with compiled(_MERGES):
            from audiotok.units import _merges
    except ModuleNotFoundError as error:
        raise MissingDependency('BPE over units needs numba; install it with: pip install "audiotok[bpe]"') from error
    return _merges
