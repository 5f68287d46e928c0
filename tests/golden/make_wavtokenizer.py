"""Writes wavtokenizer.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/jishengpeng/WavTokenizer && cd WavTokenizer
git checkout 5cf440d91ac420ca338f117b7003a77450d64730
PYTHONPATH=. python …/tests/golden/make_wavtokenizer.py
"""

import math
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

RATIOS = {"75hz": (8, 5, 4, 2), "40hz": (6, 5, 5, 4)}
SIZE = {"dim": 64, "intermediate_dim": 128}  # of the backbone; the encoder has its full size
LAYERS = 2


def seeded_state(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, value in state.items():
        generator = torch.Generator().manual_seed(zlib.crc32(name.removeprefix("feature_extractor.encodec.").encode()))
        noise = torch.randn(value.shape, generator=generator)
        if name.endswith("inited"):
            seeded[name] = torch.ones_like(value)
        elif name.endswith("window"):
            seeded[name] = value
        elif name.endswith("weight_v") or (name.endswith("weight") and value.ndim > 1):
            seeded[name] = noise / max(1, value[0].numel()) ** 0.5
        else:
            seeded[name] = 0.1 * noise + name.endswith(("weight", "weight_g", "gamma"))
    return seeded


def clip() -> Tensor:
    """[1, T], ending within a frame."""
    return 0.3 * torch.randn(1, 10001, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def main() -> None:
    from decoder.feature_extractors import EncodecFeatures
    from decoder.heads import ISTFTHead
    from decoder.models import VocosBackbone
    from decoder.pretrained import WavTokenizer

    import audiotok  # noqa: F401  (lets torchaudio load, which upstream imports)

    golden = {}
    for name, ratios in RATIOS.items():
        hop = math.prod(ratios)
        features = EncodecFeatures(bandwidths=[6.6] * 4, num_quantizers=1, dowmsamples=list(ratios), vq_bins=4096)
        backbone = VocosBackbone(512, **SIZE, num_layers=LAYERS, adanorm_num_embeddings=4)
        model = WavTokenizer(features, backbone, ISTFTHead(SIZE["dim"], 4 * hop, hop)).eval()
        model.load_state_dict(seeded_state(model.state_dict()))
        quantized, codes = model.encode_infer(clip(), bandwidth_id=torch.tensor([0]))
        golden[f"{name}.codes"] = codes[:, 0].int()  # [1, F]
        golden[f"{name}.audio"] = model.decode(quantized, bandwidth_id=torch.tensor([0]))  # [1, T]
    save_file(golden, Path(__file__).with_name("wavtokenizer.safetensors"))


if __name__ == "__main__":
    main()
