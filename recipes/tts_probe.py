"""Can the words be made out that a language model over a tokenizer's tokens says when it is given their text?

    python recipes/tts_probe.py --tokenizer codec2:mode=2400 --tokenizer lyra

Trains one text-to-token model per tokenizer and seed on the transcripts, with the same backbone, batches and hours of
audio, has it read out texts that it never heard, and gives the word and character error rates of an ASR model on the
result, beside those of the real recordings through the same codec. The audio of both, and results.jsonl with the rates
of each language, are in the run's folder. Resumes where it was stopped.

At the default budget, two hours of many voices in seven languages and a backbone of 3M, expect a word error rate near
100 % for every tokenizer: minutes of training teach what speech sounds like, not yet what letters do, and then the
numbers tell no tokenizers apart. Wang et al. (VALL-E, 2023) say that TTS is otherwise trained on dozens of hours of one
voice or hundreds of many, and take 60,000 hours themselves. With a data set of that kind, `--hours`, `--size` and a
GPU it is the same script.
"""

from dataclasses import replace
from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.metrics.language_model import REAL
from audiotok.tasks.task import Context
from audiotok.tasks.tts_probe import TASK, TTSProbeOptions


def main(
    tokenizer: TokenizerNames,
    options: TTSProbeOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    for seed in options.seed:
        found = run(TASK, tokenizer, data_name, Context(runs, device, options=replace(options, seed=[seed])))
        print(f"seed {seed}, the model")
        show(result for result in found if not result.metric.endswith(REAL))
    print("the real recordings through the same codec")
    show(result for result in found if result.metric.endswith(REAL))


if __name__ == "__main__":
    start(main)
