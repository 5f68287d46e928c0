"""Do the codes stay the same when the audio hardly changes?

    python recipes/stability.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

Stable codes are easier to learn for a language model. Every clip is encoded unchanged, and after each of these changes:
shifted by half a frame, at a lower level, with added noise, resampled, coded with Opus, and decoded and encoded
repeatedly. Prints the share of equal codes for each change, and the edit distance after deduplication. For repeated
coding, also prints how far the audio drifts from the original. Needs no labels. Scores of each codebook are in the
results file. Resumes an interrupted run.
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
