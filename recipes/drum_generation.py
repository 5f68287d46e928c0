"""Does a language model over a tokenizer's tokens make the drum strokes that it is asked for, and new ones?

    python recipes/drum_generation.py --tokenizer codec2:mode=3200 --tokenizer audiotok-rvq:num_codebooks=4

Trains two models per tokenizer and seed, each on the strokes of half of the drum kits, and has each make kicks, snares,
toms, hats and cymbals. Prints how often a classifier that has heard the other kits names the class that was asked for,
how far the strokes are from real ones as a set, how many of the real ones they cover, and how many are copies of
training, beside the same of real strokes through the codec. The audio is in the run's folder. docs/sounds.md says how
to read the numbers. Resumes where it was stopped.
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
