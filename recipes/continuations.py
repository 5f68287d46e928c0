"""How does a language model over a tokenizer's tokens go on where real speech breaks off?

    python recipes/continuations.py --tokenizer codec2:mode=2400 --tokenizer lyra --data small --hours 1

Trains the models of recipes/acoustic_lm.py, or takes those that it has trained, gives each the first seconds of clips
of speakers that it never heard, and scores what it makes follow, beside what the speaker really went on to say, through
the same codec. The audio of both is in the run's folder. Resumes where it was stopped.
"""

from dataclasses import replace
from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.metrics.language_model import REAL
from audiotok.tasks.continuations import TASK, ContinuationOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: ContinuationOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    for seed in options.seed:
        found = run(TASK, tokenizer, data_name, Context(runs, device, options=replace(options, seed=[seed])))
        print(f"seed {seed}, the model")
        show(result for result in found if not result.metric.endswith(REAL))
    print("what the speakers really went on to say")
    show(result for result in found if result.metric.endswith(REAL))


if __name__ == "__main__":
    start(main)
