"""Which numbers count as parameters."""

import torch
from torch import nn

from audiotok import registry
from audiotok.core.parameters import held_by, of_torch
from audiotok.core.tokenizer import Tokenizer


class Codebook(nn.Module):
    """As EnCodec's: moved by running means, with a flag and scratch space that is not saved."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(3, 2)
        for name, value in {"embed": (4, 2), "embed_avg": (4, 2), "cluster_size": (4,), "inited": (1,)}.items():
            self.register_buffer(name, torch.zeros(value))
        self.register_buffer("scratch", torch.zeros(8), persistent=False)
        self.register_buffer("steps", torch.tensor(3))


def test_parameters_and_codebooks_count() -> None:
    assert sum(of_torch(Codebook()).values()) == 3 * 2 + 2 + 4 * 2


def test_a_weight_that_two_layers_share_counts_once() -> None:
    shared = nn.Linear(3, 2)
    assert sum(of_torch(nn.ModuleList([shared, shared])).values()) == 8


def test_tensors_count_where_they_are_not_indices_or_flags() -> None:
    assert sum(of_torch(torch.zeros(3, 2)).values()) == 6
    assert of_torch(torch.zeros(3, dtype=torch.int64)) == of_torch(torch.zeros(3, dtype=torch.bool)) == {}
    assert sum(of_torch(torch.zeros(3, dtype=torch.int8)).values()) == 3  # a quantized weight


def test_other_runtimes_state_theirs() -> None:
    class Runtime:
        num_parameters = 5

    assert of_torch(Runtime()) is None
    assert list(held_by(Runtime()).values()) == [5]
    assert sum(held_by("mimi").values()) == sum(held_by(3).values()) == 0


def test_what_a_tokenizer_holds_twice_counts_once() -> None:
    """EnCodec's wrapper holds the model and, for its embeddings, the model's layers of codebooks."""
    tokenizer: Tokenizer = registry.load("mulaw")
    tokenizer.model = Codebook()
    tokenizer.embeddings = nn.ModuleList([tokenizer.model])
    tokenizer.inner = registry.load("mulaw")
    tokenizer.inner.model = tokenizer.model
    assert tokenizer.num_parameters == 16
