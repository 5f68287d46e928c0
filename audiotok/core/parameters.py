"""Which numbers are a tokenizer's parameters: those of its saved models that encode and decode, each once.

`numel` of a module's parameters leaves out codebooks that are buffers; that of its buffers adds what only training
needs, and scratch space that depends on the version of a library.
"""

import torch
from torch import Tensor, nn

#: Last part of the name of a saved tensor that neither encodes nor decodes: running means and flags beside a codebook,
#: what stands for a masked frame.
NOT_COUNTED = {"cluster_size", "embed_avg", "inited", "initialized", "initted", "masked_spec_embed"}
#: Of indices, counters and flags.
NO_NUMBERS = (torch.int64, torch.bool)


def of_torch(value: object) -> dict[int, int] | None:
    """Size of every tensor that counts in a module, or of a tensor, by the tensor's `id`; None for anything else."""
    if isinstance(value, nn.Module):
        saved = value.state_dict(keep_vars=True).items()
        held = [tensor for name, tensor in saved if name.rpartition(".")[2] not in NOT_COUNTED]
    elif isinstance(value, Tensor):
        held = [value]
    else:
        return None
    return {id(one): one.numel() for one in held if isinstance(one, Tensor) and one.dtype not in NO_NUMBERS}


def held_by(value: object) -> dict[int, int]:
    """`of_torch`, and what another runtime states as its `num_parameters`; empty for what has none."""
    if (numbers := of_torch(value)) is not None:
        return numbers
    stated = getattr(value, "num_parameters", 0)
    return {id(value): stated} if isinstance(stated, int) else {}
