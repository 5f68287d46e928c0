"""What our wrappers cost: encode and decode against upstream's own calls, alternating, in one process.

    python benchmarks/wrapper_overhead.py

EnCodec, DAC and Mimi at their published sizes with random weights (speed does not depend on them), one clip.
Prints ours / upstream, the fastest of each; the aim is below 1.02.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from turns import Call, fastest

import audiotok
from audiotok.tokenizers.dac import DAC
from audiotok.tokenizers.encodec import EnCodec
from audiotok.tokenizers.mimi import Mimi


def encodec(clip: Tensor) -> tuple[audiotok.Codec, Call, Callable[[Tensor], Any]]:
    from encodec import EncodecModel

    model = EncodecModel.encodec_model_24khz(pretrained=False).eval()
    model.set_target_bandwidth(6.0)
    return EnCodec.of(model, 8), lambda: model.encode(clip), lambda codes: model.decode([(codes, None)])


def dac(clip: Tensor) -> tuple[audiotok.Codec, Call, Callable[[Tensor], Any]]:
    from transformers import DacConfig, DacModel

    config = DacConfig(sampling_rate=24000, downsampling_ratios=[2, 4, 5, 8], n_codebooks=32)
    model = DacModel(config).eval()
    return DAC.of(model), lambda: model.encode(clip), lambda codes: model.decode(audio_codes=codes)


def mimi(clip: Tensor) -> tuple[audiotok.Codec, Call, Callable[[Tensor], Any]]:
    from transformers import MimiConfig, MimiModel

    model = MimiModel(MimiConfig()).eval()
    return Mimi.of(model, num_codebooks=8), lambda: model.encode(clip, num_quantizers=8), model.decode


def ratio(ours: Call, upstream: Call, turns: int) -> float:
    mine, other = fastest(ours, upstream, turns)
    return mine / other


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of the clip")
    parser.add_argument("--turns", type=int, default=10)
    options = parser.parse_args()
    clip = 0.1 * torch.randn(1, 1, round(options.seconds * 24000), generator=torch.Generator().manual_seed(0))
    print(
        f"{'':10} {'encode':>8} {'decode':>8}   ours / upstream, {options.seconds:g} s, "
        f"{torch.get_num_threads()} thread(s)"
    )
    for build in (encodec, dac, mimi):
        codec, encode, decode = build(clip)
        tokens = codec.encode(clip, 24000)
        encoding = ratio(lambda c=codec: c.encode(clip, 24000), encode, options.turns)  # type: ignore[misc]
        codes = tokens.codes
        decoding = ratio(lambda c=codec, t=tokens: c.decode(t), lambda d=decode, x=codes: d(x), options.turns)  # type: ignore[misc]
        print(f"{build.__name__:10} {encoding:8.3f} {decoding:8.3f}")


if __name__ == "__main__":
    main()
