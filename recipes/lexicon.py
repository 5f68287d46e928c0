"""How much speech does a small language model over the tokens need to learn the words of a small language?

    python recipes/lexicon.py --tokenizer audiotok-rvq:num_codebooks=1 --tokenizer audiotok-units:prompt=allison

A synthetic voice speaks random sentences of 40 words. The trained model then scores pairs: a word and a non-word that
differs by one consonant, and two sentences of which only one has a last word that agrees with an earlier one. A control
model, trained on the other 40 words of the list, scores the same pairs, and the two halves of the list exchange their
roles. Prints words and agreement learned (known minus control), the controls, the scores of n-gram models, and the
minutes of speech until 75 % of the words are right. docs/lexicon.md explains the numbers. Resumes an interrupted run.
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.lexicon import TASK, LexiconOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: LexiconOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
