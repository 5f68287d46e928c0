"""Real-time factors of the tokenizers, and what our wrappers add: encode and decode, batches of 1 and 8, in turns with
upstream's own calls in one process.

    python benchmarks/tokenizer_speed.py                          # all that are here; prints a Markdown table
    python benchmarks/tokenizer_speed.py --only snac --only mimi

Published sizes, random weights. RTF is seconds of compute per second of audio of all clips together. "ratio" is ours /
upstream, the fastest of each. With --processor-time it is this process' own time on one thread, which what else the
machine does hardly changes. We run clip by clip, so that a clip's codes do not depend on its batch; upstream pads and
runs the batch at once, which the ratio at 8 has in it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from turns import fastest
from upstream import PAIRS, Pair

from audiotok.files.provenance import hardware

BATCHES = (1, 8)


def measured(
    pair: Pair, batch: int, seconds: float, turns: int, clock: Callable[[], float]
) -> tuple[float, float, float, float]:
    """RTF of encode, ratio, RTF of decode, ratio."""
    rate = pair.codec.spec.sample_rate
    clips = 0.1 * torch.randn(batch, 1, round(seconds * rate), generator=torch.Generator().manual_seed(0))
    tokens = pair.codec.encode(clips, rate)
    encode = fastest(lambda: pair.codec.encode(clips, rate), lambda: pair.encode(clips), turns, clock)
    decode = fastest(lambda: pair.codec.decode(tokens), lambda: pair.decode(tokens.codes), turns, clock)
    audio = batch * seconds
    return encode[0] / audio, encode[0] / encode[1], decode[0] / audio, decode[0] / decode[1]


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=PAIRS, help="this one; repeat for several")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a clip")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--processor-time", action="store_true", help="of one thread, instead of the clock")
    options = parser.parse_args()
    clock = time.process_time if options.processor_time else time.perf_counter
    if options.processor_time:
        torch.set_num_threads(1)
    print(f"{options.seconds:g} s a clip, fastest of {options.turns}; {hardware()}\n")
    columns = [f"{what}, batch {batch}" for batch in BATCHES for what in ("encode RTF", "ratio", "decode RTF", "ratio")]
    print(f"| tokenizer | {' | '.join(columns)} |")
    print("|---|" + "---:|" * len(columns))
    left_out = []
    for name in options.only or PAIRS:
        try:
            pair = PAIRS[name]()
        except ImportError as error:
            left_out.append(f"{name}: {error}")
            continue
        settings = options.seconds, options.turns, clock
        cells = [f"{value:.3f}" for batch in BATCHES for value in measured(pair, batch, *settings)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    for reason in left_out:
        print(f"\nnot here: {reason}")


if __name__ == "__main__":
    main()
