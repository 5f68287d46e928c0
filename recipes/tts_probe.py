"""Can the words be made out that a language model over a tokenizer's tokens says when it is given their text?

    python recipes/tts_probe.py --tokenizer codec2:mode=2400 --tokenizer lyra

Trains one text-to-token model per tokenizer and seed on the transcripts, with the same trunk, batches and hours of
audio, has it read out texts that it never heard, and gives the word and character error rates of what a recogniser
hears, beside those of the real recordings through the same codec. The audio of both, and results.jsonl with the rates
of each language, are in the run's folder. Goes on where it was stopped.

At the default budget, two hours of many voices in seven languages and a trunk of 3M, expect a word error rate near
100 % for every tokenizer: minutes of training teach what speech sounds like, not yet what letters do, and then the
numbers tell no tokenizers apart. Wang et al. (VALL-E, 2023) say that TTS is otherwise trained on dozens of hours of one
voice or hundreds of many, and take 60,000 hours themselves. With a data set of that kind, `--hours`, `--shape` and a
GPU it is the same script.
"""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.lm import text_first
from audiotok.lm.folder import hashed
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks import TTS_PROBE, tts
from audiotok.tasks.judging import REAL
from audiotok.tasks.lm_experiment import Plan, SampleSeed, Seeds, TopK, material
from audiotok.tasks.tts_training import trained


def main(
    tokenizer: TokenizerNames,
    plan: Plan,
    data_name: DataName = "small",
    seed: Seeds = [0],  # noqa: B006
    temperature: Annotated[float, typer.Option(min=0, help="Of sampling; 0 takes the likeliest code each time.")] = 1.0,
    top_k: TopK = 0,
    sample_seed: SampleSeed = 0,
    clips: Annotated[int, typer.Option(min=0, help="Texts to read out; 0 for all that there are.")] = 60,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    saying = tts.Saying(temperature, top_k or None, sample_seed)
    speech = data.load(data_name).domain("speech")
    chosen, left_out = tts.texts(speech, plan.context_seconds, clips)
    for why, number in Counter(left_out.values()).items():
        typer.secho(f"not asked for, {number} test clips: {why}", fg="yellow", err=True)
    systems = [audiotok.load(identifier, device) for identifier in tokenizer]
    codecs = [tts.audible(system, plan.order(system.spec)) for system in systems]  # before the first is trained
    by_seed: dict[int, list[Result]] = {number: [] for number in seed}
    for codec in codecs:
        given = material(codec, speech, plan, runs)
        layout = text_first.TextFirst(given.order)
        for number in seed:
            voice = trained(given, layout, plan, number)
            sampled = hashed(f"{saying.signature}|{chosen.sha256}")
            listening = voice.run / f"said-{sampled}"
            judged = tts.measure(voice, layout, codec, chosen, saying, listening, runs)
            conditions = f"{voice.conditions}|{saying.signature}"
            found = tts.results(judged, codec, chosen, left_out, conditions, TTS_PROBE)
            record.write(listening / "results.jsonl", found)
            by_seed[number] += found
            print(f"{codec.identifier}, seed {number}: listen in {listening}")
    for number, found in by_seed.items():
        print(f"seed {number}, the model")
        show(result for result in found if not result.metric.endswith(REAL))
    print("the real recordings through the same codec")
    show(result for result in next(iter(by_seed.values())) if result.metric.endswith(REAL))


if __name__ == "__main__":
    start(main)
