"""Does a language model over a tokenizer's tokens say the words of a small language: from a text, and by itself?

Conventions: see audiotok.metrics.lexicon_speech. The languages are those of audiotok.tasks.lexicon, whose models go on
with sentences here. Another one of each language is trained on the same speech with its phonemes, and reads out new
texts of both languages: of one it has heard the words, of the other none. docs/lexicon.md says what the numbers can't
tell.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import typer

from audiotok.core.tokenizer import Codec
from audiotok.metrics.language_model import REAL
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.language_model.folder import hashed
from audiotok.tasks.lexicon import generated
from audiotok.tasks.lexicon.language import HALVES, Language
from audiotok.tasks.lexicon_speech.options import NAME, LexiconSpeechOptions
from audiotok.tasks.task import Context, ScoredItem, Task, only_codecs


def measure(system: Codec, name: str, context: Context) -> list[Result]:
    """Train on both languages what has not been trained, and score what is read out and said.

    The audio is in each model's read-HASH/ and said-HASH/.
    """
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.speech_scoring import require_audible
    from audiotok.tasks.language_model.training import TrainingData, prepare
    from audiotok.tasks.lexicon.speech import speak, speak_texts
    from audiotok.tasks.lexicon_speech import scoring

    options: LexiconSpeechOptions = context.options or TASK.options
    require_audible(system, options.order_codes(system.spec))
    languages = options.languages()
    texts = speak_texts(languages, options.texts, context.runs)

    def prepared(language: Language, minutes: float) -> TrainingData:
        spoken = speak(language, minutes, context.runs, context.workers)
        return prepare(system, spoken, options, context.runs, context.engine, context.workers)

    data = [(one, prepared(one, options.minutes[-1]), prepared(one, options.read_minutes)) for one in languages]
    tests = {
        seed: [scoring.SpeakingTest(*one, texts, system, options, seed, context.runs) for one in data]
        for seed in options.seed
    }
    train_side_by_side([job for one in tests.values() for test in one for job in test.trainings], context, options)
    shown: list[Result] = []
    for seed, both in tests.items():
        found = [outcomes for test in both for outcomes in (scoring.read_out(test), scoring.go_on(test))]
        asked = replace(options, seed=[seed])
        made = scoring.results(found, texts, system, asked, TASK.under(asked))
        folder = generated.folder_of(system, name, context.runs) / hashed(asked.described())
        folder.mkdir(parents=True, exist_ok=True)
        record.write(folder / "results.jsonl", made)
        for heard in sorted({training.folder for _, *both in data for training in both}):
            typer.echo(f"{system.identifier}, seed {seed}: listen in {heard}")
        shown += made
    return shown


def items(result: Result, manifest: object) -> dict[str, ScoredItem]:
    """The texts of both halves, by default."""
    names = (f"{half}-text-{place:02d}" for half in HALVES for place in range(TASK.options.texts))
    return {name: ScoredItem(None, None) for name in names}


OPTIONS = LexiconSpeechOptions()
TASK = Task(
    "lexicon_speech",
    1,
    (
        *("lexicon_read_wer", f"lexicon_read_wer{REAL}", "lexicon_read_new_wer"),
        *("lexicon_said_words", f"lexicon_said_words{REAL}"),
        *("lexicon_said_sentences", f"lexicon_said_sentences{REAL}"),
    ),
    OPTIONS.conditions,
    question="Can a small language model over the tokens speak the words of a small language, from text and freely?",
    cost="an hour and a half on one core",
    dataset=NAME,
    load=partial(generated.load, NAME, "generated set of texts"),
    clips=lambda name: None,
    cannot_judge=only_codecs,
    measure=measure,
    options=OPTIONS,
    outputs=generated.outputs,
    items=items,
)
