"""How much of the audio survives the tokens?

    python recipes/reconstruction.py --tokenizer codec2:mode=2400 --tokenizer lyra --data mini

Every clip is encoded, decoded and scored against the original with each signal, perceptual, prosody and speaker
metric made for its domain; the tokens are measured too. Goes on where it was stopped.
"""

from pathlib import Path

from audiotok import data
from audiotok.cli.options import CORES, DataName, Device, Retry, RunsFolder, TokenizerNames, Workers, start
from audiotok.cli.table import show
from audiotok.runs.run import Run
from audiotok.tasks import RECONSTRUCTION


def main(
    tokenizer: TokenizerNames,
    data_name: DataName = "mini",
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    workers: Workers = CORES,
    retry: Retry = False,
) -> None:
    run = Run(data.load(data_name), RECONSTRUCTION, runs, workers, device, retry)
    show([result for identifier in tokenizer for result in run.evaluate(identifier)])


if __name__ == "__main__":
    start(main)
