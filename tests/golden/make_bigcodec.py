"""Writes bigcodec.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/Aria-K-Alethia/BigCodec && cd BigCodec
git checkout 09845ab1f5bc7a3d1589c16de820ef15bc2afefe
PYTHONPATH=. python …/tests/golden/make_bigcodec.py
"""

import json
import zlib
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = Path(__file__).with_name("bigcodec.safetensors")
SIZES = WIDTH, LATENT, DECODER_WIDTH, ENTRIES = 8, 32, 64, 256
LENGTHS = (1, 6001, 6200)  # one ends with a frame, to which upstream adds one


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
            seeded[name] = 0.02 * noise + 0.8 * name.endswith("weight_g")
    return seeded


def published_shapes() -> list[dict[str, list[int]]]:
    """Of the encoder and of the decoder, under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return list(json.loads(file.metadata()["shapes"]).values())


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [0.3 * torch.randn(1, length, generator=generator) for length in LENGTHS]


@torch.no_grad()
def main() -> None:
    from vq.codec_decoder import CodecDecoder
    from vq.codec_encoder import CodecEncoder

    encoder = CodecEncoder(ngf=WIDTH, out_channels=LATENT).eval()
    sizes = {"in_channels": LATENT, "vq_dim": LATENT, "upsample_initial_channel": DECODER_WIDTH}
    decoder = CodecDecoder(**sizes, codebook_size=ENTRIES).eval()
    shapes = {}
    for part, module in (("CodecEnc", encoder), ("generator", decoder)):
        state = module.state_dict()
        shapes[part] = {name: list(value.shape) for name, value in state.items() if not name.endswith(".filter")}
        module.load_state_dict(state | seeded_state(shapes[part]))
    golden = {}
    for i, clip in enumerate(clips()):
        # As upstream's inference.py does, but that audio is decoded from codes.
        padded = torch.nn.functional.pad(clip, (0, 200 - clip.shape[1] % 200))
        _, codes, _ = decoder(encoder(padded[:, None]), vq=True)
        golden[f"{i}.codes"] = codes[0].int()  # [1, F]
        embedded = decoder.vq2emb(codes.permute(1, 2, 0))
        golden[f"{i}.embedded"] = embedded.contiguous()  # [1, F, D]
        golden[f"{i}.audio"] = decoder(embedded.mT, vq=False)[0]  # [1, T]
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
