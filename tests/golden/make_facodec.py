"""Writes facodec.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/open-mmlab/Amphion && cd Amphion
git checkout d3de90f02e7f1c7dbc24b04d52fe1b8ef438effe
pip install einops librosa
PYTHONPATH=. python …/tests/golden/make_facodec.py
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

FILE = Path(__file__).with_name("facodec.safetensors")
SIZES = WIDTH, LATENT, DECODER, ENTRIES, LAYERS, HEADS, INNER = 4, 32, 64, 1024, 2, 4, 48
#: A frame by a hair, a whole number of frames, one sample less than another frame.
LENGTHS = (152, 3000, 2151)
TRAINED_WITH = ("f0_predictor.", "phone_predictor.", "res_", "x_timbre_predictor.")  # what only training needs


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if noise.ndim > 1 and not name.endswith("weight_g"):
            if noise.ndim == 3:  # a kernel, deaf to the level that all samples share, else all frames have one code
                noise -= noise.mean((1, 2), keepdim=True)
            seeded[name] = noise / noise[0].numel() ** 0.5
        else:
            scale = name.endswith("weight_g") or ("ln" in name.split(".")[-2] and name.endswith("weight"))
            # The decoder's convolutions are small, else rounding errors grow on the way through it.
            seeded[name] = 0.1 * noise + scale * (0.4 if name.startswith("model.") else 0.9)
    return seeded


def published_shapes() -> list[dict[str, list[int]]]:
    """Of the encoder and of the decoder, under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return list(json.loads(file.metadata()["shapes"]).values())


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [0.3 * torch.randn(1, length, generator=generator) for length in LENGTHS]


def upstream() -> tuple[Any, Any]:
    import_module("audiotok")  # lets torchaudio load, which upstream imports
    sys.modules["pyworld"] = ModuleType("pyworld")  # imported there, and not used
    from models.codec.ns3_codec import FACodecDecoder, FACodecEncoder
    from models.codec.ns3_codec.transformer import TransformerEncoder

    encoder = FACodecEncoder(ngf=WIDTH, out_channels=LATENT)
    sizes = {"in_channels": LATENT, "vq_dim": LATENT, "upsample_initial_channel": DECODER}
    decoder = FACodecDecoder(**sizes, ngf=WIDTH)
    decoder.timbre_encoder = TransformerEncoder(None, LAYERS, LATENT, HEADS, INNER)  # upstream's has one size only
    return encoder.eval(), decoder.eval()


@torch.no_grad()
def main() -> None:
    encoder, decoder = upstream()
    from torchaudio.functional import mu_law_decoding, mu_law_encoding

    shapes = {}
    for part, module in (("encoder", encoder), ("decoder", decoder)):
        state = module.state_dict()
        skipped = (".filter", ".pe")
        shapes[part] = {
            name: list(value.shape)
            for name, value in state.items()
            if not name.endswith(skipped) and not name.startswith(TRAINED_WITH)
        }
        module.load_state_dict(state | seeded_state(shapes[part]))
    golden = {}
    for i, clip in enumerate(clips()):
        # As upstream's page does, but that the voice is rounded and audio is decoded from codes.
        _, codes, _, _, voice = decoder(encoder(clip[None]), eval_vq=False, vq=True)
        golden[f"{i}.codes"] = codes[:, 0].int()  # [K, F]
        golden[f"{i}.voice"] = voice[0]  # [D]
        norm = decoder.timbre_encoder.last_ln
        levels = mu_law_encoding((voice[0] - norm.bias) / norm.weight / LATENT**0.5, 256)
        golden[f"{i}.levels"] = levels.int()
        coded = mu_law_decoding(levels, 256) * LATENT**0.5 * norm.weight + norm.bias
        golden[f"{i}.embedded"] = decoder.vq2emb(codes)[0].T.contiguous()  # [F, D]
        for number, details in ((3, False), (6, True)):
            embedded = decoder.vq2emb(codes, use_residual_code=details)
            golden[f"{i}.{number}.audio"] = decoder.inference(embedded, coded[None])[0]  # [1, T]
        # How much of the audio is what the rounding of the voice changes, with these weights.
        error = golden[f"{i}.6.audio"] - decoder.inference(decoder.vq2emb(codes), voice)[0]
        power = golden[f"{i}.6.audio"].pow(2).mean() / error.pow(2).mean()
        print(f"clip {i}: {codes.unique().numel()} entries, {10 * power.log10():.1f} dB")
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
