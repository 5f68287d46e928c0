"""How predictable are a tokenizer's tokens to a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra

Tokenises the speech, trains one decoder-only model per tokenizer and seed with the same trunk, context in seconds and
hours of audio, and gives bits per second on speakers that it never heard, beside an order-0 and a bigram floor. What
the options are by default is what the leaderboard shows, and `audiotok submit` adds to a row. Goes on where it was
stopped.
"""

from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok import data
from audiotok.data import Manifest
from audiotok.errors import UnknownName
from audiotok.lm import patterns
from audiotok.lm.evaluate import Bits, held_out_bits, mean, per_seed, results
from audiotok.lm.folder import hashed, lm_folder
from audiotok.lm.model import SHAPES
from audiotok.lm.ngram import NGram
from audiotok.lm.train import Settings, conditions, context_steps, train
from audiotok.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.recipe import ACOUSTIC_LM
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.store import TokenStore, tokenize
from audiotok.table import show


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "small",
    pattern: Annotated[str, typer.Option(help="flatten, coarse_first, delay or parallel.")] = "delay",
    shape: Annotated[str, typer.Option(help=f"Of the trunk: {', '.join(SHAPES)}.")] = "3M",
    hours: Annotated[float, typer.Option(help="Of audio to train on, repetitions counted.")] = 2.0,
    context_seconds: Annotated[float, typer.Option(help="Of audio that a prediction may see.")] = 10.0,
    rows: Annotated[int, typer.Option(min=1, help="Of a batch, each of one context.")] = 1,
    bf16: Annotated[bool, typer.Option(help="Mixed precision; for GPUs.")] = False,
    durations: Annotated[
        int, typer.Option(min=0, help="Longest run to write for units without repetitions; 0 leaves lengths uncoded.")
    ] = 0,
    seed: Annotated[list[int], typer.Option(help="Of initialisation and order; repeat for several.")] = [0, 1, 2],  # noqa: B006
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    if shape not in SHAPES:
        raise UnknownName(f"no shape is called {shape!r}; there are {', '.join(SHAPES)}")
    speech = data.load(data_name).domain("speech")
    shown: list[Result] = []
    for identifier in tokenizer:
        folder = lm_folder(runs, speech, audiotok.registry.canonical(identifier))
        train_store, test_store = (
            tokenized(identifier, corpus, folder / name, device)
            for name, corpus in (("train", speech.split("train")), ("test", speech.new_voices()))
        )
        order = patterns.get(pattern, train_store.spec, max_duration=durations or None)
        floor = NGram(order, train_store)
        context = context_steps(train_store, order, context_seconds)
        by_seed: dict[int, Bits] = {}
        for number in seed:
            settings = Settings(SHAPES[shape], hours, context_seconds, rows, seed=number, bf16=bf16)
            trained_as = conditions(settings, order, durations, [number])
            run = folder / f"{pattern}-{shape}-seed{number}-{hashed(trained_as)}"
            model = train(train_store, order, settings, run)
            by_seed[number] = held_out_bits(model, test_store, order, context, floor)
            record.write(run / "scores.jsonl", results(by_seed[number], test_store, order, trained_as))
        trained_as = conditions(settings, order, durations, seed)
        averaged = results(mean(list(by_seed.values())), test_store, order, trained_as, per_seed(by_seed, test_store))
        (folder / hashed(trained_as)).mkdir(exist_ok=True)
        record.write(folder / hashed(trained_as) / f"{ACOUSTIC_LM.name}.jsonl", averaged)
        shown += [result for result in averaged if result.metric in ACOUSTIC_LM.metrics]
    show(shown)


def tokenized(identifier: str, corpus: Manifest, out: Path, device: str) -> TokenStore:
    for clip, reason in tokenize(audiotok.load(identifier, device), corpus, out, shard_hours=0.25).items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    return TokenStore(out)


if __name__ == "__main__":
    start(main)
