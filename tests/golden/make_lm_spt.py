"""Writes lm_spt.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/kakao/lmspt && cd lmspt
git checkout b6e52d5855f1b3325b7df4300f7763460bd51a62
PYTHONPATH=. python …/tests/golden/make_lm_spt.py

The file beside this script was made where that repository could not be cloned, with its classes as they read at that
commit, less what training and causal models need.
"""

import json
import zlib
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = Path(__file__).with_name("lm_spt.safetensors")
SIZES = WIDTH, LATENT, DECODER, FIRST, ENTRIES, CODEBOOKS = 4, 32, 64, 256, 64, 8


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if name.endswith("alpha"):
            seeded[name] = 1 + 0.1 * noise
        elif noise.ndim > 1 and not name.endswith("weight_g"):
            if noise.ndim == 3:  # a kernel, deaf to the level that all samples share, else all frames have one code
                noise -= noise.mean((1, 2), keepdim=True)
            seeded[name] = noise / noise[0].numel() ** 0.5
        else:
            # Smaller in the decoder, whose tanh is saturated otherwise.
            scale = 0.6 if name.startswith("decoder") else 0.9
            seeded[name] = 0.005 * noise + scale * name.endswith("weight_g")
    return seeded


def published_shapes() -> dict[str, list[int]]:
    """Under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return json.loads(file.metadata()["shapes"])


def clip() -> Tensor:
    """[1, T], ending within a frame."""
    return 0.3 * torch.randn(1, 20 * 1920 + 77, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def main() -> None:
    from lmspt.model_codec.dac_model import Decoder
    from lmspt.model_codec.lmspt_model import LMSPT

    model = LMSPT(
        encoder_dim=WIDTH,
        encoder_rates=[4, 5, 6, 8, 2],
        latent_dim=LATENT,
        decoder_dim=DECODER,
        decoder_rates=[2, 8, 6, 5, 4],
        n_codebooks=CODEBOOKS,
        semantic_codebook_size=FIRST,
        acoustic_codebook_size=ENTRIES,
        sample_rate=24000,
        aux_decoder=Decoder(LATENT, 16, [8, 8, 5, 4], sample_rate=16000),
    ).eval()
    shapes = {name: list(value.shape) for name, value in model.state_dict().items()}
    model.load_state_dict(seeded_state(shapes))
    codes = model.encode(clip()[None])  # [K, 1, F]
    golden = {"codes": codes[:, 0].int()}
    for number in range(1, CODEBOOKS + 1):
        # A second of the audio with all codebooks, a tenth with fewer: a small file.
        samples = 24000 if number == CODEBOOKS else 2400
        golden[f"{number}.audio"] = model.decode(codes[:number])[0, :, :samples].contiguous()
        golden[f"{number}.embedded"] = model.quantizer.decode(codes[:number])[0].T.contiguous()  # [F, D]
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
