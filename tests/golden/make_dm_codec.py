"""Writes dm_codec.safetensors: what upstream's own class gives, with weights that any machine can make again.

git clone https://github.com/mubtasimahasan/DM-Codec && cd DM-Codec
git checkout 25c742ad5f4ee2033031d68fe7dc6045b67d33e4
PYTHONPATH=. python …/tests/golden/make_dm_codec.py
"""

import json
import zlib
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = Path(__file__).with_name("dm_codec.safetensors")
SIZES = {"n_filters": 4, "dimension": 32, "semantic_dimension": 16, "codebook_size": 64}
CODEBOOKS = 8


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if name.endswith(("inited", "cluster_size")):
            seeded[name] = torch.ones(shape)
        elif name.endswith("weight_g"):
            seeded[name] = 0.8 + 0.02 * noise
        elif noise.ndim > 1:
            scale = 0.1 if "codebook" in name else noise[0].numel() ** -0.5
            seeded[name] = scale * noise
        else:
            seeded[name] = 0.02 * noise
    return seeded


def published_shapes() -> dict[str, list[int]]:
    """Under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return json.loads(file.metadata()["shapes"])


def clip() -> Tensor:
    """[1, T], ending within a frame."""
    return 0.3 * torch.randn(1, 6407, generator=torch.Generator().manual_seed(0))


def small(published: dict[str, Any]) -> dict[str, Any]:
    return {**published, **SIZES, "n_q": CODEBOOKS}


@torch.no_grad()
def main() -> None:
    from codec import Model

    model = Model(small(json.loads(Path("config.json").read_text()))).eval()
    shapes = {name: list(value.shape) for name, value in model.state_dict().items()}
    model.load_state_dict(seeded_state(shapes))
    golden = {}
    for number in range(1, CODEBOOKS + 1):
        codes = model.encode(clip()[None], n_q=number)  # [K, 1, F]
        golden[f"{number}.codes"] = codes[:, 0].int()
        golden[f"{number}.audio"] = model.decode(codes)[0]  # [1, T]
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
