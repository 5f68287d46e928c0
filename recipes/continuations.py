"""How does a language model over a tokenizer's tokens go on where real speech breaks off?

    python recipes/continuations.py --tokenizer codec2:mode=2400 --tokenizer lyra --data small --hours 1

Trains the models of recipes/acoustic_lm.py, or takes those that it has trained, gives each the first seconds of clips
of speakers that it never heard, and judges what it makes follow, beside what the speaker really went on to say, through
the same codec. The audio of both is in the run's folder. Goes on where it was stopped.
"""

from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.errors import InvalidOption
from audiotok.lm.folder import hashed
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks import CONTINUATIONS
from audiotok.tasks.continuation_clips import VERSION, Sampling, prompts
from audiotok.tasks.continuations import measure, results
from audiotok.tasks.judging import REAL
from audiotok.tasks.lm_experiment import Plan, SampleSeed, Seeds, TopK, material, trained


def main(
    tokenizer: TokenizerNames,
    plan: Plan,
    data_name: DataName = "small",
    seed: Seeds = [0],  # noqa: B006
    prompt_seconds: Annotated[float, typer.Option(help="Of real speech, to be continued.")] = 3.0,
    seconds: Annotated[float, typer.Option(help="Of continuation, as long as the clip goes on.")] = 4.0,
    temperature: Annotated[float, typer.Option(help="Of sampling.")] = 1.0,
    top_k: TopK = 0,
    sample_seed: SampleSeed = 0,
    clips: Annotated[int, typer.Option(min=0, help="To continue; 0 for all that are long enough.")] = 60,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    if prompt_seconds + seconds > plan.context_seconds:
        raise InvalidOption(
            f"{prompt_seconds} s of prompt and {seconds} s to follow are longer than the context of "
            f"{plan.context_seconds} s"
        )
    sampling = Sampling(prompt_seconds, seconds, temperature, top_k or None, sample_seed)
    speech = data.load(data_name).domain("speech")
    chosen = prompts(speech.new_voices(), sampling, clips)
    by_seed: dict[int, list[Result]] = {number: [] for number in seed}
    for identifier in tokenizer:
        system = audiotok.load(identifier, device)
        given = material(system, speech, plan, runs)
        for number in seed:
            lm = trained(given, plan, number)
            sampled = hashed(f"{sampling.signature}|v{VERSION}")
            listening = lm.run / f"continuations-{sampled}"
            judged = measure(lm.model, given.order, system, chosen, sampling, listening, runs)
            found = results(judged, system, chosen, sampling, lm.conditions, CONTINUATIONS)
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
