"""Runs of equal codes become one token and its duration, and back: "a a a b b" is "a b" for 3 and 2 frames."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens


def deduplicated_spec(spec: TokenSpec, max_duration: int = 0) -> TokenSpec:
    """The spec of `deduplicate`'s tokens. Raises InvalidOption where codes of `spec` have durations already."""
    if spec.variable_rate:
        raise InvalidOption("only codes at a fixed rate can be deduplicated: these are already of variable rate")
    if max_duration < 0:
        raise InvalidOption(f"max_duration must be 0 (no limit, not coded) or more, got {max_duration}")
    return replace(spec, variable_rate=True, max_duration=max_duration, strides=())


def deduplicate(tokens: Tokens, max_duration: int = 0) -> Tokens:
    """Collapse runs of equal frames; all K codes must be equal.

    With max_duration a longer run becomes several tokens, and durations count in `Tokens.bits`: for tokens that are to
    be decoded. Without, a run has any length and its duration is not part of what is coded.
    """
    spec = deduplicated_spec(tokens.spec, max_duration)
    codes, durations = [], []
    for clip, frames in zip(tokens.codes, tokens.lengths.tolist(), strict=True):
        kept, lengths = runs_of(clip[:, :frames], max_duration)
        codes.append(kept.T)
        durations.append(lengths)
    runs = torch.tensor([len(clip) for clip in durations], dtype=torch.int64, device=tokens.codes.device)
    return replace(
        tokens,
        codes=nn.utils.rnn.pad_sequence(codes, batch_first=True).transpose(1, 2).contiguous(),
        durations=nn.utils.rnn.pad_sequence(durations, batch_first=True),
        lengths=runs,
        spec=spec,
        tokenizer=None,
    )


def expand(tokens: Tokens, spec: TokenSpec) -> Tokens:
    """Inverse of `deduplicate`; `spec` is the one that the codes had before. Raises InvalidTokens."""
    if tokens.durations is None:
        raise InvalidTokens("durations are missing: without them it is not known how long each code is held")
    clips = [
        clip[:, :runs].repeat_interleave(held[:runs], dim=1).T
        for clip, held, runs in zip(tokens.codes, tokens.durations, tokens.lengths.tolist(), strict=True)
    ]
    frames = torch.tensor([len(clip) for clip in clips], dtype=torch.int64, device=tokens.codes.device)
    codes = nn.utils.rnn.pad_sequence(clips, batch_first=True).transpose(1, 2).contiguous()
    return replace(tokens, codes=codes, lengths=frames, durations=None, spec=spec, tokenizer=None)


def runs_of(codes: Tensor, max_duration: int = 0) -> tuple[Tensor, Tensor]:
    """[K, T] -> codes of each run [K, R], its length in frames [R]."""
    frames = codes.shape[1]
    if not frames:
        return codes, torch.zeros(0, dtype=torch.int64, device=codes.device)
    changed = (codes[:, 1:] != codes[:, :-1]).any(dim=0)
    starts = torch.cat([changed.new_ones(1), changed]).nonzero()[:, 0]
    if max_duration:
        within = torch.arange(frames, device=codes.device)
        within = within - starts.repeat_interleave(torch.diff(starts, append=starts.new_tensor([frames])))
        starts = (within % max_duration == 0).nonzero()[:, 0]
    return codes[:, starts], torch.diff(starts, append=starts.new_tensor([frames]))
