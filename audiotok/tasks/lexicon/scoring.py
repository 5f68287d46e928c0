"""From what models of both languages decide right to scores: words known, control, learned, minutes; agreement."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from audiotok.errors import MetricUndefined
from audiotok.files.provenance import versions
from audiotok.metrics import lexicon
from audiotok.metrics.base import Declaration
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tasks.lexicon.asking import Answers
from audiotok.tasks.lexicon.language import NAME, Language, sha256
from audiotok.tasks.lexicon.options import WHOLE, LexiconOptions

CHANCE = 50.0  # per cent of right decisions
MODEL = "lm_bits"
WORDS = (0,)  # the distance of pairs that ask about a word
AllAnswers = Mapping[tuple[str, float, int], Answers]  # half that is said, minutes, seed


@dataclass(frozen=True)
class Shares:
    """The share of right decisions of each item, the mean over seeds; and why an item has none."""

    known: dict[str, float]  # under models of the item's own half
    control: dict[str, float]  # under those of the other half
    failures: dict[str, str]

    @property
    def learned(self) -> dict[str, float]:
        return {item: share - self.control[item] for item, share in self.known.items()}


def shares(
    answers: AllAnswers,
    languages: Sequence[Language],
    seeds: Sequence[int],
    scorer: str,
    minutes: float,
    distances: Collection[int] = WORDS,
) -> Shares:
    """Shares of every item of these distances that all models have a share of."""
    known: dict[str, float] = {}
    control: dict[str, float] = {}
    failures: dict[str, str] = {}
    for own in languages:
        (other,) = (language for language in languages if language != own)
        decided: dict[str, dict[str, None]] = {}
        for pair in own.asked():
            if pair.distance in distances:
                decided.setdefault(pair.item, {})[pair.decided] = None
        for item, decisions in sorted(decided.items()):
            for shares_of, language in ((known, own), (control, other)):
                models = [answers[language.half, minutes, seed] for seed in seeds]
                if failed := [model.failures[one] for model in models for one in decisions if one in model.failures]:
                    failures[item] = failed[0]
                else:
                    shares_of[item] = _mean(model.shares[scorer][one] for model in models for one in decisions)
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
        f"void: the control is off chance, {found.value:.1f} % is right of what was not heard "
        f"({found.low:.1f} to {found.high:.1f}), so something other than the language tells pairs apart"
    )


def results(answers: AllAnswers, options: LexiconOptions, store: TokenStore, recipe: Recipe) -> list[Result]:
    """Every score of one tokenizer; `store` is of any of its clips."""
    scoring = _Scoring(answers, options, store, recipe)
    return [*scoring.words(), *scoring.agreement()]


@dataclass(frozen=True)
class _Scoring:
    answers: AllAnswers
    options: LexiconOptions
    store: TokenStore
    recipe: Recipe

    @property
    def _last(self) -> float:
        return self.options.minutes[-1]

    @cached_property
    def _provenance(self) -> dict[str, str]:
        by_seed = {
            f"{metric.name} of seed {seed}": f"{value:.1f} points"
            for metric, distances in ((lexicon.LEARNED, WORDS), (lexicon.AGREEMENT, lexicon.DISTANCES))
            for seed, value in _by_seed(self.answers, self.options, distances)
        }
        used = versions(("torch", "transformers", "onnxruntime"))
        machine = " / ".join(sorted({answers.machine for answers in self.answers.values()}))
        return {**self.store.description["tokenizer"], **used, "machine": machine, **by_seed}

    def words(self) -> list[Result]:
        """Words learned, with what they are the difference of, under n-grams, and the minutes to reach them."""
        known: list[Result] = []
        controls: list[Result] = []
        for minutes in self.options.minutes:
            own = self._shares(minutes)
            metrics = (lexicon.KNOWN, lexicon.CONTROL)
            after = (m if minutes == self._last else lexicon.after(m, minutes) for m in metrics)
            known.append(self._result(next(after), own.known, own.failures))
            controls.append(self._result(next(after), own.control, own.failures))
        made = [self._learned(lexicon.LEARNED, self._shares(self._last), controls[-1]), *known, *controls]
        for name in lexicon.NGRAMS:
            under = self._shares(self._last, scorer=f"lm_{name}")
            made.append(self._result(lexicon.under_ngram(lexicon.LEARNED, name), under.learned, under.failures))
        try:
            reached = {WHOLE: _to_reach(self.options, known, controls)}
            made.append(self._result(lexicon.TO_REACH, reached, {}))
        except MetricUndefined as error:
            made.append(self._result(lexicon.TO_REACH, {}, {WHOLE: str(error)}))
        return made

    def agreement(self) -> list[Result]:
        """Agreement learned, with what it is the difference of, under bigrams, and by distance."""
        own = self._shares(self._last, lexicon.DISTANCES)
        under = self._shares(self._last, lexicon.DISTANCES, "lm_bigram")
        control = self._result(lexicon.AGREEMENT_CONTROL, own.control, own.failures)
        made = [
            self._learned(lexicon.AGREEMENT, own, control),
            self._result(lexicon.AGREEMENT_KNOWN, own.known, own.failures),
            control,
            self._result(lexicon.under_ngram(lexicon.AGREEMENT, "bigram"), under.learned, under.failures),
        ]
        for distance in lexicon.DISTANCES:
            part = self._shares(self._last, (distance,))
            made.append(self._result(lexicon.over(distance), part.known, part.failures))
        return made

    def _shares(self, minutes: float, distances: Collection[int] = WORDS, scorer: str = MODEL) -> Shares:
        return shares(self.answers, self.options.languages(), self.options.seed, scorer, minutes, distances)

    def _learned(self, metric: Declaration, own: Shares, control: Result) -> Result:
        if void := why_void(control):
            return self._result(metric, {}, dict.fromkeys(own.known, void))
        return self._result(metric, own.learned, own.failures)

    def _result(self, metric: Declaration, values: Mapping[str, float], failures: Mapping[str, str]) -> Result:
        return of_clips(
            metric,
            [ScoredClip(item, value, 1.0) for item, value in sorted(values.items())],
            tokenizer=self.store.tokenizer,
            domain="speech",
            signature=self.recipe.sign_metric(metric, NAME, sha256(self.options.items, self.options.contexts)),
            provenance=self._provenance,
            failures=failures,
            unranked=metric.why_unranked(()),
        )


def _to_reach(options: LexiconOptions, known: list[Result], controls: list[Result]) -> float:
    """Raises MetricUndefined where a control is off chance, an item has no share, or the words are not reached."""
    for minutes, result, control in zip(options.minutes, known, controls, strict=True):
        if why := why_void(control) or (f"{len(result.failures)} items have no share" if result.failures else ""):
            raise MetricUndefined(f"after {minutes:g} minutes: {why}")
    values = [result.estimate.value / 100 for result in known if result.estimate]
    return lexicon.to_reach(list(zip(options.minutes, values, strict=True)))


def _by_seed(answers: AllAnswers, options: LexiconOptions, distances: Collection[int]) -> Iterator[tuple[int, float]]:
    """The score of each seed's models, where there are several."""
    for seed in options.seed if len(options.seed) > 1 else ():
        own = shares(answers, options.languages(), [seed], MODEL, options.minutes[-1], distances)
        if own.learned:
            yield seed, 100 * _mean(own.learned.values())


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed)
