"""Scores are kept under a hash of the weights that they were made with."""

import torch

from audiotok.tasks.language_model.training import weights


def test_weights_are_told_apart_to_the_bit() -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    before = weights(model)
    assert weights(model) == before
    with torch.no_grad():
        model.bias[0] = torch.nextafter(model.bias[0], torch.tensor(9.0))
    assert weights(model) != before
    assert weights(model.bfloat16()) != weights(model.half())
