"""A row of convolutions under PANNs' names, pooled between blocks and not after the last."""

import torch
from torch.nn.functional import avg_pool2d, max_pool2d

from audiotok.models.conv_blocks import ConvBlocks


def test_tensors_have_the_published_names() -> None:
    names = set(ConvBlocks((1, 4, 8)).state_dict())
    assert {"conv_block1.conv1.weight", "conv_block2.conv2.weight", "conv_block2.bn2.running_var"} <= names
    assert len(names) == 24


def test_each_block_but_the_first_hears_what_was_pooled() -> None:
    network = ConvBlocks((1, 4, 8, 2)).eval()
    x = torch.randn(3, 1, 12, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert network.convolved(x, max_pool2d).shape == (3, 2, 3, 2)
        first = network.conv_block1(x)
        expected = network.conv_block3(avg_pool2d(network.conv_block2(avg_pool2d(first, 2)), 2))
        assert torch.equal(network.convolved(x, avg_pool2d), expected)
