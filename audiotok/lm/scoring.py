"""Bits per second of audio: how predictable is a clip's tokens to a language model?

Conventions: Σ -log2 p over the codes of the clip, each p among the codes of its own codebook; start, end, holes and
padding are left out, so that every pattern is charged for the same codes. bit/s over the clip's true duration; lower is
more predictable, which is not better: a constant code costs nothing.
Source: DESIGN.md, section 9; a ratio of sums like every clip metric.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate, pairwise

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm.sequences import Sequences


def code_bits(logits: Tensor, sequences: Sequences) -> Tensor:
    """[B, L, V] logits, those at step n about step n + 1 -> [B, F] float64 bits per clip and field of the vocabulary.

    One vector of logits serves all streams: each field reads its own range. Raises InvalidTokens on another shape, and
    on a code at the first step, which no logits are about.
    """
    batch, _, steps = sequences.ids.shape
    vocabulary = sequences.vocabulary
    if logits.shape != (batch, steps, vocabulary.size):
        expected = [batch, steps, vocabulary.size]
        raise InvalidTokens(f"logits must be [B, L, V] = {expected} for these sequences, got {list(logits.shape)}")
    if bool((sequences.fields[:, :, :1] >= 0).any()):
        raise InvalidTokens(
            "a sequence begins with a code, which nothing predicts; keep the step before it, or set fields[:, :, 0] to "
            "-1, as PackedLoader does in a row that begins within a clip"
        )
    bits = torch.zeros(batch, len(vocabulary.sizes), dtype=torch.float64, device=logits.device)
    ids, fields = sequences.ids.to(logits.device), sequences.fields.to(logits.device)
    for field in range(len(vocabulary.sizes)):
        row, stream, step = (fields == field).nonzero(as_tuple=True)
        if not len(row):
            continue
        own = logits[row, step - 1, vocabulary.ids_of(field)]
        target = ids[row, stream, step] - vocabulary.offsets[field]
        # Half precision cannot say that a code is nearly certain.
        log_p = own.to(torch.promote_types(own.dtype, torch.float32)).log_softmax(dim=-1)
        nats = -log_p.gather(1, target[:, None])[:, 0].double()
        bits[:, field] = torch.zeros(batch, dtype=torch.float64, device=logits.device).index_add(0, row, nats)
    return bits / math.log(2)


def loss(logits: Tensor, sequences: Sequences, heads: Tensor) -> Tensor:
    """Mean nats per id that is learnt; `heads` [S, V] bool are the ids that each stream's softmax runs over.

    In a row it is the usual loss of a language model; in a grid each stream has a distribution of its own.
    """
    labels = sequences.labels[:, :, 1:]
    lengths = _runs(heads)
    # Logits are split once: selecting them for each stream would copy all of them, and again on the way back.
    runs = logits[:, :-1, : heads.shape[1]].float().split(lengths, dim=-1)
    held = heads[:, [0, *accumulate(lengths[:-1])]].tolist()  # [S, runs]
    # [S, V]: where an id is within the head; where it is not, out of range, which torch refuses.
    places = torch.where(heads, heads.cumsum(dim=1) - 1, heads.shape[1]).to(labels.device)
    summed = logits.new_zeros((), dtype=torch.float32)
    for ids, inside, place in zip(labels.unbind(dim=1), held, places, strict=True):
        own = torch.cat([run for run, within in zip(runs, inside, strict=True) if within], dim=-1)
        target = place[ids.clamp(min=0)].where(ids >= 0, ids)
        summed = summed + cross_entropy(own.flatten(0, 1), target.flatten(), reduction="sum")
    return summed / (labels >= 0).sum()


def _runs(heads: Tensor) -> list[int]:
    """Lengths of the runs of ids that are in the same heads."""
    changes = (heads[:, 1:] != heads[:, :-1]).any(dim=0).nonzero()[:, 0] + 1
    return [end - begin for begin, end in pairwise([0, *changes.tolist(), heads.shape[1]])]


@torch.no_grad()
def clip_bits(model: Callable[[Sequences], Tensor], sequences: Sequences, context: int) -> Tensor:
    """One clip of any length -> [F] float64 bits, no code predicted from more than `context` steps.

    A longer clip is read in windows that overlap by half, so that every code but the first window's has half a context
    at least. Raises InvalidTokens on a batch, InvalidOption on a context in which nothing comes before a code.
    """
    if len(sequences) != 1:
        raise InvalidTokens(f"one clip is expected, got {len(sequences)}")
    if context < 2:
        raise InvalidOption(f"context must be at least 2 steps, a code and one before it, got {context}")
    steps, hop = int(sequences.lengths[0]), context // 2
    bits = torch.zeros(len(sequences.vocabulary.sizes), dtype=torch.float64)
    scored = 0
    for begin in range(0, max(1, steps - context + hop), hop):
        end = min(begin + context, steps)
        fields = sequences.fields[:, :, begin:end].clone()
        fields[:, :, : max(1, scored - begin)] = -1
        ids = sequences.ids[:, :, begin:end]
        window = Sequences(ids, torch.tensor([end - begin], device=ids.device), fields, sequences.vocabulary)
        bits += code_bits(model(window), window)[0].cpu()
        scored = end
    return bits
