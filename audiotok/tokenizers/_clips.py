"""Runs an upstream model clip by clip, without padding, and joins what comes out into one batch.

Upstream's own batches change the codes of the shorter clips: DAC sees the padding through its convolutions (the last
3 of 42 frames differ), Mimi in its last frame even with a mask, and normalisation over a padded clip moves them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from audiotok.core.tokens import Tokens, TokenSpec


def encode_clips(encode: Callable[[Tensor], Any], waveform: Tensor, lengths: Tensor, spec: TokenSpec) -> Tokens:
    """`encode` maps one clip [1, C, T_i] to integer codes [1, K, F_i]; [B, C, T], [B] -> Tokens.

    Where the spec has codes of the whole clip, it gives those too: [1, K, F_i], [1, G].
    """
    found = [encode(waveform[i : i + 1, :, :n]) for i, n in enumerate(lengths.tolist())]
    whole = torch.cat([codes[1] for codes in found]).long() if spec.global_sizes else None
    framed = [codes[0] for codes in found] if spec.global_sizes else found
    return Tokens.from_clips([codes[0].long() for codes in framed], spec, global_codes=whole)


def decode_clips(decode: Callable[..., Tensor], tokens: Tokens) -> Tensor:
    """`decode` maps one clip's codes [1, K, F_i] to audio [1, C, T_i]; Tokens -> [B, C, T] padded with zeros.

    Where the spec has codes of the whole clip, it is given those too: [1, K, F_i], [1, G].
    """
    whole = () if tokens.global_codes is None else (tokens.global_codes,)
    clips = [
        decode(tokens.codes[i : i + 1, :, :n], *(codes[i : i + 1] for codes in whole))[0].float()
        for i, n in enumerate(tokens.lengths.tolist())
    ]
    return nn.utils.rnn.pad_sequence([clip.T for clip in clips], batch_first=True).transpose(1, 2)
