"""Does a small language model over the tokens speak the words of a small language, from text and freely?

    python recipes/lexicon_speech.py --tokenizer audiotok-rvq:num_codebooks=1 --tokenizer audiotok-units

The languages, their voice and the models that continue sentences are those of recipes/lexicon.py. A second model of
each language reads new texts of both languages, given as phonemes. It has been trained on the words of one of them
only. A speech recogniser whose vocabulary contains the words, each with a non-word, transcribes the speech. Prints word
error rates, and the shares of words that are in the language and of sentences that are grammatical, each together with
the score of the real voice coded with the same codec. docs/lexicon.md explains the numbers. Resumes an interrupted run.
"""

from pathlib import Path

from audiotok.cli.options import DataName, Device, RunsFolder, TokenizerNames, start
from audiotok.cli.table import show
from audiotok.cli.tasks import run
from audiotok.tasks.lexicon_speech import TASK
from audiotok.tasks.lexicon_speech.options import LexiconSpeechOptions
from audiotok.tasks.task import Context


def main(
    tokenizer: TokenizerNames,
    options: LexiconSpeechOptions,
    data_name: DataName = TASK.dataset,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
) -> None:
    show(run(TASK, tokenizer, data_name, Context(runs, device, options=options)))


if __name__ == "__main__":
    start(main)
