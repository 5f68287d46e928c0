"""How close is the decoded audio to the original?

    python recipes/reconstruction.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

Every clip is encoded, decoded and scored against the original with each signal, perceptual, prosody and speaker metric
for its domain. The tokens are measured too. Resumes an interrupted run.
"""

from pathlib import Path

from audiotok.cli.options import CORES, DataName, Device, Retry, RunsFolder, TokenizerNames, Workers, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.reconstruction import TASK
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = TASK.dataset,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    workers: Workers = CORES,
    retry: Retry = False,
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, workers, retry)))


if __name__ == "__main__":
    start(main)
