"""Writes audiogen_encodec.safetensors: what audiocraft's classes give, with weights that any machine can make again.

git clone https://github.com/facebookresearch/audiocraft && cd audiocraft
git checkout 896ec7c47f5e5d1e5aa1e4b260c4405328bf009d
pip install flashy
PYTHONPATH=. python …/tests/golden/make_audiogen_encodec.py
"""

import json
import sys
import zlib
from pathlib import Path
from types import ModuleType

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = Path(__file__).with_name("audiogen_encodec.safetensors")
LENGTHS = (1, 2503, 3200)
#: audiocraft's configuration of the model, as its checkpoints hold it, but for the sizes.
CONFIG = """\
compression_model: encodec
sample_rate: 16000
channels: 1
encodec:
  autoencoder: seanet
  quantizer: rvq
  sample_rate: ${sample_rate}
  channels: ${channels}
  causal: false
  renormalize: false
seanet:
  dimension: 16
  channels: ${channels}
  causal: ${encodec.causal}
  n_filters: 2
  n_residual_layers: 1
  ratios: [8, 5, 4, 2]
  activation: ELU
  activation_params: {alpha: 1.0}
  norm: weight_norm
  norm_params: {}
  kernel_size: 7
  residual_kernel_size: 3
  last_kernel_size: 7
  dilation_base: 2
  pad_mode: constant
  true_skip: true
  compress: 2
  lstm: 2
  disable_norm_outer_blocks: 0
  decoder: {trim_right_ratio: 1.0, final_activation: null, final_activation_params: null}
  encoder: {}
rvq:
  n_q: 4
  q_dropout: false
  bins: 64
"""


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if name.endswith(("inited", "cluster_size")):
            seeded[name] = torch.ones(shape)
        elif "embed" in name:
            seeded[name] = 0.5 * noise
        elif noise.ndim > 1 and not name.endswith("weight_g"):
            seeded[name] = noise / noise[0].numel() ** 0.5
        else:
            seeded[name] = 0.05 * noise + name.endswith("weight_g")
    return seeded


def published_shapes() -> dict[str, list[int]]:
    """Under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return json.loads(file.metadata()["shapes"])


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [0.3 * torch.randn(1, length, generator=generator) for length in LENGTHS]


@torch.no_grad()
def main() -> None:
    # These packages import all that audiocraft can do; what is wanted needs none of it.
    for name in ("audiocraft", "audiocraft.modules"):
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [name.replace(".", "/")]
    from audiocraft.modules.seanet import SEANetDecoder, SEANetEncoder
    from audiocraft.quantization.vq import ResidualVectorQuantizer
    from omegaconf import OmegaConf

    config = OmegaConf.to_container(OmegaConf.create(CONFIG), resolve=True)
    encoder, decoder = config["seanet"].pop("encoder"), config["seanet"].pop("decoder")
    parts = {
        "encoder": SEANetEncoder(**config["seanet"], **encoder),
        "decoder": SEANetDecoder(**config["seanet"], **decoder),
        "quantizer": ResidualVectorQuantizer(dimension=16, **config["rvq"]),
    }
    model = torch.nn.ModuleDict(parts).eval()
    shapes = {name: list(value.shape) for name, value in model.state_dict().items()}
    model.load_state_dict(seeded_state(shapes))
    quantizer = parts["quantizer"]
    golden = {}
    for i, clip in enumerate(clips()):
        # As audiocraft's EncodecModel does for a clip.
        for count in range(1, 5):
            quantizer.set_num_codebooks(count)
            codes = quantizer.encode(parts["encoder"](clip[None]))
            golden[f"{i}.{count}.codes"] = codes[0].int().contiguous()  # [K, F]
            golden[f"{i}.{count}.audio"] = parts["decoder"](quantizer.decode(codes))[0]  # [1, T]
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
