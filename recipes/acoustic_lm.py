"""How predictable are a tokenizer's tokens to a small language model?

    python recipes/acoustic_lm.py --tokenizer codec2:mode=2400 --tokenizer lyra

Tokenises the speech, trains one decoder-only model per tokenizer and seed with the same backbone, context in seconds
and hours of audio, and gives bits per second on speakers that it never heard, beside a unigram and a bigram baseline.
With --flops it is the same compute instead of hours, with --init the backbone of a text language model. The default
options are those of the leaderboard, and `audiotok submit` adds their scores to a row. Resumes where it was stopped.
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
