"""A second set of module objects over the weights of a network, to change one call without changing those of others."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def twin(network: Network) -> Network:
    """The network in module objects of its own, with the same weights and buffers; made in a few microseconds a module.

    Methods, attributes and forward pre-hooks that are set on its modules do not reach the network, which other threads
    may be running. Weights that move to another device move for both.
    """
    other = object.__new__(type(network))
    vars(other).update(vars(network))
    parts = {name: part and twin(part) for name, part in network._modules.items()}
    vars(other).update(_modules=parts, _forward_pre_hooks=OrderedDict(network._forward_pre_hooks))
    return other
