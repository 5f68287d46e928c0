"""How many word errors does a speech recogniser make on the decoded speech?

    python recipes/wer.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

A speech recogniser transcribes the decoded audio. WER and CER compare its transcript with the reference text, dWER with
its transcript of the original audio. Prints one column per language and one over all. Resumes an interrupted run.
"""

from pathlib import Path

from audiotok.cli.options import CORES, DataName, Device, Retry, RunsFolder, TokenizerNames, Workers, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.task import Context
from audiotok.tasks.wer import TASK


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = TASK.dataset,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    workers: Workers = CORES,
    retry: Retry = False,
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, workers, retry)), languages=True)


if __name__ == "__main__":
    start(main)
