"""Does a small language model over the tokens learn the words of a small language, and after how much speech?

    python recipes/lexicon.py --tokenizer audiotok-rvq:num_codebooks=1 --tokenizer audiotok-units:prompt=allison

A synthetic voice says random sentences of 40 words; then the model is asked for a word against a non-word, a consonant
away, and for a sentence whose last word agrees with an earlier one against one where it does not. A model that heard
the other 40 words of the list is asked the same and is the control; the two halves are exchanged. Prints words and
agreement learned (known minus control), the controls, what n-grams get, and the minutes of speech until 75 % of the
words are right. docs/lexicon.md says how to read them. Resumes where it was stopped.
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
