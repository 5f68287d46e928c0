"""How much memory does it take to encode a long recording, and to decode it again?

    python benchmarks/long_audio.py --minutes 60

EnCodec 24 kHz at its published size with random weights (memory does not depend on them) encodes a generated file of
noise through `encode_long`, and its codes are decoded into another file through `decode_long`. Prints the peak resident
memory and the real-time factor of both.
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
from audiotok.core.long import decode_long, encode_long
from audiotok.tokenizers.encodec import wrap

RATE = 24000


def main(minutes: Annotated[int, typer.Option(help="Length of the recording.")] = 60) -> None:
    from encodec import EncodecModel

    codec = wrap(EncodecModel.encodec_model_24khz(pretrained=False).eval(), 8)
    generator = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "noise.wav"
        with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as file:
            for _ in range(minutes):
                file.write(0.1 * generator.standard_normal(60 * RATE).astype(np.float32))
        started = time.perf_counter()
        tokens = encode_long(codec, path)
        encoded = time.perf_counter()
        print(f"{minutes} min -> codes {list(tokens.codes.shape)}: {_cost(encoded - started, minutes)}")
        with soundfile.SoundFile(Path(folder) / "decoded.wav", "w", RATE, 1, subtype="PCM_16") as file:
            for piece in decode_long(codec, tokens):
                file.write(piece.numpy().T)
        print(f"and back: {_cost(time.perf_counter() - encoded, minutes)}")


def _cost(seconds: float, minutes: int) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux
    return f"peak {peak:.2f} GiB, RTF {seconds / (60 * minutes):.3f}"


if __name__ == "__main__":
    start(main)
