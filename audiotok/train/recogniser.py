"""Whisper's encoder as a frozen, differentiable ear: log-mel frames of ours in, its features out, gradients through.

The weights are faster-whisper's, read back from CTranslate2's format into `transformers`' layers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from audiotok.ctranslate2_file import read_arrays
from audiotok.train.mel import SAMPLE_RATE, filters

_BINS = 513


class WhisperEar(nn.Module):
    """[B, F, 128] log-mel frames every 10 ms (audiotok.train.mel) -> [B, ceil(F / 2), D], F at most 3000.

    Whisper's own input is another log-mel of the same hop: 80 bands on Slaney's scale, of the power in 25 ms windows,
    in log10, with a range of 8 below the clip's peak. It is worked out from our bands: each is spread over its bins by
    linear interpolation and the bins are gathered again into 80 bands. Unlike in recognition, the clip is not filled
    up with silence to 30 s.
    """

    spread: Tensor  # [128, 513]
    gather: Tensor  # [513, 80]

    def __init__(self, folder: Path) -> None:
        """`folder` holds model.bin (audiotok.whisper_weights). Raises InvalidData where it is no such file."""
        from transformers import WhisperConfig
        from transformers.models.whisper.modeling_whisper import WhisperEncoder

        arrays = {
            name.removeprefix("encoder/"): array
            for name, array in read_arrays(folder / "model.bin").items()
            if name.startswith("encoder/")
        }
        super().__init__()
        width, bands, _ = arrays["conv1/weight"].shape
        layers = sum(name.endswith("/ffn/linear_0/weight") for name in arrays)
        config = WhisperConfig(
            d_model=width,
            num_mel_bins=bands,
            encoder_layers=layers,
            encoder_attention_heads=int(arrays["num_heads"]),
            encoder_ffn_dim=arrays["layer_0/ffn/linear_0/weight"].shape[0],
        )
        self.encoder = WhisperEncoder(config)
        self.encoder.load_state_dict(_state(arrays, layers))
        self.register_buffer("spread", _spread())
        self.register_buffer("gather", _gather(bands))
        self.dim = width
        self.eval().requires_grad_(False)

    def forward(self, frames: Tensor) -> Tensor:
        hidden = self.whisper_input(frames.float()).transpose(1, 2)
        hidden = nn.functional.gelu(self.encoder.conv1(hidden))
        hidden = nn.functional.gelu(self.encoder.conv2(hidden)).transpose(1, 2)
        hidden = hidden + self.encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in self.encoder.layers:
            out = layer(hidden, None)
            hidden = out[0] if isinstance(out, tuple) else out
        return self.encoder.layer_norm(hidden)

    def whisper_input(self, frames: Tensor) -> Tensor:
        """[B, F, 128] -> [B, F, 80]"""
        power = (frames.exp() @ self.spread).square() @ self.gather
        decibels = power.clamp(min=1e-10).log10()
        return (decibels.maximum(decibels.amax(dim=(1, 2), keepdim=True) - 8) + 4) / 4


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


def _spread() -> Tensor:
    """[128, 513]: a band's mean magnitude, interpolated linearly between the bands' centres."""
    triangles = filters(torch.device("cpu")).T
    area = triangles.sum(1, keepdim=True).clamp(min=1e-6)
    cover = triangles.sum(0, keepdim=True).clamp(min=1e-6)
    return triangles / area / cover


def _gather(bands: int) -> Tensor:
    """[513, 80]: Whisper's filters on our bins; for the finer bins and the longer window, less by (40 / 15.625 Hz)
    times the ratio of the windows' energies (640 / 400 samples).
    """
    import torchaudio.functional

    bank = torchaudio.functional.melscale_fbanks(_BINS, 0.0, SAMPLE_RATE / 2, bands, SAMPLE_RATE, "slaney", "slaney")
    return bank * (15.625 / 40) * (400 / 640)
