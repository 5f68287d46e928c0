"""Does a language model over a tokenizer's tokens generate new drum strokes of the requested class?

    python recipes/drum_generation.py --tokenizer codec2:mode=3200 --tokenizer audiotok-rvq:num_codebooks=4

Trains two models per tokenizer and seed, each on the strokes of half of the drum kits, and lets each generate kicks,
snares, toms, hats and cymbals. A classifier trained on the other kits names their class. Prints how often this is the
requested class, the distance between the sets of generated and real strokes, the coverage of the real strokes, and the
share of copies of training data, together with the same scores of real strokes coded with the same codec. The audio
is in the run's folder. docs/sounds.md explains the numbers. Resumes an interrupted run.
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.drum_generation import TASK, DrumOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: DrumOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
