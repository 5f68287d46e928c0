"""The language model: a Llama of `transformers`, with one backbone for every tokenizer and pattern, or a text LM's."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

from audiotok.lm.config import ModelSize
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import END, PAD, START, Vocabulary
from audiotok.lm.warm_start import TextLM


class AcousticLM(nn.Module):
    """Reads a step's ids of all streams as the sum of their embeddings, gives one vector of logits for the next.

    Each stream's distribution is the part of that vector which is its head (`Pattern.heads`).
    """

    def __init__(
        self, pattern: Pattern, size: ModelSize, vocabulary: Vocabulary | None = None, start: TextLM | None = None
    ) -> None:
        """`vocabulary`: what it reads, where that is more than the pattern's; `start`: a text LM whose backbone to take
        instead of a new one of `size`."""
        super().__init__()
        ids = (vocabulary or pattern.vocabulary).size
        self.llama = start.causal_lm(ids) if start else _llama(ids, size)

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
    def backbone_parameters(self) -> int:
        """All but the embeddings and the output layer: equal for every tokenizer."""
        outside = (self.llama.get_input_embeddings(), self.llama.get_output_embeddings())
        return sum(p.numel() for p in self.parameters()) - sum(p.numel() for m in outside for p in m.parameters())

    def training_flops(self, context: int) -> int:
        """Floating-point operations to train on a step of a sequence, in rows of `context` steps.

        6 for each parameter of backbone and output layer: a product is a multiplication and an addition, and going back
        through it costs two more (Kaplan et al., "Scaling Laws for Neural Language Models", 2020, section 2.1). In each
        layer 12 for each channel of the attention and step of the row: scores and weighted sum, over the whole row
        though half of it is masked (Hoffmann et al., "Training Compute-Optimal Large Language Models", 2022, appendix
        F). Kaplan et al. leave this term out as small; with a narrow backbone and long rows it is most of the cost.
        Embeddings are looked up, which is free; softmax, norms, rotations and the optimizer are left out.
        """
        attention = sum(layer.self_attn.o_proj.in_features for layer in self.llama.model.layers)
        output = self.llama.get_output_embeddings().weight.numel()
        return 6 * (self.backbone_parameters + output) + 12 * attention * context


def _llama(vocabulary_size: int, size: ModelSize) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary_size,
            hidden_size=size.width,
            intermediate_size=8 * size.width // 3 // 8 * 8,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            max_position_embeddings=1 << 17,
            pad_token_id=PAD,
            bos_token_id=START,
            eos_token_id=END,
            use_cache=False,
        )
    )
