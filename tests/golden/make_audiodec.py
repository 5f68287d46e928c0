"""Writes audiodec.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/facebookresearch/AudioDec && cd AudioDec
git checkout e451e62580a66fe74426db51d92a6d0d468b70b3
PYTHONPATH=. python …/tests/golden/make_audiodec.py
"""

import json
import runpy
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

import audiotok  # noqa: F401  (lets torchaudio load, which upstream imports)

FILE = Path(__file__).with_name("audiodec.safetensors")
SIZES = {"width": 4, "dimension": 16, "codebooks": 4, "entries": 64, "vocoder_width": 32}
KERNELS = {"sym": (), "v0": (3, 7, 11), "v1": (11,)}  # of the vocoder; v2 and v3 differ from v1 in theirs alone
LENGTHS = (1, 3000, 4003)  # one ends with a frame, one within
seeded = runpy.run_path(str(Path(__file__).with_name("make_bigcodec.py")))["seeded_state"]


def states(decoder: str) -> list[dict[str, Tensor]]:
    """Of the coder and of the decoder, under upstream's names."""
    with safe_open(FILE, "pt") as file:
        shapes = json.loads(file.metadata()["shapes"])
    return [seeded_state(shapes["coder"]), seeded_state(shapes[decoder])]


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    state = seeded(shapes)
    for name, value in state.items():
        if name.endswith(".embed"):  # [D, entries], as far apart as what is coded
            state[name] = 0.1 * value * value.shape[1] ** 0.5
        if name == "scale":
            state[name] = 1 + value
        if name == "output_conv.conv.weight_g":  # loud enough for a tolerance of 1e-6 to mean something
            state[name] = 100 * value
    return state


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [0.3 * torch.randn(1, length, generator=generator) for length in LENGTHS]


def load(model: torch.nn.Module) -> dict[str, list[int]]:
    """Seeds the model; -> the shapes of what was seeded, which the past that upstream keeps is not."""
    shapes = {name: list(v.shape) for name, v in model.state_dict().items() if not name.endswith(".pad_buffer")}
    model.load_state_dict(model.state_dict() | seeded_state(shapes))
    return shapes


@torch.no_grad()
def main() -> None:
    from models.autoencoder.AudioDec import StreamGenerator
    from models.vocoder.HiFiGAN import StreamGenerator as StreamVocoder

    width, dimension, codebooks, entries, vocoder_width = SIZES.values()
    options = {"encode_channels": width, "decode_channels": width, "code_dim": dimension}
    coder = StreamGenerator(**options, codebook_num=codebooks, codebook_size=entries).eval()
    shapes = {"coder": load(coder)}
    golden = {}
    for name, kernels in KERNELS.items():
        decoder = coder
        if kernels:
            with tempfile.NamedTemporaryFile(suffix=".npy") as stats:
                np.save(stats.name, np.ones((2, dimension), np.float32))
                decoder = StreamVocoder(
                    in_channels=dimension,
                    channels=vocoder_width,
                    upsample_scales=(5, 5, 4, 3),
                    upsample_kernel_sizes=(10, 10, 8, 6),
                    resblock_kernel_sizes=kernels,
                    resblock_dilations=[(1, 3, 5)] * len(kernels),
                    groups=3 if len(kernels) == 1 else 1,
                    stats=stats.name,
                ).eval()
        shapes[name] = load(decoder)
        for i, clip in enumerate(clips()):
            # As upstream's demoFile.py does, for each clip afresh.
            coder.reset_buffer()
            decoder.reset_buffer()
            decoder.initial_decoder(coder.initial_encoder(8192, "cpu"))
            indices = coder.quantize(coder.encode(clip[None]))
            quantized = coder.lookup(indices)
            golden[f"{name}.{i}.audio"] = decoder.decode(quantized)[0]  # [1, T]
            golden[f"{i}.codes"] = (indices - entries * torch.arange(codebooks)[:, None]).int()  # [K, F]
            golden[f"{i}.quantized"] = quantized[0]  # [F, D]
    save_file({key: value.contiguous() for key, value in golden.items()}, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
