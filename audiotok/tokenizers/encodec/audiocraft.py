"""AudioGen's and MusicGen's EnCodecs, published by `audiocraft`, whose classes descend from those of `encodec`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from encodec import EncodecModel
from encodec.modules import SEANetDecoder, SEANetEncoder
from encodec.quantization import ResidualVectorQuantizer

from audiotok.tokenizers._hub import Checkpoint, at_commit, load_pretrained


@dataclass(frozen=True)
class _Published:
    repository: str  # on the hub
    files: tuple[str, ...]  # the weights last
    card: dict[str, Any]  # what differs from EnCodec's at 24 kHz


_SHARED = {
    "code": "https://github.com/facebookresearch/audiocraft",
    "code_licence": "MIT",
    "licence": "CC-BY-NC-4.0",
    "streamable": False,
    "weights_sha256": "",
}
MODELS = {
    "16khz": _Published(
        "facebook/audiogen-medium",
        ("compression_state_dict.bin",),
        {
            **_SHARED,
            "title": "EnCodec 16 kHz",
            "summary": "AudioGen's mono codec for sound, with 4 residual codebooks of 2048 entries at 50 Hz.",
            "paper": "https://arxiv.org/abs/2209.15352",
            "domains": ("audio",),
            "training_data": "AudioSet (in part), AudioCaps, Clotho, VGGSound, FSD50K, BBC and bought sound effects",
        },
    ),
    "32khz": _Published(
        "facebook/encodec_32khz",
        ("config.json", "model.safetensors"),
        {
            **_SHARED,
            "title": "EnCodec 32 kHz",
            "summary": "MusicGen's mono codec for music, with 4 residual codebooks of 2048 entries at 50 Hz.",
            "paper": "https://arxiv.org/abs/2306.05284",
            "domains": ("music",),
            "training_data": "Meta's music, Shutterstock, Pond5",
        },
    ),
}


def checkpoint(model: str, revision: str) -> Checkpoint:
    """Raises InvalidOption."""
    return at_commit(MODELS[model].repository, revision, MODELS[model].files)


def published(model: str, checkpoint: Checkpoint) -> Any:
    """`transformers.EncodecModel` where the hub has its files, else `encodec.EncodecModel`."""
    if model == "32khz":
        from transformers import EncodecModel as HubEncodecModel

        return load_pretrained(HubEncodecModel, checkpoint)
    with checkpoint.folder() as folder:
        return _exported(folder / checkpoint.files[-1][0])


def _exported(path: Path) -> EncodecModel:
    """From weights and the configuration that they were trained with, which is text in the same file."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    model = _build(yaml.safe_load(saved["xp.cfg"]))
    model.load_state_dict(saved["best_state"])
    return model


def _build(config: dict[str, Any]) -> EncodecModel:
    options, rvq = config["encodec"], config["rvq"]
    # Channels and causality are references there, as in "${channels}", to what is given here.
    shape = config["seanet"] | {"channels": config["channels"], "causal": options["causal"]}
    encoder, decoder = shape.pop("encoder"), shape.pop("decoder")
    shape.pop("disable_norm_outer_blocks", None)  # with others than 0, weights have names that do not load
    return EncodecModel(
        SEANetEncoder(**shape, **encoder),
        SEANetDecoder(**shape, **decoder),
        ResidualVectorQuantizer(dimension=shape["dimension"], n_q=rvq["n_q"], bins=rvq["bins"]),
        target_bandwidths=[],
        sample_rate=config["sample_rate"],
        channels=config["channels"],
        normalize=options["renormalize"],
    )
