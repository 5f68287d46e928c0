"""How does a language model over a tokenizer's tokens go on where real speech breaks off?

    python recipes/continuations.py --tokenizer codec2:mode=2400 --tokenizer lyra --data small --hours 1

Trains the models of recipes/acoustic_lm.py, or takes those that it has trained, gives each the first seconds of clips
of speakers that it never heard, and judges what it makes follow, beside what the speaker really went on to say, through
the same codec. The audio of both is in the run's folder. Goes on where it was stopped.
"""

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from acoustic_lm import new_voices, tokenized

import audiotok
from audiotok import data
from audiotok.errors import InvalidOption, UnknownName
from audiotok.lm import patterns
from audiotok.lm.continuations import REAL, measure, results
from audiotok.lm.continued import VERSION, Sampling, prompts
from audiotok.lm.model import SHAPES
from audiotok.lm.train import Settings, settings_signature, train
from audiotok.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.stages.folder import slug
from audiotok.table import show

RECIPE = "continuations.v1"


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
    prompt_seconds: Annotated[float, typer.Option(help="Of real speech, to be continued.")] = 3.0,
    seconds: Annotated[float, typer.Option(help="Of continuation, as long as the clip goes on.")] = 4.0,
    temperature: Annotated[float, typer.Option(help="Of sampling.")] = 1.0,
    top_k: Annotated[int, typer.Option(min=0, help="Likeliest codes to draw from; 0 for all.")] = 0,
    sample_seed: Annotated[int, typer.Option(help="Of sampling.")] = 0,
    clips: Annotated[int, typer.Option(min=0, help="To continue; 0 for all that are long enough.")] = 60,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    if shape not in SHAPES:
        raise UnknownName(f"no shape is called {shape!r}; there are {', '.join(SHAPES)}")
    if prompt_seconds + seconds > context_seconds:
        raise InvalidOption(
            f"{prompt_seconds} s of prompt and {seconds} s to follow are longer than the context of {context_seconds} s"
        )
    sampling = Sampling(prompt_seconds, seconds, temperature, top_k or None, sample_seed)
    speech = data.load(data_name).domain("speech")
    training, held_out = speech.split("train"), new_voices(speech)
    chosen = prompts(held_out, sampling, clips)
    by_seed: dict[int, list[Result]] = {number: [] for number in seed}
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        folder = runs / "lm" / f"{speech.name}-{speech.sha256[:12]}" / slug(audiotok.registry.canonical(identifier))
        store = tokenized(identifier, training, folder / "train", device)
        order = patterns.get(pattern, store.spec, max_duration=durations or None)
        for number in seed:
            settings = Settings(SHAPES[shape], hours, context_seconds, rows, seed=number)
            conditions = f"{settings_signature(settings, order)}|durations:{durations}"
            run = folder / f"{pattern}-{shape}-seed{number}-{hashlib.sha256(conditions.encode()).hexdigest()[:12]}"
            model = train(store, order, settings, run)
            sampled = hashlib.sha256(f"{sampling.signature}|v{VERSION}".encode()).hexdigest()[:12]
            listening = run / f"continuations-{sampled}"
            judged = measure(model, order, system, chosen, sampling, listening, runs)
            found = results(judged, system, chosen, sampling, conditions, RECIPE)
            record.write(listening / "results.jsonl", found)
            by_seed[number] += found
            print(f"{identifier}, seed {number}: listen in {listening}")
    for number, found in by_seed.items():
        print(f"seed {number}, the model")
        show(result for result in found if not result.metric.endswith(REAL))
    print("what the speakers really went on to say")
    show(result for result in next(iter(by_seed.values())) if result.metric.endswith(REAL))


if __name__ == "__main__":
    start(main)
