"""Starting from a language model of text: its backbone is taken, embeddings and output layer are new (TWIST).

Source: Hassid et al., "Textually Pretrained Speech Language Models", NeurIPS 2023: the body keeps its weights, and the
look-up table of text makes way for one of units, drawn at random.
"""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.hub_models import from_pretrained_arguments
from audiotok.lm.vocabulary import END, PAD, START

#: Architectures of `transformers`: embeddings, layers with rotary positions, a norm, an output layer of its own.
ARCHITECTURES = ("llama", "qwen2", "qwen3")


@dataclass(frozen=True, eq=False)
class TextLM:
    """The parts of a text model that a backbone starts from."""

    name: str  # on the hub, or the last part of its folder
    config: Any  # of transformers
    backbone: dict[str, Tensor]  # float32
    sha256: str  # of the backbone

    @property
    def signature(self) -> str:
        return f"{self.name}@sha256:{self.sha256[:12]}"

    @property
    def shape(self) -> str:
        """The shape in a signature: "qwen2-896x24x14" is width, layers and heads."""
        config = self.config
        return f"{config.model_type}-{config.hidden_size}x{config.num_hidden_layers}x{config.num_attention_heads}"

    def causal_lm(self, vocabulary_size: int) -> Any:
        """A model of `transformers` with this backbone; embeddings and output layer are drawn from torch's state."""
        config = copy.deepcopy(self.config)
        config.update(
            {
                "vocab_size": vocabulary_size,
                "tie_word_embeddings": False,
                "pad_token_id": PAD,
                "bos_token_id": START,
                "eos_token_id": END,
                "use_cache": False,
            }
        )
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        embeddings = {f"embed_tokens.{name}": value for name, value in model.model.embed_tokens.state_dict().items()}
        model.model.load_state_dict(self.backbone | embeddings)
        return model


@lru_cache(maxsize=1)
def text_lm(name: str) -> TextLM:
    """By its folder, or its name on the hub and a commit, `NAME@COMMIT`; nothing of a model's own code is run.

    Raises AssetUnavailable where its weights cannot be had, InvalidOption where its architecture does not fit.
    """
    source, commit = from_pretrained_arguments(name)
    try:
        config = AutoConfig.from_pretrained(source, trust_remote_code=False, **commit)
    except (OSError, ValueError) as error:  # ValueError: a folder without a model's configuration
        raise AssetUnavailable(f"the text model {name} could not be opened: {error}") from error
    if config.model_type not in ARCHITECTURES:
        raise InvalidOption(
            f"{name} is of the architecture {config.model_type}; backbones can be taken from {', '.join(ARCHITECTURES)}"
        )
    try:
        opened: Any = AutoModelForCausalLM.from_pretrained(
            source, config=config, dtype=torch.float32, use_safetensors=True, output_loading_info=True, **commit
        )
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        raise AssetUnavailable(f"the weights of {name} could not be read as safetensors: {error}") from error
    model, found = opened
    backbone = {key: value for key, value in model.model.state_dict().items() if not key.startswith("embed_tokens.")}
    if missing := sorted({f"model.{key}" for key in backbone} & set(found["missing_keys"])):
        raise AssetUnavailable(f"{name} lacks {len(missing)} weights of its backbone, {missing[0]} among them")
    folder = Path(name)
    return TextLM(folder.resolve().name if folder.is_dir() else name, config, backbone, _sha256(backbone))


def _sha256(weights: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(weights.items()):
        digest.update(name.encode())
        digest.update(value.contiguous().numpy().data)
    return digest.hexdigest()
