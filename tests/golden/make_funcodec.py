"""Writes funcodec.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/modelscope/FunCodec && cd FunCodec
git checkout 3435d870126a48fe61a87fac1af3b6530be388ea
pip install einops librosa
PYTHONPATH=. python …/tests/golden/make_funcodec.py
"""

import json
import sys
import zlib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = Path(__file__).with_name("funcodec.safetensors")
RATIOS = {"libritts-25hz": [8, 5, 4, 2, 2], "general-50hz": [8, 5, 4, 2]}
SIZES = FILTERS, LATENT, ENTRIES, CODEBOOKS = 4, 16, 64, 4
NUMBERS = (1, 4)  # of codebooks
LENGTHS = (1, 3840, 1501)
LEVELS = (0.5, 0.001, 0.2)  # of the clips


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if name.endswith("inited"):
            seeded[name] = torch.ones(shape)
        elif name.startswith("quantizer."):
            seeded[name] = 0.5 * noise
        elif noise.ndim > 1:
            if noise.ndim == 3:  # a kernel, deaf to the level that all samples share, else all frames have one code
                noise -= noise.mean((1, 2), keepdim=True)
            seeded[name] = noise / noise[0].numel() ** 0.5
        else:
            seeded[name] = 0.1 * noise + (".norm.weight" in name)
    return seeded


def published_shapes(variant: str) -> dict[str, list[int]]:
    """Under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return json.loads(file.metadata()[variant])


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [level * torch.randn(1, length, generator=generator) for length, level in zip(LENGTHS, LEVELS, strict=True)]


def upstream(ratios: list[int]) -> Any:
    """An `Encodec` without what only training needs."""
    import_module("audiotok")  # lets torchaudio load, which upstream imports
    sys.modules["typeguard"] = ModuleType("typeguard")  # an older one than is installed
    sys.modules["typeguard"].check_argument_types = lambda: True
    from funcodec.models.codec_basic import Encodec
    from funcodec.models.decoder.seanet_decoder import SEANetDecoder
    from funcodec.models.encoder.seanet_encoder import SEANetEncoder
    from funcodec.models.quantizer.costume_quantizer import CostumeQuantizer

    shape = {"n_filters": FILTERS, "ratios": ratios, "norm": "time_group_norm", "causal": False}
    quantizer = {"input_size": LATENT, "codebook_size": ENTRIES, "num_quantizers": CODEBOOKS, "sampling_rate": 16000}
    return Encodec(
        input_size=1,
        encoder=SEANetEncoder(dimension=LATENT, **shape),
        quantizer=CostumeQuantizer(**quantizer, encoder_hop_length=torch.tensor(ratios).prod().item(), use_ddp=True),
        decoder=SEANetDecoder(input_size=LATENT, **shape),
        multi_spectral_window_powers_of_two=[],
        target_sample_hz=16000,
        audio_normalize=True,
        segment_dur=None,
        overlap_ratio=None,
    ).eval()


@torch.no_grad()
def main() -> None:
    golden, shapes = {}, {}
    for variant, ratios in RATIOS.items():
        model = upstream(ratios)
        state = model.state_dict()
        held = {name: list(value.shape) for name, value in state.items()}
        shapes[variant] = json.dumps(held)
        model.load_state_dict(seeded_state(held))
        for i, clip in enumerate(clips()):
            for number in NUMBERS:
                # As upstream's page does: the codes of a bit rate, and audio from them.
                width = number * 6 * 16000 / model.encoder.hop_length
                both = model.inference(clip, bit_width=float(width))
                codes = both["code_indices"][0]  # [K, 1, F]
                name = f"{variant}.{i}.{number}"
                golden[f"{name}.codes"] = codes[:, 0].int()
                decoded = model.inference_decoding(codes.permute(1, 2, 0))
                golden[f"{name}.audio"] = decoded["recon_speech"][0]  # [1, T]
            golden[f"{variant}.{i}.level"] = both["code_embeddings"][0][1][0]
            golden[f"{variant}.{i}.embedded"] = decoded["code_embeddings"][0][0][0]  # [F, D]
            print(variant, i, codes.shape, codes.unique().numel(), decoded["recon_speech"].pow(2).mean().sqrt())
    save_file({name: value.contiguous() for name, value in golden.items()}, FILE, shapes)


if __name__ == "__main__":
    main()
