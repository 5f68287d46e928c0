"""What bfloat16 and compilation gain, and which share of the codes stays equal: `fast(NAME)` against NAME.

    python benchmarks/faster.py --tokenizer dac-16khz --tokenizer mimi --seconds 2

Published sizes with random weights for the names of benchmarks/upstream.py; any other name is loaded, weights and all,
as `audiotok-rvq:num_codebooks=8` is. In turns on one clip of real speech where `mini` is here, else of noise; in
processor time, after a first call that compiles. Shares with random weights say little of those with published ones.
"""

import copy
from time import process_time
from typing import Annotated

import torch
import typer
from upstream import PAIRS

import audiotok
from audiotok import data
from audiotok.cli.options import start
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Tokenizer
from audiotok.errors import AudiotokError
from audiotok.files.provenance import hardware
from audiotok.tokenizers.fast import fast

WAYS = {"bf16": {"precision": "bf16"}, "inductor": {"compile": "inductor"}}


def speech(seconds: float) -> Audio:
    """The first clips of mini's speech, one after another; else noise."""
    try:
        clips = [
            data.read(clip).resample(24000).waveform[0, 0] for clip in data.load("mini").domain("speech").clips[:9]
        ]
        found = torch.cat(clips)[: round(24000 * seconds)]
    except AudiotokError as error:
        print(f"noise instead of speech: {error}")
        found = 0.1 * torch.randn(round(24000 * seconds), generator=torch.Generator().manual_seed(0))
    return Audio.from_array(found, 24000)


def seconds_taken(tokenizer: Tokenizer, audio: Audio) -> float:
    begun = process_time()
    tokenizer.encode(audio)
    return process_time() - begun


def main(
    tokenizer: Annotated[list[str], typer.Option(help="A name; may be given more than once.")] = ["audiotok-rvq"],  # noqa: B006
    way: Annotated[list[str], typer.Option(help="bf16, inductor.")] = list(WAYS),  # noqa: B006
    seconds: float = 2.0,
    turns: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    audio = speech(seconds)
    print(f"{audio.seconds:.1f} s of audio; {hardware()}\n")
    print("| tokenizer | way | exact, RTF | fast, RTF | times as fast | codes equal |\n|---|---|---:|---:|---:|---:|")
    for name in tokenizer:
        exact = PAIRS[name]().codec if name in PAIRS else audiotok.load(name)
        expected = exact.encode(audio).codes
        for one in way:
            quick = fast(copy.copy(exact), **WAYS[one])  # type: ignore[arg-type]
            share = float((quick.encode(audio).codes == expected).float().mean())
            pairs = [(seconds_taken(exact, audio), seconds_taken(quick, audio)) for _ in range(turns)]
            slow, now = (min(times) / audio.seconds for times in zip(*pairs, strict=True))
            print(f"| {name} | {one} | {slow:.2f} | {now:.2f} | {slow / now:.2f} | {100 * share:.1f} % |", flush=True)


if __name__ == "__main__":
    start(main)
