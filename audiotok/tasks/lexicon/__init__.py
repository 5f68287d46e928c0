"""Does a language model over a tokenizer's tokens learn the words and the grammar of a small language, and how soon?

Conventions: see audiotok.metrics.lexicon. A synthetic voice says two languages of 40 words each
(audiotok.tasks.lexicon.language). A model is trained on each, at every amount of speech, and is asked about both: what
a model of one language knows is compared with what the model of the other guesses of the same sentences.
docs/lexicon.md says what the numbers can't tell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache, partial
from operator import itemgetter

from audiotok.core.tokenizer import Tokenizer
from audiotok.metrics import lexicon
from audiotok.results.record import Result
from audiotok.runs.memo import digest, memoised
from audiotok.tasks.language_model.folder import hashed
from audiotok.tasks.lexicon import generated
from audiotok.tasks.lexicon.language import NAME
from audiotok.tasks.lexicon.options import WHOLE, LexiconOptions
from audiotok.tasks.task import Context, ScoredItem, Task, only_tokenizers


def measure(system: Tokenizer, name: str, context: Context) -> list[Result]:
    """Speak, tokenize, train and ask what has not been asked; every score, found again where nothing has changed."""
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.lexicon import asking, scoring

    options: LexiconOptions = context.options or TASK.options
    halves = [asking.prepare_half(system, one, options, context) for one in options.languages()]
    asked = {
        (half.language.half, minutes, seed): partial(asking.ask, half, halves, options, seed, minutes)
        for minutes in sorted(options.minutes, reverse=True)
        for half in halves
        for seed in options.seed
    }
    train_side_by_side(list(asked.values()), context, options)
    answers = {key: ask() for key, ask in asked.items()}
    inputs = digest(
        TASK.signature, [[*key, answer.inputs] for key, answer in sorted(answers.items(), key=itemgetter(0))]
    )
    path = (
        generated.folder_of(system, name, context.runs)
        / hashed(options.conditions(lexicon.TO_REACH.name))
        / "results.jsonl"
    )
    return memoised(path, inputs, lambda: scoring.results(answers, options, halves[0].store, TASK.under(options)))


def items(result: Result, manifest: object) -> dict[str, ScoredItem]:
    """The items of both halves, by default: words, or what agrees; minutes are of all together."""
    if result.metric == lexicon.TO_REACH.name:
        return {WHOLE: ScoredItem(None, None)}
    return dict.fromkeys(_names(result.metric.startswith(lexicon.AGREEMENT.name)), ScoredItem(None, None))


@cache
def _names(agreement: bool) -> tuple[str, ...]:
    pairs = (pair for half in TASK.options.languages() for pair in half.asked())
    return tuple(dict.fromkeys(pair.item for pair in pairs if bool(pair.distance) == agreement))


def weights(items: Collection[str]) -> Mapping[str, float]:
    """Every item counts alike."""
    return dict.fromkeys(items, 1.0)


OPTIONS = LexiconOptions()
TASK = Task(
    NAME,
    2,
    tuple(metric.name for metric in lexicon.METRICS),
    OPTIONS.conditions,
    question="How much speech does a small language model over the tokens need to learn the words of a small language?",
    cost="a quarter of an hour on two cores",
    dataset=NAME,
    load=partial(generated.load, NAME, "generated language"),
    clips=lambda name: None,
    cannot_judge=only_tokenizers,
    measure=measure,
    options=OPTIONS,
    outputs=generated.outputs,
    items=items,
    weights=weights,
)
