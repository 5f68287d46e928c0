"""BPE over units against codec-bpe: the same codes, in turns, in one process.

    pip install --no-deps codec-bpe==1.4.1
    python benchmarks/bpe.py [--tokens FOLDER]

codec-bpe trains with Hugging Face's `tokenizers` on codes that it reads from .npy files; reading them is not counted.
FOLDER holds tokens files, as a run leaves them; without it the codes are a Markov chain's.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.core.tokens import Tokens
from audiotok.units.bpe import UnitBPE
from audiotok.units.flatten import flatten

VOCAB, TURNS = 4096, 3


def chain(codes: int, alphabet: int) -> list[np.ndarray]:
    """Each code is held for two frames on average and has six likely successors; clips of 1 to 10 s at 50 Hz."""
    rng = np.random.default_rng(0)
    successors = rng.integers(0, alphabet, (alphabet, 6))
    clips = []
    while codes > 0:
        clip = [int(rng.integers(alphabet))]
        for held, likely, rank in zip(*(rng.random((3, int(rng.integers(50, 500))))), strict=True):
            following = successors[clip[-1], int(6 * rank**2)] if likely < 0.9 else rng.integers(alphabet)
            clip.append(clip[-1] if held < 0.5 else int(following))
        clips.append(np.array(clip))
        codes -= len(clip)
    return clips


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Its result, and seconds."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def main() -> None:
    from codec_bpe import codes_to_chars
    from codec_bpe.core.trainer import Trainer

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=Path)
    folder = parser.parse_args().tokens
    if folder:
        tokens = [Tokens.load(path) for path in sorted(folder.glob("*.safetensors"))]
        clips, alphabet = [flatten(clip)[0] for clip in tokens], sum(tokens[0].spec.codebook_sizes)
    else:
        clips, alphabet = chain(1_000_000, 500), 500
    codes = sum(len(clip) for clip in clips)

    UnitBPE.train(clips[:1], alphabet, alphabet + 1).encode(clips[:1])  # compiles the kernels
    train, encode = [], []  # (seconds of ours, of the peer)
    with tempfile.TemporaryDirectory() as kept:
        for i, clip in enumerate(clips):
            np.save(Path(kept) / f"{i:06d}_t0.npy", clip[None])
        _, reading = timed(lambda: [np.load(path) for path in sorted(Path(kept).glob("*.npy"))])
        trainer = Trainer(1, alphabet, vocab_size=VOCAB + 1, pad_token="<pad>")
        for _ in range(TURNS):
            peer, seconds = timed(lambda: trainer.train(kept))
            bpe, ours = timed(lambda: UnitBPE.train(clips, alphabet, VOCAB))
            train.append((ours, seconds - reading))
            expected, seconds = timed(
                lambda p=peer: p([codes_to_chars(clip[None], alphabet) for clip in clips]).input_ids
            )
            got, ours = timed(lambda b=bpe: b.encode(clips))
            encode.append((ours, seconds))

    # The peer's padding token is its id 0.
    same = all(np.array_equal(np.array(a) - 1, b) for a, b in zip(expected, got, strict=True))
    print(
        f"{codes} codes of {len(clips)} clips, {bpe.vocab_size} tokens, {codes / sum(map(len, got)):.2f} codes a token"
    )
    print(f"same tokens as codec-bpe: {same}")
    for name, turns in (("train", train), ("encode", encode)):
        ratio = statistics.median(peer / ours for ours, peer in turns)
        ours, peer = (codes / min(column) / 1e6 for column in zip(*turns, strict=True))
        print(f"{name:7} {ours:6.2f} M codes/s, codec-bpe {peer:6.2f}, ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
