"""Train byte-pair encoding (BPE) on codes: with how few tokens can they be written?

    python recipes/train_bpe.py --tokenizer whisper-units --data small --split train --vocab-size 2048 -o bpe.json
    audiotok encode in.wav --tokenizer "bpe(whisper-units):model=bpe.json" -o tokens.safetensors

Encodes the clips (kept under --runs, so that a killed run resumes) and holds out one clip in twenty. Learns the merges
on the other clips and measures them on the held-out ones.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import audiotok
from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerName, output_file, start
from audiotok.data.draw import draw
from audiotok.data.parts import part
from audiotok.runs.encode import encoded
from audiotok.units.bpe import UnitBPE
from audiotok.units.flatten import flatten

HELD_OUT = 20  # one clip in so many


def main(
    tokenizer: TokenizerName,
    out: Annotated[Path, typer.Option("--out", "-o", help="Model to write: a tokenizer.json.", callback=output_file)],
    data_name: DataName = "small",
    split: Annotated[str, typer.Option(help="Split of the data set.")] = "train",
    domain: Annotated[str, typer.Option(help="speech, music or audio.")] = "speech",
    hours: Annotated[float, typer.Option(help="Hours of training audio, drawn at random; 0 for all.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 0,
    vocab_size: Annotated[int, typer.Option(help="Vocabulary size, including single codes.")] = 2048,
    min_count: Annotated[int, typer.Option(help="Minimum frequency of a merged pair.")] = 2,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    system = audiotok.load(tokenizer, device)
    manifest = draw(part(data.load(data_name).domain(domain), split), hours, seed)
    clips = [codes for _, tokens in encoded(system, manifest, runs) for codes in flatten(tokens)]
    held_out, train = clips[::HELD_OUT], [clip for i, clip in enumerate(clips) if i % HELD_OUT]
    bpe = UnitBPE.train(train, sum(system.spec.codebook_sizes), vocab_size, min_count)
    bpe.save(out)

    tokens = bpe.encode(held_out)
    exact = sum(np.array_equal(a, b) for a, b in zip(bpe.decode(tokens), held_out, strict=True))
    codes = sum(len(clip) for clip in held_out)
    print(f"learnt on           {sum(len(clip) for clip in train)} codes of {len(train)} clips")
    print(f"tokens              {bpe.vocab_size}, the longest of {bpe.lengths.max()} codes")
    print(f"codes per token     {codes / sum(len(clip) for clip in tokens):.2f} on {len(held_out)} clips left out")
    print(f"exact round trips   {exact} of {len(held_out)}")
    print(out)


if __name__ == "__main__":
    start(main)
