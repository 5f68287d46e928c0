"""Bits per second of audio: how predictable is a clip's tokens to a language model?

Conventions: Σ -log2 p over the codes of the clip, each p among the codes of its own codebook; start, end, holes and
padding are left out, so that every pattern is charged for the same codes. bit/s over the clip's true duration; lower is
more predictable, which is not better: a constant code costs nothing.
Source: DESIGN.md, section 9; a ratio of sums like every clip metric.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

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
    before = logits[:, :-1].float()
    summed = before.new_zeros(())
    for stream, head in enumerate(heads):
        chosen = labels[:, stream] >= 0
        inside = head.nonzero()[:, 0]
        # Where each id is among the head's.
        position = torch.full((len(head),), -1, device=head.device, dtype=torch.int64)
        position[inside] = torch.arange(len(inside), device=head.device)
        own = before[chosen][:, inside]
        summed = summed + torch.nn.functional.cross_entropy(own, position[labels[:, stream][chosen]], reduction="sum")
    return summed / (labels >= 0).sum()


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
