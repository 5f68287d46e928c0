"""What can a classifier recognise from frozen tokens: letters across voices, one of ten voices, drums across kits?

    python recipes/probes.py --tokenizer codec2:mode=3200 --tokenizer reference

Each clip is represented by the share of its frames with each code. A logistic regression is trained on some groups
(voices, lines, kits) and predicts the classes of the others. Each score comes with baselines: shuffled labels, fewer
training clips, and each codebook alone. The system `reference` gives the scores of log-mel spectra without tokens. With
`--head net`, a small neural network reads the tokens instead, as a second classifier. `--probe` and `--data` select a
published corpus in a folder of yours (docs/probes.md).
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
