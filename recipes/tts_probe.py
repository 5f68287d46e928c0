"""Is the speech intelligible that a language model over a tokenizer's tokens generates from text?

    python recipes/tts_probe.py --tokenizer codec2:mode=2400 --tokenizer lyra

Trains one text-to-token model per tokenizer and seed on the transcripts, with the same backbone, batches and hours of
audio, and lets it read unseen texts. Prints the word and character error rates of a speech recogniser on the result,
together with those of the real recordings coded with the same codec. The audio of both, and results.jsonl with the
rates of each language, are in the run's folder. Resumes an interrupted run.

At the default budget (two hours of many voices in seven languages, a backbone of 3M parameters), the word error rate is
near 100 % for every tokenizer. After minutes of training, a model produces speech-like sounds but does not yet follow
the text, so the numbers do not separate tokenizers. According to Wang et al. (VALL-E, 2023), TTS models are usually
trained on dozens of hours of one voice or hundreds of hours of many, and VALL-E itself on 60,000 hours. For a data set
of that size, use the same script with `--hours`, `--size` and a GPU.
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
