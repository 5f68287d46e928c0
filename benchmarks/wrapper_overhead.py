"""What our wrappers cost: encode and decode against upstream's own calls, alternating, in one process.

    python benchmarks/wrapper_overhead.py

EnCodec, DAC and Mimi at their published sizes with random weights (speed does not depend on them), one clip.
Prints ours / upstream, the fastest of each; the aim is below 1.02.
"""

from __future__ import annotations

import argparse

import torch
from turns import Call, fastest
from upstream import PAIRS


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
    for name in ("encodec", "dac", "mimi"):
        pair = PAIRS[name]()
        tokens = pair.codec.encode(clip, 24000)
        encoding = ratio(lambda p=pair: p.codec.encode(clip, 24000), lambda p=pair: p.encode(clip), options.turns)  # type: ignore[misc]
        decoding = ratio(
            lambda p=pair, t=tokens: p.codec.decode(t),  # type: ignore[misc]
            lambda p=pair, t=tokens: p.decode(t.codes),  # type: ignore[misc]
            options.turns,
        )
        print(f"{name:10} {encoding:8.3f} {decoding:8.3f}")


if __name__ == "__main__":
    main()
