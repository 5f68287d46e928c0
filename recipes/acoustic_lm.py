"""How predictable are a tokenizer's tokens to a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra --data small --hours 1

Tokenises the speech, trains one decoder-only model per tokenizer and seed with the same trunk, context in seconds and
hours of audio, and gives bits per second on speakers that it never heard, beside an order-0 and a bigram floor. Goes on
where it was stopped.
"""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok import data
from audiotok.data import Manifest
from audiotok.errors import InvalidData, UnknownName
from audiotok.lm import patterns
from audiotok.lm.evaluate import TITLES, held_out_bits, results
from audiotok.lm.model import SHAPES
from audiotok.lm.ngram import NGram
from audiotok.lm.train import Settings, context_steps, settings_signature, train
from audiotok.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.stages.folder import slug
from audiotok.store import TokenStore, tokenize
from audiotok.table import show

RECIPE = "acoustic_lm.v1"


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "small",
    pattern: Annotated[str, typer.Option(help="flatten, coarse_first, delay or parallel.")] = "flatten",
    shape: Annotated[str, typer.Option(help=f"Of the trunk: {', '.join(SHAPES)}.")] = "3M",
    hours: Annotated[float, typer.Option(help="Of audio to train on, repetitions counted.")] = 1.0,
    context_seconds: Annotated[float, typer.Option(help="Of audio that a prediction may see.")] = 10.0,
    rows: Annotated[int, typer.Option(min=1, help="Of a batch, each of one context.")] = 16,
    durations: Annotated[
        int, typer.Option(min=0, help="Longest run to write for units without repetitions; 0 leaves lengths uncoded.")
    ] = 0,
    seed: Annotated[list[int], typer.Option(help="Of initialisation and order; repeat for several.")] = [0],  # noqa: B006
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    if shape not in SHAPES:
        raise UnknownName(f"no shape is called {shape!r}; there are {', '.join(SHAPES)}")
    speech = data.load(data_name).domain("speech")
    training, held_out = speech.split("train"), new_voices(speech)
    by_seed: dict[int, list[Result]] = {number: [] for number in seed}
    for identifier in tokenizer:
        folder = runs / "lm" / f"{speech.name}-{speech.sha256[:12]}" / slug(audiotok.registry.canonical(identifier))
        train_store, test_store = (
            tokenized(identifier, corpus, folder / name, device)
            for name, corpus in (("train", training), ("test", held_out))
        )
        order = patterns.get(pattern, train_store.spec, max_duration=durations or None)
        floor = NGram(order, train_store)
        for number in seed:
            settings = Settings(SHAPES[shape], hours, context_seconds, rows, seed=number)
            conditions = f"{settings_signature(settings, order)}|durations:{durations}"
            run = folder / f"{pattern}-{shape}-seed{number}-{hashlib.sha256(conditions.encode()).hexdigest()[:12]}"
            model = train(train_store, order, settings, run)
            bits = held_out_bits(model, test_store, order, context_steps(train_store, order, context_seconds), floor)
            found = results(bits, test_store, order, conditions, RECIPE)
            record.write(run / "results.jsonl", found)
            by_seed[number] += [result for result in found if result.metric in TITLES]
    for number, found in by_seed.items():
        print(f"seed {number}")
        show(found)


def new_voices(speech: Manifest) -> Manifest:
    """Test clips of speakers that are not in the training split. Raises InvalidData where there are none."""
    heard = {clip.speaker for clip in speech.split("train")}
    clips = [clip for clip in speech.split("test") if clip.speaker is not None and clip.speaker not in heard]
    if not clips or not heard:
        raise InvalidData(f"{speech.name} has no train split, or no test clip of a speaker outside of it")
    return Manifest.of(f"{speech.name}-new-voices", clips, speech.root)


def tokenized(identifier: str, corpus: Manifest, out: Path, device: str) -> TokenStore:
    for clip, reason in tokenize(audiotok.load(identifier, device), corpus, out, shard_hours=0.25).items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    return TokenStore(out)


if __name__ == "__main__":
    start(main)
