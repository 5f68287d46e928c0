"""Does a language model over a tokenizer's tokens find the right one of two clips more probable?

    python recipes/lm_pairs.py --tokenizer codec2:mode=2400 --tokenizer lyra --pairs speaker --pairs background
    python recipes/lm_pairs.py --tokenizer lyra --pairs salmon:~/salmon_benchmark --pairs swuggy:~/zerospeech2021

Asks the models of acoustic_lm.py, which it finds by the same options or trains. The share of right pairs is given with
its interval, beside that of a bigram, which hears no further than the cut; 50 % is chance. An order-0 floor, and the
same by total bits, bits per second and bits per code, are in each model's pairs/SET/results.jsonl. Goes on where it was
stopped.
"""

from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.lm.ngram import NGram
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks import LM_PAIRS, lm_pairs, offline_pairs, published_pairs
from audiotok.tasks.lm_experiment import Plan, Seeds, material, tokenized, trained


def main(
    tokenizer: TokenizerNames,
    plan: Plan,
    pairs_names: Annotated[
        list[str],
        typer.Option(
            "--pairs",
            help=f"{', '.join(offline_pairs.OFFLINE)}, or {', '.join(f'{n}:FOLDER' for n in published_pairs.PUBLISHED)}"
            "; repeat for several.",
        ),
    ] = list(offline_pairs.OFFLINE),  # noqa: B006
    data_name: DataName = "small",
    pairs_data: Annotated[str, typer.Option(help="To make pairs of; as --data where it is left out.")] = "",
    items: Annotated[int, typer.Option(min=1, help="Made of each language, two pairs each where voices switch.")] = 40,
    seed: Seeds = [0],  # noqa: B006
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    speech = data.load(data_name).domain("speech")
    training = speech.split("train")
    corpus = data.load(pairs_data or data_name)
    sets = []
    for name in dict.fromkeys(pairs_names):
        published = ":" in name or name in published_pairs.PUBLISHED
        sets += published_pairs.load(name) if published else [offline_pairs.make(name, corpus, training, runs, items)]
    by_seed: dict[int, list[Result]] = {number: [] for number in seed}
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        given = material(system, speech, plan, runs)
        called = [f"{pair_set.name}-{pair_set.clips.sha256[:12]}" for pair_set in sets]
        stores = [
            tokenized(system, own.clips, given.folder / "pairs" / name) for name, own in zip(called, sets, strict=True)
        ]
        floor = NGram(given.order, given.store)
        for number in seed:
            lm = trained(given, plan, number)
            for name, pair_set, store in zip(called, sets, stores, strict=True):
                costs = lm_pairs.costs(lm.model, store, given.order, lm.context, floor)
                found = lm_pairs.results(pair_set, costs, store, given.store, lm.conditions, LM_PAIRS)
                out = lm.run / "pairs" / name / "results.jsonl"
                out.parent.mkdir(parents=True, exist_ok=True)
                record.write(out, found)
                by_seed[number] += found
    for number, found in by_seed.items():
        print(f"seed {number}")
        for pair_set in sets:
            shown = (f"pairs_{pair_set.name}", f"pairs_{pair_set.name}_bigram")
            show(result for result in found if result.metric in shown)


if __name__ == "__main__":
    start(main)
