"""Are the words still there?

    python recipes/wer.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

A recogniser transcribes what came back: WER and CER against the text, dWER against its own transcript of the original.
Columns per language and over all. Goes on where it was stopped.
"""

from pathlib import Path

from audiotok import data
from audiotok.cli.options import CORES, DataName, Device, Retry, RunsFolder, TokenizerNames, Workers, start
from audiotok.cli.table import show
from audiotok.runs.run import Run
from audiotok.tasks import WER


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "mini",
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    workers: Workers = CORES,
    retry: Retry = False,
) -> None:
    run = Run(data.load(data_name), WER, runs, workers, device, retry)
    show([result for identifier in tokenizer for result in run.evaluate(identifier)], languages=True)


if __name__ == "__main__":
    start(main)
