"""Writes sqcodec.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/yangdongchao/SimpleSpeech && cd SimpleSpeech
git checkout 6b95cf056ab6476390ded04b720ded3a2ba3e8e0
pip install pytorch-lightning omegaconf && PYTHONPATH=. python …/tests/golden/make_sqcodec.py
"""

import json
import runpy
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

import audiotok  # noqa: F401  (lets torchaudio load, which upstream imports)

FILE = Path(__file__).with_name("sqcodec.safetensors")
SIZES = {
    "num_bands": 1,
    "sample_rate": 16000,
    "downsample_factors": [2, 4, 5],
    "downsample_kernel_sizes": [4, 8, 10],
    "upsample_factors": [5, 4, 2],
    "upsample_kernel_sizes": [10, 8, 4],
    "latent_hidden_dim": 18,
    "default_kernel_size": 7,
    "delay_kernel_size": 5,
    "init_channel": 4,
    "res_kernel_size": 7,
}
CONFIGS = {
    "causal": {"causal": True, "num_samples": 2, **SIZES},
    "centred": {"causal": False, "num_samples": 1, **SIZES},
}
LENGTHS = (20, 3200, 4003)  # less than a frame, whole frames, and a part of one
seeded = runpy.run_path(str(Path(__file__).with_name("make_bigcodec.py")))["seeded_state"]


def state(config: str) -> dict[str, Tensor]:
    """Under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return seeded_state(json.loads(file.metadata()["shapes"])[config])


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    weights = seeded(shapes)
    for name, value in weights.items():
        if name.endswith("activation.weight"):
            value.fill_(0.25)  # upstream's blocks share one
        elif shapes[name] == [1]:
            value += 0.25  # a slope
        elif name.endswith("weight_g") and shapes[name][0] == SIZES["latent_hidden_dim"]:
            weights[name] = 20 * value  # else all is rounded to 0
    return weights


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [0.3 * torch.randn(1, length, generator=generator) for length in LENGTHS]


@torch.no_grad()
def main() -> None:
    from ldm.models.scalar16k import ScalarModel, round_func_binary

    golden, shapes = {}, {}
    for name, config in CONFIGS.items():
        model = ScalarModel(**config).eval()
        model.vq = round_func_binary()  # three values, as the published weights have them
        shapes[name] = {key: list(value.shape) for key, value in model.state_dict().items()}
        model.load_state_dict(seeded_state(shapes[name]))
        for i, clip in enumerate(clips()):
            _, quantized, audio = model.inference(clip[None])
            digits = quantized.int().view(-1, 9, quantized.shape[2]) + 1
            golden[f"{name}.{i}.codes"] = (digits * 3 ** torch.arange(9)[:, None]).sum(dim=1).int()  # [K, F]
            golden[f"{name}.{i}.quantized"] = quantized[0].T.contiguous()  # [F, D]
            golden[f"{name}.{i}.audio"] = audio[0]  # [1, T]
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
