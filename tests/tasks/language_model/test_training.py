"""Scores are kept under a hash of the weights that they were made with."""

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.store import TokenStore
from audiotok.tasks.language_model.training import first_clips, weights


def test_weights_are_told_apart_to_the_bit() -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    before = weights(model)
    assert weights(model) == before
    with torch.no_grad():
        model.bias[0] = torch.nextafter(model.bias[0], torch.tensor(9.0))
    assert weights(model) != before
    assert weights(model.bfloat16()) != weights(model.half())


def test_the_first_minutes_end_with_the_clip_that_reaches_them(small: TokenStore) -> None:
    seconds = [small.clip(number).duration for number in range(len(small))]
    assert first_clips(small, seconds[0] / 60) == [0]
    assert first_clips(small, (seconds[0] + 0.01) / 60) == [0, 1]
    with pytest.raises(InvalidData, match="expected 5 minutes of clips"):
        first_clips(small, 5)
