"""The language model: a Llama of `transformers`, its trunk the same for every tokenizer and pattern."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

from audiotok.errors import InvalidOption
from audiotok.lm.pattern import Pattern
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import END, PAD, START, Vocabulary


@dataclass(frozen=True)
class Shape:
    """Of the trunk; embeddings and output layer are as large as the vocabulary asks."""

    width: int
    layers: int
    heads: int

    def __post_init__(self) -> None:
        if min(self.width, self.layers, self.heads) < 1 or self.width % (2 * self.heads):
            raise InvalidOption(f"width must be a multiple of 2 × heads, all at least 1, got {self}")


SHAPES = {
    "3M": Shape(192, 6, 6),
    "10M": Shape(320, 8, 5),
    "25M": Shape(512, 8, 8),
    "85M": Shape(768, 12, 12),
    "350M": Shape(1024, 28, 16),
}


class AcousticLM(nn.Module):
    """Reads a step's ids of all streams as the sum of their embeddings, gives one vector of logits for the next.

    Each stream's distribution is the part of that vector which is its head (`Pattern.heads`).
    """

    def __init__(self, pattern: Pattern, shape: Shape, vocabulary: Vocabulary | None = None) -> None:
        """`vocabulary`: what it reads, where that is more than the pattern's."""
        super().__init__()
        self.llama = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=(vocabulary or pattern.vocabulary).size,
                hidden_size=shape.width,
                intermediate_size=8 * shape.width // 3 // 8 * 8,
                num_hidden_layers=shape.layers,
                num_attention_heads=shape.heads,
                max_position_embeddings=1 << 17,
                pad_token_id=PAD,
                bos_token_id=START,
                eos_token_id=END,
                use_cache=False,
            )
        )

    def forward(self, sequences: Sequences) -> Tensor:
        """-> logits [B, L, V]. Padding comes after what it could disturb; positions keep packed clips apart."""
        embedded = self.llama.get_input_embeddings()(sequences.ids).sum(dim=1)
        positions = sequences.positions
        if positions is None:
            positions = torch.arange(embedded.shape[1], device=embedded.device).expand(embedded.shape[:2])
        return self.llama(inputs_embeds=embedded, position_ids=positions).logits

    def advance(self, ids: Tensor, cache: DynamicCache) -> Tensor:
        """[B, S, n] steps that follow those in the cache, and go into it -> logits [B, V] of what comes next."""
        embedded = self.llama.get_input_embeddings()(ids).sum(dim=1)
        positions = cache.get_seq_length() + torch.arange(embedded.shape[1], device=embedded.device)
        given = {"inputs_embeds": embedded, "position_ids": positions.expand(embedded.shape[:2])}
        return self.llama(**given, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[:, -1]

    @property
    def trunk_parameters(self) -> int:
        """All but the embeddings and the output layer: equal for every tokenizer."""
        outside = (self.llama.get_input_embeddings(), self.llama.get_output_embeddings())
        return sum(p.numel() for p in self.parameters()) - sum(p.numel() for m in outside for p in m.parameters())
