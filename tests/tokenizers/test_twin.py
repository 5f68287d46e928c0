import torch
from torch import nn
from torch.nn.utils import weight_norm as recomputed
from torch.nn.utils.parametrizations import weight_norm as parametrized

from audiotok.tokenizers._twin import twin

INPUT = torch.ones(1, 2, 5)


def network() -> nn.Module:
    """Parts of every kind: plain, parametrized, with a forward pre-hook that computes the weight, with a buffer."""
    convolutions = (make(nn.Conv1d(2, 2, 1)) for make in (lambda layer: layer, parametrized, recomputed))
    return nn.Sequential(*convolutions, nn.Sequential(nn.BatchNorm1d(2))).eval().requires_grad_(False)


def test_a_twin_is_the_same_function_of_the_same_weights() -> None:
    original = network()
    other = twin(original)
    assert torch.equal(other(INPUT), original(INPUT))
    assert [id(tensor) for tensor in other.state_dict(keep_vars=True).values()] == [
        id(tensor) for tensor in original.state_dict(keep_vars=True).values()
    ]


def test_what_is_set_on_a_twin_does_not_reach_the_network() -> None:
    original = network()
    before = original(INPUT)
    other = twin(original)
    other[0].register_forward_pre_hook(lambda module, inputs: (2 * inputs[0],))
    other[3][0].forward = lambda x: 0 * x
    assert not other(INPUT).any()
    assert torch.equal(original(INPUT), before)


def test_weights_that_move_move_for_both() -> None:
    original = network()
    other = twin(original)
    original.double()
    assert other(INPUT.double()).dtype == torch.float64
