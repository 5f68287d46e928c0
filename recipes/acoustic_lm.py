"""How predictable are a tokenizer's tokens to a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra --data small --hours 1

Tokenises the speech, trains one decoder-only model per tokenizer and seed with the same trunk, context in seconds and
hours of audio, and gives bits per second on speakers that it never heard, beside an order-0 and a bigram floor. Goes on
where it was stopped.
"""

from pathlib import Path

import audiotok
from audiotok import data
from audiotok.lm.evaluate import TITLES, held_out_bits, results
from audiotok.lm.experiment import (
    ContextSeconds,
    Durations,
    Hours,
    PatternName,
    Plan,
    Rows,
    Seeds,
    ShapeName,
    folder_of,
    new_voices,
    tokenized,
    trained,
)
from audiotok.lm.ngram import NGram
from audiotok.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.table import show

RECIPE = "acoustic_lm.v1"


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "small",
    pattern: PatternName = Plan.pattern,
    shape: ShapeName = Plan.shape,
    hours: Hours = Plan.hours,
    context_seconds: ContextSeconds = Plan.context_seconds,
    rows: Rows = Plan.rows,
    durations: Durations = Plan.durations,
    seed: Seeds = [0],  # noqa: B006
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    plan = Plan(pattern, shape, hours, context_seconds, rows, durations)
    speech = data.load(data_name).domain("speech")
    training, held_out = speech.split("train"), new_voices(speech)
    by_seed: dict[int, list[Result]] = {number: [] for number in seed}
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        folder = folder_of(runs, speech, identifier)
        train_store, test_store = (
            tokenized(system, corpus, folder / name) for name, corpus in (("train", training), ("test", held_out))
        )
        order = plan.order(train_store.spec)
        floor = NGram(order, train_store)
        for number in seed:
            lm = trained(train_store, order, plan, number, folder)
            bits = held_out_bits(lm.model, test_store, order, lm.context, floor)
            found = results(bits, test_store, order, lm.conditions, RECIPE)
            record.write(lm.run / "results.jsonl", found)
            by_seed[number] += [result for result in found if result.metric in TITLES]
    for number, found in by_seed.items():
        print(f"seed {number}")
        show(found)


if __name__ == "__main__":
    start(main)
