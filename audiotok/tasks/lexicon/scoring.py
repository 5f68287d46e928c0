"""From what models of both languages decide right to scores: known, control, learned, minutes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from audiotok.errors import MetricUndefined
from audiotok.files.provenance import hardware, versions
from audiotok.metrics import lexicon
from audiotok.metrics.base import Declaration
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tasks.lexicon.asking import Answers
from audiotok.tasks.lexicon.language import NAME, Language, sha256
from audiotok.tasks.lexicon.options import WHOLE, LexiconOptions

CHANCE = 50.0  # per cent of right pairs
MODEL = "lm_bits"
AllAnswers = Mapping[tuple[str, float, int], Answers]  # half that is said, minutes, seed


@dataclass(frozen=True)
class Shares:
    """The share of right pairs of each item, the mean over seeds; and why an item has none."""

    known: dict[str, float]  # under models of the item's own half
    control: dict[str, float]  # under those of the other half
    failures: dict[str, str]

    @property
    def learned(self) -> dict[str, float]:
        return {item: share - self.control[item] for item, share in self.known.items()}


def shares(
    answers: AllAnswers, languages: Sequence[Language], seeds: Sequence[int], scorer: str, minutes: float
) -> Shares:
    """Of every item that all models have a share of."""
    known: dict[str, float] = {}
    control: dict[str, float] = {}
    failures: dict[str, str] = {}
    for own in languages:
        (other,) = (language for language in languages if language != own)
        for item in sorted(own.known()):
            for shares_of, language in ((known, own), (control, other)):
                models = [answers[language.half, minutes, seed] for seed in seeds]
                if failed := [model.failures[item] for model in models if item in model.failures]:
                    failures[item] = failed[0]
                else:
                    shares_of[item] = math.fsum(model.shares[scorer][item] for model in models) / len(models)
    complete = sorted(known.keys() & control.keys())
    return Shares({i: known[i] for i in complete}, {i: control[i] for i in complete}, failures)


def why_void(control: Result) -> str:
    """Why scores beside this control mean nothing; "" where it is at chance."""
    found = control.estimate
    if found is None or found.low is None or found.high is None:
        return "void: too few items, or items all alike, so that nothing tells whether the control is at chance"
    if found.low <= CHANCE <= found.high:
        return ""
    return (
        f"void: the control is off chance, {found.value:.1f} % of the words that were not heard are right "
        f"({found.low:.1f} to {found.high:.1f}), so something other than the words tells pairs apart"
    )


def results(answers: AllAnswers, options: LexiconOptions, store: TokenStore, recipe: Recipe) -> list[Result]:
    """Every score of one tokenizer; `store` is of any of its clips."""

    def scored(metric: Declaration, values: Mapping[str, float], failures: Mapping[str, str]) -> Result:
        return of_clips(
            metric,
            [ScoredClip(item, value, 1.0) for item, value in sorted(values.items())],
            tokenizer=store.tokenizer,
            domain="speech",
            signature=recipe.sign(
                f"{metric.name}.v{metric.version}",
                NAME,
                sha256(options.items, options.contexts),
                options.conditions(metric.name),
            ),
            provenance={
                **store.description["tokenizer"],
                **versions(("torch", "transformers", "onnxruntime")),
                "machine": hardware(),
                **by_seed,
            },
            failures=failures,
            unranked=metric.why_unranked(()),
        )

    languages, last = options.languages(), options.minutes[-1]
    by_seed = dict(_by_seed(answers, options, last))
    made: list[Result] = []
    known: list[Result] = []
    voids: list[str] = []
    for minutes in options.minutes:
        found = shares(answers, languages, options.seed, MODEL, minutes)
        one, other = (m if minutes == last else lexicon.after(m, minutes) for m in (lexicon.KNOWN, lexicon.CONTROL))
        known.append(scored(one, found.known, found.failures))
        control = scored(other, found.control, found.failures)
        voids.append(why_void(control))
        made += [known[-1], control]
    if voids[-1]:
        made.append(scored(lexicon.LEARNED, {}, dict.fromkeys(found.known, voids[-1]) | found.failures))
    else:
        made.append(scored(lexicon.LEARNED, found.learned, found.failures))
    for name in lexicon.NGRAMS:
        under = shares(answers, languages, options.seed, f"lm_{name}", last)
        made.append(scored(lexicon.under_ngram(name), under.learned, under.failures))
    try:
        made.append(scored(lexicon.TO_REACH, {WHOLE: _to_reach(options, known, voids)}, {}))
    except MetricUndefined as error:
        made.append(scored(lexicon.TO_REACH, {}, {WHOLE: str(error)}))
    return made


def _to_reach(options: LexiconOptions, known: list[Result], voids: list[str]) -> float:
    """Raises MetricUndefined where a control is off chance, an item has no share, or the words are not reached."""
    for minutes, result, void in zip(options.minutes, known, voids, strict=True):
        if void or result.failures:
            why = void or f"{len(result.failures)} items have no share"
            raise MetricUndefined(f"after {minutes:g} minutes: {why}")
    values = [result.estimate.value / 100 for result in known if result.estimate]
    return lexicon.to_reach(list(zip(options.minutes, values, strict=True)))


def _by_seed(answers: AllAnswers, options: LexiconOptions, minutes: float) -> Iterator[tuple[str, str]]:
    """What each seed's models give, where there are several."""
    for seed in options.seed if len(options.seed) > 1 else ():
        learned = shares(answers, options.languages(), [seed], MODEL, minutes).learned
        if learned:
            value = 100 * math.fsum(learned.values()) / len(learned)
            yield f"{lexicon.LEARNED.name} of seed {seed}", f"{value:.1f} points"
