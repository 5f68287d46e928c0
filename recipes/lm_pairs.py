"""Does a language model over a tokenizer's tokens find the right one of two clips more probable?

    python recipes/lm_pairs.py --tokenizer codec2:mode=2400 --tokenizer lyra --pairs speaker --pairs background
    python recipes/lm_pairs.py --tokenizer lyra --pairs salmon:~/salmon_benchmark --pairs swuggy:~/zerospeech2021

Asks the models of acoustic_lm.py, which it finds by the same options or trains. The share of right pairs is given with
its interval, beside that of a bigram, which hears no further than the cut; 50 % is chance. A unigram baseline, and the
same by total bits, bits per second and bits per code, are in each model's pairs/SET/results.jsonl. Resumes where it was
stopped.
"""

from dataclasses import replace
from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.lm_pairs import TASK, LMPairsOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: LMPairsOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    for seed in options.seed:
        print(f"seed {seed}")
        show(run(TASK, tokenizer, data_name, Context(runs, device, options=replace(options, seed=[seed]))))


if __name__ == "__main__":
    start(main)
