"""Does a small language model over the tokens say the words of a small language, from texts and by itself?

    python recipes/lexicon_speech.py --tokenizer audiotok-rvq:num_codebooks=1 --tokenizer audiotok-units

The languages, their voice and the models that go on with sentences are those of recipes/lexicon.py. Another model of
each language reads out new texts, given by their phonemes: of one language it has heard the words, of the other none.
An ASR model that knows the words and a non-word beside each hears what is said. Prints word errors, and the shares of
words that are words and of sentences that are grammatical, each beside that of the real voice through the same codec.
docs/lexicon.md says how to read them. Resumes where it was stopped.
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
