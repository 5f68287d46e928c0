"""Does a language model over a tokenizer's tokens assign the right one of two clips the higher probability?

    python recipes/lm_pairs.py --tokenizer codec2:mode=2400 --tokenizer lyra --pairs speaker --pairs background
    python recipes/lm_pairs.py --tokenizer lyra --pairs salmon:~/salmon_benchmark --pairs swuggy:~/zerospeech2021

Uses the models of acoustic_lm.py with the same options, and trains them if they do not exist. Prints the accuracy with
its confidence interval, together with that of a bigram model, whose context does not extend beyond the cut. Chance
level is 50 %. A unigram baseline, and the accuracies by total bits, by bits per second and by bits per code, are in
pairs/SET/results.jsonl of each model. Resumes an interrupted run.
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
