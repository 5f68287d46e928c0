"""Batches of clips of unlike lengths in which every clip's codes are those of the clip alone.

Upstream's own batches change the codes of the shorter clips: DAC sees the padding through its convolutions (the last
3 of 42 frames differ), Mimi in its last frame even with a mask, and normalisation over a padded clip moves them all.
Here a clip's codes never depend on its company. A tokenizer takes the way that its model allows:

    encode_clips, decode_clips      Clips one by one, or those of equal length together: for every model.
    encode_frames, decode_frames    All clips together, padded on the right, where the model sees a finite way: the
                                    ends, which the padding has changed, come from a second batch of equal tails. A
                                    causal model needs no tails. Any other is given clips of equal length.

`together` is `Tokenizer.together`: on a CPU, where a batch gains nothing, clips go one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from audiotok.core.field import Field, Network, Steps, field_of
from audiotok.core.tokens import Tokens, TokenSpec

__all__ = ["Steps", "decode_clips", "decode_frames", "encode_clips", "encode_frames", "run_ragged"]


def encode_clips(
    encode: Callable[[Tensor], Any], waveform: Tensor, lengths: Tensor, spec: TokenSpec, *, together: bool = False
) -> Tokens:
    """`encode` maps a clip [1, C, T_i] to integer codes [1, K, F_i]; [B, C, T], [B] -> Tokens.

    Where the spec has codes of the whole clip, it gives those too: [1, K, F_i], [1, G]. With `together` it is given
    the n clips of each length at once, and returns as many rows.
    """
    found = _by_length(encode, _unpadded(waveform, lengths), together)
    whole = torch.stack([codes[1] for codes in found]).long() if spec.global_sizes else None
    return Tokens.from_clips([codes[0].long() for codes in found], spec, global_codes=whole)


def decode_clips(decode: Callable[..., Tensor], tokens: Tokens, *, together: bool = False) -> Tensor:
    """`decode` maps a clip's codes [1, K, F_i] to audio [1, C, T_i]; Tokens -> [B, C, T] padded with zeros.

    Where the spec has codes of the whole clip, it is given those too: [1, K, F_i], [1, G]. With `together` it is given
    the n clips of each length at once, and returns as many rows.
    """
    whole = () if tokens.global_codes is None else (tokens.global_codes,)
    found = _by_length(decode, _unpadded(tokens.codes, tokens.lengths), together, *whole)
    return _padded([audio[0].float() for audio in found])


def encode_frames(
    features: nn.Module,
    quantize: Callable[[Tensor], Tensor],
    waveform: Tensor,
    lengths: Tensor,
    spec: TokenSpec,
    *,
    steps: Steps,
    together: bool,
) -> Tokens:
    """`features` maps audio [B, C, n * steps.inputs] to [B, D, n * steps.outputs], and `quantize` that to codes
    [B, K, n * steps.outputs], each step by itself; [B, C, T], [B] -> Tokens.

    Clips are filled with zeros to whole steps.
    """
    clips = [nn.functional.pad(clip, (0, -clip.shape[1] % steps.inputs)) for clip in _unpadded(waveform, lengths)]
    found = run_ragged(features, clips, steps, together=together)
    if together:
        codes = quantize(_padded(found))
        return Tokens.from_clips([row[:, : f.shape[1]] for row, f in zip(codes, found, strict=True)], spec)
    return Tokens.from_clips([quantize(clip[None])[0] for clip in found], spec)


def decode_frames(
    vectors: Callable[[Tensor], Tensor],
    synthesise: Network,
    tokens: Tokens,
    *,
    steps: Steps,
    together: bool,
    module: nn.Module | None = None,
) -> Tensor:
    """`vectors` maps codes [B, K, F] to what the decoder gets of them, [B, D, F], each frame by itself, and
    `synthesise` that, of n * steps.inputs frames, to audio [B, C, n * steps.outputs] or some samples fewer or more.

    Tokens -> [B, C, T] padded with zeros. `module`: what `synthesise` is made of, where it is no module.
    """
    codes = tokens.codes, tokens.lengths
    clips = _unpadded(vectors(codes[0]), codes[1]) if together else [vectors(c[None])[0] for c in _unpadded(*codes)]
    return _padded([audio.float() for audio in run_ragged(synthesise, clips, steps, together=together, module=module)])


def run_ragged(
    network: Network, clips: Sequence[Tensor], steps: Steps, *, together: bool, module: nn.Module | None = None
) -> list[Tensor]:
    """Clips [C, n_i * steps.inputs] -> what `network`, which maps batches row by row, gives for each alone: [D, m_i].

    Equal up to the order in which floats are summed. `module`: what the network is made of, where it is no module; its
    field is kept by it.
    """
    owner = network if module is None else module
    if not isinstance(owner, nn.Module):
        raise TypeError("run_ragged needs the module whose receptive field the network has")
    found: dict[int, Tensor] = {}
    if together and len({clip.shape[1] for clip in clips}) > 1:
        field = field_of(network, owner, steps, clips[0][None])
        long = [i for i, clip in enumerate(clips) if clip.shape[1] // steps.inputs >= _shortest(field)]
        if len(long) > 1:
            run = _with_tails if field.finite else _causal
            found = dict(zip(long, run(network, [clips[i] for i in long], steps, field), strict=True))
    rest = [i for i in range(len(clips)) if i not in found]
    rows = _by_length(network, [clips[i] for i in rest], together)
    found |= {i: row[0] for i, row in zip(rest, rows, strict=True)}
    return [found[i] for i in range(len(clips))]


def _shortest(field: Field) -> float:
    """Steps of the shortest clip that can be padded: its end must be had without its beginning, if it has one."""
    if field.finite:
        before, after = field.finite
        return before + max(1, after) + 1
    return float("inf") if field.causal_from is None else field.causal_from


def _with_tails(network: Network, clips: list[Tensor], steps: Steps, field: Field) -> list[Tensor]:
    before, after = field.finite or (0, 0)
    padded = network(_padded(clips))
    # The last steps see the end. So do outputs that a clip has more, or fewer, than its steps say: at least one step.
    changed = max(1, after)
    tails = network(torch.stack([clip[:, -(before + changed) * steps.inputs :] for clip in clips]))
    ends = tails[:, :, before * steps.outputs :]
    kept = [(clip.shape[1] // steps.inputs - changed) * steps.outputs for clip in clips]
    return [torch.cat([padded[i, :, :n], ends[i]], dim=1) for i, n in enumerate(kept)]


def _causal(network: Network, clips: list[Tensor], steps: Steps, field: Field) -> list[Tensor]:
    padded = network(_padded(clips))
    lengths = [clip.shape[1] // steps.inputs * steps.outputs for clip in clips]
    if padded.shape[2] != max(lengths):  # more or fewer than the steps say: those depend on the end
        return [row[0] for row in _by_length(network, clips, together=True)]
    return [padded[i, :, :n] for i, n in enumerate(lengths)]


def _unpadded(batch: Tensor, lengths: Tensor) -> list[Tensor]:
    return [batch[i, :, :n] for i, n in enumerate(lengths.tolist())]


def _padded(clips: Sequence[Tensor]) -> Tensor:
    """[C, T_i] each -> [B, C, T]"""
    return nn.utils.rnn.pad_sequence([clip.T for clip in clips], batch_first=True).transpose(1, 2).contiguous()


def _by_length(
    function: Callable[..., Any], clips: list[Tensor], together: bool, *whole: Tensor
) -> list[tuple[Tensor, ...]]:
    """The function's output for each clip, without the batch axis; clips of equal length at once if `together`."""
    groups: dict[int, list[int]] = defaultdict(list)
    for i, clip in enumerate(clips):
        groups[clip.shape[1] if together else i].append(i)
    found: dict[int, tuple[Tensor, ...]] = {}
    for group in groups.values():
        given = function(torch.stack([clips[i] for i in group]), *(codes[group] for codes in whole))
        parts = given if isinstance(given, tuple) else (given,)
        found |= {i: tuple(part[row] for part in parts) for row, i in enumerate(group)}
    return [found[i] for i in range(len(clips))]
