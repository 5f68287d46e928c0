"""How much memory does it take to encode a long recording?

    python benchmarks/long_audio.py --minutes 60

EnCodec 24 kHz at its published size with random weights (memory does not depend on them) encodes a generated file of
noise through `encode_long`. Prints the peak resident memory and the real-time factor.
"""

import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import soundfile
import typer

from audiotok.cli.options import start
from audiotok.core.long import encode_long
from audiotok.tokenizers.encodec import EnCodec

RATE = 24000


def main(minutes: Annotated[int, typer.Option(help="Length of the recording.")] = 60) -> None:
    from encodec import EncodecModel

    codec = EnCodec.of(EncodecModel.encodec_model_24khz(pretrained=False).eval(), 8)
    generator = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "noise.wav"
        with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as file:
            for _ in range(minutes):
                file.write(0.1 * generator.standard_normal(60 * RATE).astype(np.float32))
        started = time.perf_counter()
        tokens = encode_long(codec, path)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux
    print(f"{minutes} min -> codes {list(tokens.codes.shape)}: peak {peak:.2f} GiB, RTF {seconds / (60 * minutes):.3f}")


if __name__ == "__main__":
    start(main)
