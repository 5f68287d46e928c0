"""What one GPU makes of it, in under ten minutes: exact batches, memory, a token store, a step of a language model.

    python benchmarks/gpu.py > gpu.md
    python benchmarks/gpu.py --device cpu --tiny     # that it runs: no numbers to quote

Tokenizers at their published sizes with random weights (speed does not depend on them) encode a batch of ragged clips:
as audiotok does on a GPU, clip by clip, and as upstream does, padded. "equal" is the share of codes that are those of
each clip alone; random weights put more codes near a tie than trained ones do. Then DAC tokenises a folder, from WAV
files to a token store, and a language model of 85 M parameters takes a training step in bf16 on its tokens. What cannot
run (a package, the memory) is a line with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import soundfile
import torch
import typer
from upstream import PAIRS, Pair

from audiotok import data
from audiotok.cli.options import start
from audiotok.core.audio import Audio
from audiotok.core.tokens import Tokens
from audiotok.files.provenance import hardware
from audiotok.lm.config import SIZES, ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns import Flatten
from audiotok.lm.scoring import loss
from audiotok.store import TokenStore, tokenize

NAMES = ("encodec", "dac", "mimi", "snac", "wavtokenizer", "xcodec2")


def main(
    device: Annotated[str, typer.Option(help="Where to run.")] = "cuda",
    clips: Annotated[int, typer.Option(help="Clips of a batch, of 2 to 10 s.")] = 32,
    turns: Annotated[int, typer.Option(help="Times of each measurement, of which the fastest counts.")] = 3,
    tiny: Annotated[bool, typer.Option("--tiny", help="Two short clips, EnCodec and a small model.")] = False,
) -> None:
    names, lengths = NAMES, torch.linspace(2, 10, clips).tolist()
    if tiny:
        names, lengths, turns = ("encodec",), [0.3, 0.2], 1
    print(f"{hardware(device)}, torch {torch.__version__}, {device}; {len(lengths)} clips, {sum(lengths):.0f} s\n")
    print("| | tokens/s | clip by clip | upstream, padded | equal | equal, upstream | GiB |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        print(f"| {name} | {_or_reason(lambda n=name: encoding(PAIRS[n](), device, lengths, turns))} |")  # type: ignore[misc]
    pair = PAIRS["encodec" if tiny else "dac"]()
    print(f"\ntokenize: {_or_reason(lambda: storing(pair, device, 2 if tiny else 360, 0.3 if tiny else 10.0))}")
    print(f"\nlanguage model: {_or_reason(lambda: step(pair, device, tiny, turns))}")


def _or_reason(measure: Callable[[], str]) -> str:
    try:
        return measure()
    except (ImportError, torch.cuda.OutOfMemoryError) as error:
        return f"not measured: {type(error).__name__}: {error}"


@torch.no_grad()
def encoding(pair: Pair, device: str, lengths: list[float], turns: int) -> str:
    codec = pair.codec.to(device)
    rate = codec.spec.sample_rate
    generator = torch.Generator().manual_seed(0)
    audio = Audio.from_clips([0.1 * torch.randn(1, round(s * rate), generator=generator) for s in lengths], rate)
    audio = audio.to(device)
    found: dict[bool, Tokens] = {}
    seconds: dict[bool, float] = {}
    memory = "-"
    for together in (True, False):
        codec.batched = together
        _reset_peak(device)
        found[together] = codec.encode(audio)
        if together:
            memory = _peak(device)
        seconds[together] = _fastest(lambda: codec.encode(audio), device, turns)
    padded = _codes(pair.encode(audio.waveform), len(audio))
    upstream = _fastest(lambda: pair.encode(audio.waveform), device, turns)
    tokens = sum(codec.spec.num_codes(int(n)) for n in found[False].lengths)
    speeds = " | ".join(f"{tokens / s:,.0f}" for s in (seconds[True], seconds[False], upstream))
    equal = _equal(found[True].codes, found[False])
    other = "-" if padded is None else f"{_equal(padded.to(device), found[False]):.2%}"
    return f"{speeds} | {equal:.2%} | {other} | {memory}"


def _codes(returned: Any, batch: int) -> torch.Tensor | None:
    """[B, K, T] of what upstream returns, None where it is something else than one tensor of codes a frame."""
    if isinstance(returned, list) and len(returned) == 1:  # EnCodec: [(codes, scale)]
        returned = returned[0][0]
    codes = getattr(returned, "audio_codes", returned)
    if not isinstance(codes, torch.Tensor) or codes.ndim != 3:
        return None
    return codes if codes.shape[0] == batch else codes.transpose(0, 1)


def _equal(codes: torch.Tensor, alone: Tokens) -> float:
    """Share of the codes of clips alone that a batch has, too; upstream's may have more codebooks."""
    frames = alone.codes.shape[2]
    codes = torch.nn.functional.pad(codes, (0, max(0, frames - codes.shape[2])), value=-1)
    same = (codes[:, : alone.codes.shape[1], :frames] == alone.codes) & alone.mask[:, None]
    return float(same.sum() / (alone.mask.sum() * alone.codes.shape[1]))


def storing(pair: Pair, device: str, files: int, seconds: float) -> str:
    codec = pair.codec.to(device)
    codec.batched = None
    rate, generator = codec.spec.sample_rate, np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        audio = Path(folder) / "audio"
        audio.mkdir()
        for i in range(files):
            length = round(seconds * rate * generator.uniform(0.5, 1.5))
            soundfile.write(audio / f"{i:05d}.wav", 0.1 * generator.standard_normal(length), rate)
        corpus, _ = data.make(audio, "noise", domain="audio")
        started = perf_counter()
        tokenize(codec, corpus, Path(folder) / "store")
        passed = perf_counter() - started
        store = TokenStore(Path(folder) / "store")
        return f"{len(store)} files, {store.seconds / passed:.1f} hours per hour"


def step(pair: Pair, device: str, tiny: bool, turns: int) -> str:
    spec = pair.codec.spec
    pattern = Flatten(spec)
    model = AcousticLM(pattern, ModelSize(32, 1, 2) if tiny else SIZES["85M"]).to(device)
    optimizer = torch.optim.AdamW(model.parameters())
    frames = 8 if tiny else 2048 // spec.num_codebooks
    codes = torch.stack([torch.randint(size, (2 if tiny else 16, frames)) for size in spec.codebook_sizes], dim=1)
    batch = pattern.apply(Tokens(codes, torch.full((len(codes),), frames), spec)).to(device)
    heads = pattern.heads.to(device)

    def train() -> None:
        optimizer.zero_grad()
        with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
            logits = model(batch)
        loss(logits, batch, heads).backward()
        optimizer.step()

    _reset_peak(device)
    seconds = _fastest(train, device, turns)
    return f"{int(batch.lengths.sum()) / seconds:,.0f} tokens/s in bf16, {_peak(device)} GiB"


def _fastest(call: Callable[[], object], device: str, turns: int) -> float:
    """Seconds; a turn more warms up."""
    times = []
    for _ in range(turns + 1):
        _wait(device)
        started = perf_counter()
        call()
        _wait(device)
        times.append(perf_counter() - started)
    return min(times[1:])


def _wait(device: str) -> None:
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()


def _reset_peak(device: str) -> None:
    if torch.device(device).type == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak(device: str) -> str:
    """GiB, "-" where it is not counted."""
    counted = torch.device(device).type == "cuda"
    return f"{torch.cuda.max_memory_allocated() / 2**30:.2f}" if counted else "-"


if __name__ == "__main__":
    start(main)
