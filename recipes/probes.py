"""What can be learned from frozen tokens: letters across voices, a voice among ten, drums across kits?

    python recipes/probes.py --tokenizer codec2:mode=3200 --tokenizer reference

Each clip becomes the share of its frames that each code has; a logistic regression learns its class from some groups
(voices, lines, kits) and names that of the others. Beside each score stand the same with shuffled labels, with fewer
training clips and with each codebook alone; `reference` gives what log-mel spectra say without tokens. With
`--head net` a small neural net reads the tokens instead, as a second opinion. `--probe` and `--data` name a published
corpus in a folder of yours (docs/probes.md).
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.probes import TASK
from audiotok.tasks.probes.options import ProbeOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: ProbeOptions,
    data_name: DataName = TASK.dataset,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
