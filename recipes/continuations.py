"""How well does a language model over a tokenizer's tokens continue real speech?

    python recipes/continuations.py --tokenizer codec2:mode=2400 --tokenizer lyra --data small --hours 1

Trains the models of recipes/acoustic_lm.py, or uses them if they are already trained. Prompts each of them with the
first seconds of clips of unseen speakers, and scores the continuation. For comparison, the real continuation is scored
too, coded with the same codec. The audio of both is in the run's folder. Resumes an interrupted run.
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
