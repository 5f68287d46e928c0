"""How predictable are a tokenizer's tokens to a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra

Tokenises the speech, trains one decoder-only model per tokenizer and seed with the same trunk, context in seconds and
hours of audio, and gives bits per second on speakers that it never heard, beside an order-0 and a bigram floor. With
--flops it is the same compute instead of hours, with --init the trunk of a text language model. What the options are by
default is what the leaderboard shows, and `audiotok submit` adds to a row. Goes on where it was stopped.
"""

from pathlib import Path

import audiotok
from audiotok import data
from audiotok.lm.evaluate import Bits, held_out_bits, mean, per_seed, results
from audiotok.lm.experiment import (
    Bf16,
    ContextSeconds,
    Durations,
    Flops,
    Hours,
    Init,
    PatternName,
    Plan,
    Rows,
    Seeds,
    ShapeName,
    tokenized,
    trained,
)
from audiotok.lm.folder import hashed, lm_folder
from audiotok.lm.ngram import NGram
from audiotok.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.recipe import ACOUSTIC_LM
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.table import show


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "small",
    pattern: PatternName = Plan.pattern,
    shape: ShapeName = Plan.shape,
    hours: Hours = Plan.hours,
    context_seconds: ContextSeconds = Plan.context_seconds,
    rows: Rows = Plan.rows,
    bf16: Bf16 = Plan.bf16,
    durations: Durations = Plan.durations,
    flops: Flops = Plan.flops,
    init: Init = Plan.init,
    seed: Seeds = [0, 1, 2],  # noqa: B006
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    plan = Plan(pattern, shape, hours, context_seconds, rows, bf16, durations, flops, init)
    speech = data.load(data_name).domain("speech")
    shown: list[Result] = []
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        folder = lm_folder(runs, speech, system.identifier)
        train_store = tokenized(system, speech.split("train"), folder / "train")
        test_store = tokenized(system, speech.new_voices(), folder / "test")
        order = plan.order(train_store.spec)
        floor = NGram(order, train_store)
        by_seed: dict[int, Bits] = {}
        for number in seed:
            lm = trained(train_store, order, plan, number, folder)
            by_seed[number] = held_out_bits(lm.model, test_store, order, lm.context, floor)
            record.write(lm.run / "scores.jsonl", results(by_seed[number], test_store, order, lm.conditions))
        trained_as = plan.conditions(order, seed)
        averaged = results(mean(list(by_seed.values())), test_store, order, trained_as, per_seed(by_seed, test_store))
        (folder / hashed(trained_as)).mkdir(exist_ok=True)
        record.write(folder / hashed(trained_as) / f"{ACOUSTIC_LM.name}.jsonl", averaged)
        shown += [result for result in averaged if result.metric in ACOUSTIC_LM.metrics]
    show(shown)


if __name__ == "__main__":
    start(main)
