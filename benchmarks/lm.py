"""Patterns, loading and training of language models against what one would write without them.

    python benchmarks/lm.py

In turns, in one process, the fastest of each; ours / theirs, so that below 1 ours is faster.

- delay: applied to a batch and inverted, against MusicGen's in `transformers`, which does not check what it inverts.
- loader: an epoch of packed rows from a token store, against `np.load` of the same clips, and against a script that
  flattens and packs what it has loaded. Ours also keeps apart which field an id is of and where a clip begins.
- training: a step of AcousticLM on packed rows, against a plain loop over a GPT of the same width, layers, heads and
  vocabulary on the same ids, as in nanoGPT. Ours keeps attention within a clip, the GPT attends to the whole row.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import soundfile
import torch
import typer
from accelerate import Accelerator
from torch import Tensor, nn
from turns import Call, fastest

import audiotok
from audiotok import Tokens, TokenSpec, data
from audiotok.cli.options import start
from audiotok.lm import patterns
from audiotok.lm.config import SIZES, ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.lm.packing import PackedLoader
from audiotok.lm.train import losses
from audiotok.store import TokenStore, tokenize

CONTEXT, ROWS, CLIPS = 1024, 2, 60  # clips of 10 s


def compare(name: str, ours: Call, theirs: Call, turns: int) -> float:
    """-> seconds of ours."""
    mine, other = fastest(ours, theirs, turns)
    print(f"{name:32} {1000 * mine:10.2f} {1000 * other:10.2f} {mine / other:8.2f}")
    return mine


def delay(turns: int, clips: int = 16, frames: int = 1500, books: int = 4, entries: int = 2048) -> None:
    from transformers import MusicgenDecoderConfig, MusicgenForCausalLM

    sizes = {"hidden_size": 16, "ffn_dim": 16, "num_hidden_layers": 1, "num_attention_heads": 1}
    musicgen = MusicgenForCausalLM(MusicgenDecoderConfig(vocab_size=entries, num_codebooks=books, **sizes))
    spec = TokenSpec(32000, 50.0, (entries,) * books)
    codes = torch.randint(entries, (clips, books, frames), generator=torch.Generator().manual_seed(0))
    tokens, pattern = Tokens(codes, torch.full((clips,), frames), spec), patterns.Delay(spec)
    begun = torch.nn.functional.pad(codes, (1, 0), value=entries).reshape(clips * books, -1)  # a column of padding

    def build() -> Tensor:
        return musicgen.build_delay_pattern_mask(begun, entries, max_length=frames + books)[1]

    def revert() -> Tensor:
        ids = musicgen.apply_delay_pattern_mask(delayed, delayed)
        return ids[ids != entries].reshape(clips, books, -1)

    delayed, sequences = build(), pattern.apply(tokens)
    for back in (revert(), pattern.invert(sequences).codes):
        if not torch.equal(back, codes):
            raise SystemExit("a delay was not inverted")
    compare("delay, apply", lambda: pattern.apply(tokens), build, turns)
    compare("delay, invert", lambda: pattern.invert(sequences), revert, turns)


def loader(store: TokenStore, folder: Path, turns: int) -> None:
    pattern = patterns.Flatten(store.spec)
    paths = [folder / f"{number}.npy" for number in range(len(store))]
    for path, tokens in zip(paths, store, strict=True):
        np.save(path, tokens.codes[0].numpy().astype(np.uint16))
    offsets = np.array(pattern.vocabulary.offsets)[:, None]

    def script() -> list[Tensor]:
        order = torch.randperm(len(paths)).tolist()
        ids = np.concatenate([(np.load(paths[i]) + offsets).T.ravel() for i in order])
        rows = ids[: len(ids) // (ROWS * CONTEXT) * ROWS * CONTEXT].reshape(-1, ROWS, CONTEXT)
        return [torch.from_numpy(row) for row in rows]

    def ours() -> int:
        return sum(1 for _ in PackedLoader(store, pattern, context=CONTEXT, batch_size=ROWS, epochs=1))

    seconds = compare("loader, against np.load", ours, lambda: [np.load(path) for path in paths], turns)
    compare("loader, against a script", ours, script, turns)
    codes = sum(store.frames(number) for number in range(len(store))) * store.spec.num_codebooks
    print(f"  {codes} codes of {len(store)} clips, {codes / seconds / 1e6:.2f} M codes/s of ours")


class GPT(nn.Module):
    def __init__(self, vocabulary: int, shape: ModelSize) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, shape.width), nn.Embedding(CONTEXT, shape.width)
        options = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
        block = nn.TransformerEncoderLayer(shape.width, shape.heads, 4 * shape.width, **options)
        self.blocks = nn.TransformerEncoder(block, shape.layers, nn.LayerNorm(shape.width), enable_nested_tensor=False)
        self.head = nn.Linear(shape.width, vocabulary, bias=False)
        self.register_buffer("causal", nn.Transformer.generate_square_subsequent_mask(CONTEXT))

    def forward(self, ids: Tensor) -> Tensor:
        n = ids.shape[1]
        embedded = self.tokens(ids) + self.places.weight[:n]
        return self.head(self.blocks(embedded, self.causal[:n, :n], is_causal=True))


def training(store: TokenStore, turns: int, shape: ModelSize) -> None:
    pattern, accelerator = patterns.Flatten(store.spec), Accelerator(cpu=True)
    lm, gpt = AcousticLM(pattern, shape), GPT(pattern.vocabulary.size, shape)
    own, other = (torch.optim.AdamW(model.parameters(), lr=5e-4, betas=(0.9, 0.95)) for model in (lm, gpt))
    batch = next(iter(PackedLoader(store, pattern, context=CONTEXT, batch_size=ROWS)))
    model, optimizer = accelerator.prepare(lm, own)

    def ours() -> None:
        optimizer.zero_grad()
        accelerator.backward(losses(pattern.heads, model, batch)["nats"])
        accelerator.clip_grad_norm_(lm.parameters(), 1.0)
        optimizer.step()

    def plain() -> None:
        other.zero_grad()
        logits = gpt(batch.ids[:, 0, :-1])
        nn.functional.cross_entropy(logits.flatten(0, 1), batch.ids[:, 0, 1:].flatten()).backward()
        nn.utils.clip_grad_norm_(gpt.parameters(), 1.0)
        other.step()

    compare("training step", ours, plain, turns)
    ours, theirs = (sum(p.numel() for p in model.parameters()) / 1e6 for model in (lm, gpt))
    print(f"  {ROWS} rows of {CONTEXT} ids; {ours:.2f} M parameters, the GPT {theirs:.2f} M")


def main(turns: Annotated[int, typer.Option(min=1)] = 8) -> None:
    print(f"{'':32} {'ours, ms':>10} {'theirs, ms':>10} {'ratio':>8}   {torch.get_num_threads()} thread(s)")
    delay(turns)
    with TemporaryDirectory() as name:
        folder, noise = Path(name), np.random.default_rng(0)
        for number in range(CLIPS):
            soundfile.write(folder / f"{number}.wav", 0.1 * noise.standard_normal(80000), 8000)
        tokenize(audiotok.load("codec2:mode=3200"), data.make(folder, "noise")[0], folder / "store")
        store = TokenStore(folder / "store")
        loader(store, folder, turns)
        training(store, turns, SIZES["3M"])


if __name__ == "__main__":
    start(main)
