"""Which codes stay the same when the audio hardly changes? A language model learns what is stable.

    python recipes/stability.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

Every clip is encoded as it is, then shifted by half a frame, made quieter, with noise, resampled, through Opus, and
decoded and encoded again and again. Per change: the share of equal codes, and the edit distance with runs collapsed;
per generation also how far the audio drifts from the original. Needs no labels. Scores of each codebook are in the
results file. Resumes where it was stopped.
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, Retry, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.stability import TASK, StabilityOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: StabilityOptions,
    data_name: DataName = TASK.dataset,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    retry: Retry = False,
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, retry=retry, options=options)))


if __name__ == "__main__":
    start(main)
