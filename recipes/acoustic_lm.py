"""How predictable are a tokenizer's tokens to a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra

Tokenises the speech, trains one decoder-only model per tokenizer and seed with the same trunk, context in seconds and
hours of audio, and gives bits per second on speakers that it never heard, beside an order-0 and a bigram floor. With
--flops it is the same compute instead of hours, with --init the trunk of a text language model. What the options are by
default is what the leaderboard shows, and `audiotok submit` adds to a row. Goes on where it was stopped.
"""

from functools import cache, partial
from pathlib import Path

import audiotok
from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.lm.folder import hashed
from audiotok.lm.ngram import NGram
from audiotok.results.record import Result
from audiotok.tasks import ACOUSTIC_LM
from audiotok.tasks.acoustic_lm import averaged, scored, version
from audiotok.tasks.lm_experiment import Plan, Seeds, material, tokenized, trained
from audiotok.tasks.lm_memo import digest, inputs, kept


def main(
    tokenizer: TokenizerNames,
    plan: Plan,
    data_name: DataName = "small",
    seed: Seeds = [0, 1, 2],  # noqa: B006
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    speech = data.load(data_name).domain("speech")
    shown: list[Result] = []
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        given = material(system, speech, plan, runs)
        held_out = tokenized(system, speech.new_voices(), given.folder / "test")
        floor = cache(partial(NGram, given.order, given.store))
        by_seed: dict[int, list[Result]] = {}
        made_from: list[str] = []
        for number in seed:
            lm = trained(given, plan, number)
            made_from.append(inputs(lm, given, held_out, version()))
            score = partial(scored, lm.model, held_out, given.order, lm.context, floor, lm.conditions)
            by_seed[number] = kept(lm.run / "scores.jsonl", made_from[-1], score)
        conditions = plan.conditions(given.order, seed)
        path = given.folder / hashed(conditions) / f"{ACOUSTIC_LM.name}.jsonl"
        mean = kept(path, digest(*made_from), partial(averaged, by_seed, held_out, given.order, conditions))
        shown += [result for metric in ACOUSTIC_LM.metrics for result in mean if result.metric == metric]
    show(shown)


if __name__ == "__main__":
    start(main)
