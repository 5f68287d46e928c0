"""Does a language model over a tokenizer's tokens make music that is like real music, and new?

    python recipes/music_generation.py --tokenizer codec2:mode=3200 --tokenizer audiotok-rvq:num_codebooks=4

Trains one model per tokenizer and seed on the training split's music, and has it make clips of 10 seconds from nothing.
Prints how far they are from recordings as a set (FAD and KAD of aiSFX's embeddings), how many of the recordings they
cover, and how many of their segments are copies of training, beside the same of real music through the codec. The audio
is in the run's folder. docs/sounds.md says how to read the numbers. Resumes where it was stopped.
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.music_generation import TASK, MusicOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: MusicOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
