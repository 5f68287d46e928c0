"""Does a language model over a tokenizer's tokens find the right one of two clips more probable?

Conventions: see audiotok.tasks.lm_pairs.scoring; of offline pairs `offline` says how they are made, `published` where
other people's lie. Each item counts alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

import typer

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.loading import load
from audiotok.data.manifest import Manifest
from audiotok.lm.ngram import NGram
from audiotok.metrics import likelihood_pairs
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.language_model.folder import TRAINED_ON, left_by_models, training_speech
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.lm_pairs import offline, published, scoring
from audiotok.tasks.lm_pairs.scoring import PairSet
from audiotok.tasks.task import Context, ScoredItem, Task, only_tokenizers

#: The board's sets. Of "language", `small` has one voice in two recordings, which a spectrum tells apart as well.
ASKED = tuple(name for name in offline.OFFLINE if name != "language")
PairNames = Annotated[
    list[str],
    typer.Option(
        "--pairs",
        help=f"{', '.join(offline.OFFLINE)}, or {', '.join(f'{n}:FOLDER' for n in published.PUBLISHED)}; repeatable.",
    ),
]
PairsData = Annotated[str, typer.Option("--pairs-data", help="Data set for the pairs; that of --data by default.")]
Items = Annotated[
    int, typer.Option("--items", min=1, help="Items per language, with two pairs each where the voice changes.")
]


@dataclass(frozen=True)
class LMPairsOptions(LMOptions):
    """Options of the task."""

    pairs: PairNames = field(default_factory=lambda: list(ASKED))
    pairs_data: PairsData = ""
    items: Items = 40

    def conditions(self, metric: str) -> str:
        """How a metric of the board is made; n-grams do not depend on how the model was trained."""
        name = likelihood_pairs.set_of(metric)
        training = training_speech()
        return scoring.made_as(
            self.counting if metric.endswith("_bigram") else self.training(self.seed),
            offline.made_as(name, self.items),
            training.name,
            training.sha256,
            together=likelihood_pairs.SETS[name].together,
        )


def measure(system: Tokenizer, corpus: Manifest, context: Context) -> list[Result]:
    """Score every set under each seed's model, trained on the speech of the training split where it is missing.

    All scores are in each model's pairs/SET/results.jsonl; returned are those of the model and of the bigram.
    """
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.training import prepare, tokenized, train_lm

    options: LMPairsOptions = context.options or TASK.options
    speech = corpus.domain("speech")
    sets = pair_sets(options, corpus, context)
    training = prepare(system, speech, options, context.runs, context.engine, context.workers)
    called = [f"{pairs.name}-{pairs.clips.sha256[:12]}" for pairs in sets]
    stores = [
        tokenized(system, pairs.clips, training.folder / "pairs" / name, context.engine, context.workers)
        for name, pairs in zip(called, sets, strict=True)
    ]
    baseline = NGram(training.pattern, training.store)
    shown: list[Result] = []
    train_side_by_side([partial(train_lm, training, options, number) for number in options.seed], context, options)
    for number in options.seed:
        lm = train_lm(training, options, number)
        for name, pairs, store in zip(called, sets, stores, strict=True):
            costs = scoring.costs(lm.model, store, training.pattern, lm.context, baseline)
            found = scoring.results(pairs, costs, store, training.store, lm.conditions, TASK, options.counting)
            out = lm.run / "pairs" / name / "results.jsonl"
            out.parent.mkdir(parents=True, exist_ok=True)
            record.write(out, found)
            shown += [r for r in found if r.metric in (f"pairs_{pairs.name}", f"pairs_{pairs.name}_bigram")]
    return shown


def pair_sets(options: LMPairsOptions, corpus: Manifest, context: Context) -> list[PairSet]:
    """The sets that are asked for, made or read; `corpus` holds the training split."""
    source = load(options.pairs_data) if options.pairs_data else corpus
    training = corpus.domain("speech").split("train")
    sets: list[PairSet] = []
    for name in dict.fromkeys(options.pairs):
        if ":" in name or name in published.PUBLISHED:
            sets += published.load(name)
        else:
            sets.append(offline.make(name, source, training, context.runs, options.items))
    return sets


def items(result: Result, manifest: Manifest | None) -> dict[str, ScoredItem]:
    """The items that were made of the clips."""
    made = likelihood_pairs.items(likelihood_pairs.set_of(result.metric))
    return {item.id: ScoredItem(item.speaker, item.language) for item in made}


def weights(items: Collection[str]) -> Mapping[str, float]:
    """Every item counts alike."""
    return dict.fromkeys(items, 1.0)


OPTIONS = LMPairsOptions()
TASK = Task(
    "lm_pairs",
    1,
    (
        *("pairs_speaker", "pairs_speaker_bigram", "pairs_language", "pairs_language_bigram"),
        *("pairs_background", "pairs_background_bigram", "pairs_word", "pairs_word_bigram"),
        *("pairs_order", "pairs_reversal"),
    ),
    OPTIONS.conditions,
    question="Does a language model over the tokens assign the real one of two clips the higher probability?",
    cost="minutes on two cores if acoustic_lm has trained the model, otherwise a quarter of an hour",
    dataset=TRAINED_ON,
    clip_fields=("speaker", "language"),
    cannot_judge=only_tokenizers,
    measure=measure,
    options=OPTIONS,
    outputs=left_by_models,
    items=items,
    weights=weights,
)
