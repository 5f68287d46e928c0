"""Whisper's encoder in `transformers`' layers, from the file that faster-whisper runs: CTranslate2, which reads it too,
gives the encoder's output only and no gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from audiotok.files.ctranslate2 import read_arrays


def whisper_encoder(folder: Path) -> Any:
    """The encoder, frozen; `folder` holds model.bin (audiotok.files.whisper).

    Raises InvalidData where it is no such file.
    """
    from transformers import WhisperConfig
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    arrays = {
        name.removeprefix("encoder/"): array
        for name, array in read_arrays(folder / "model.bin").items()
        if name.startswith("encoder/")
    }
    width, bands, _ = arrays["conv1/weight"].shape
    layers = sum(name.endswith("/ffn/linear_0/weight") for name in arrays)
    config = WhisperConfig(
        d_model=width,
        num_mel_bins=bands,
        encoder_layers=layers,
        encoder_attention_heads=int(arrays["num_heads"]),
        encoder_ffn_dim=arrays["layer_0/ffn/linear_0/weight"].shape[0],
    )
    encoder = WhisperEncoder(config)
    encoder.load_state_dict(_state(arrays, layers))
    return encoder.eval().requires_grad_(False)


def hidden_layers(encoder: Any, mel: Tensor) -> Iterator[Tensor]:
    """Whisper's own log-mel [B, 80, F], F at most 3000 -> the embedded input [B, ceil(F / 2), D], then the output of
    each layer, before the norm that ends the encoder.
    """
    hidden = nn.functional.gelu(encoder.conv1(mel))
    hidden = nn.functional.gelu(encoder.conv2(hidden)).transpose(1, 2)
    hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
    yield hidden
    for layer in encoder.layers:
        out = layer(hidden, None)
        hidden = out[0] if isinstance(out, tuple) else out
        yield hidden


def _state(arrays: dict[str, Any], layers: int) -> dict[str, Tensor]:
    """CTranslate2's names and fused projections -> transformers'."""
    state = {
        "conv1.weight": arrays["conv1/weight"],
        "conv1.bias": arrays["conv1/bias"],
        "conv2.weight": arrays["conv2/weight"],
        "conv2.bias": arrays["conv2/bias"],
        "embed_positions.weight": arrays["position_encodings/encodings"],
        "layer_norm.weight": arrays["layer_norm/gamma"],
        "layer_norm.bias": arrays["layer_norm/beta"],
    }
    for i in range(layers):
        ours, theirs = f"layers.{i}", f"layer_{i}"
        for kind in ("weight", "bias"):
            norm = "gamma" if kind == "weight" else "beta"
            query, key, value = np.split(arrays[f"{theirs}/self_attention/linear_0/{kind}"], 3)
            state[f"{ours}.self_attn.q_proj.{kind}"] = query
            state[f"{ours}.self_attn.v_proj.{kind}"] = value
            if kind == "weight":  # Whisper's keys have no bias; CTranslate2 stores zeros
                state[f"{ours}.self_attn.k_proj.weight"] = key
            state[f"{ours}.self_attn.out_proj.{kind}"] = arrays[f"{theirs}/self_attention/linear_1/{kind}"]
            state[f"{ours}.self_attn_layer_norm.{kind}"] = arrays[f"{theirs}/self_attention/layer_norm/{norm}"]
            state[f"{ours}.fc1.{kind}"] = arrays[f"{theirs}/ffn/linear_0/{kind}"]
            state[f"{ours}.fc2.{kind}"] = arrays[f"{theirs}/ffn/linear_1/{kind}"]
            state[f"{ours}.final_layer_norm.{kind}"] = arrays[f"{theirs}/ffn/layer_norm/{norm}"]
    return {name: torch.from_numpy(np.array(array, dtype=np.float32)) for name, array in state.items()}
