"""What a step of training costs is what torch counts of it."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.lm import patterns
from audiotok.lm.config import ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.lm.scoring import loss

SPEC = TokenSpec(16000, 50.0, (32, 32))


@pytest.mark.parametrize("name", patterns.names())
def test_the_formula_counts_what_torch_counts(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    model = AcousticLM(pattern, ModelSize(width=64, layers=3, heads=4))
    model.llama.set_attn_implementation("eager")  # products that torch's counter sees on any machine
    sequences = pattern.apply(Tokens.from_clips([torch.randint(32, (2, 60))] * 2, SPEC))
    batch, _, steps = sequences.ids.shape
    with FlopCounterMode(display=False) as counter:
        loss(model(sequences), sequences, pattern.heads).backward()
    # Norms' weights are few and are counted as if they were multiplied with a matrix.
    assert batch * steps * model.training_flops(steps) == pytest.approx(counter.get_total_flops(), rel=0.01)


def test_a_longer_row_costs_more_by_what_attention_takes() -> None:
    model = AcousticLM(patterns.Flatten(SPEC), ModelSize(width=64, layers=3, heads=4))
    assert model.training_flops(101) - model.training_flops(100) == 12 * 3 * 64
