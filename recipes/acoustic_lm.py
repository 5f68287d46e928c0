"""How predictable are a tokenizer's tokens for a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra

Tokenizes the speech and trains one decoder-only model per tokenizer and seed, with the same backbone, the same context
length in seconds and the same hours of audio. Prints bits per second on unseen speakers, together with a unigram and a
bigram baseline. With --flops, models are trained with equal compute instead of equal hours. With --init, they start
from the backbone of a text language model. The default options are those of the leaderboard, and `audiotok submit` adds
their scores to a row. Resumes an interrupted run.
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.acoustic_lm import TASK, AcousticLMOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: AcousticLMOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
