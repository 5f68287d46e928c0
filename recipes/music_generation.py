"""Does a language model over a tokenizer's tokens generate music that is new and similar to real music?

    python recipes/music_generation.py --tokenizer codec2:mode=3200 --tokenizer audiotok-rvq:num_codebooks=4

Trains one model per tokenizer and seed on the music of the training split, and lets it generate clips of 10 seconds
without a prompt. Prints the distance between the sets of generated and recorded music (FAD and KAD of aiSFX
embeddings), the coverage of the recordings, and the share of segments that are copies of training data, together with
the same scores of real music coded with the same codec. The audio is in the run's folder. docs/sounds.md explains the
numbers. Resumes an interrupted run.
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
