"""Likelihood pairs: does the language model find the right one of two clips more probable?

Conventions: a pair is right where the codes of its positive clip cost less than those of its negative one, half right
where they cost the same (to 1e-9). Pairs of one item are averaged first, then the items; 0 to 100 %, 50 is chance,
higher is better. Where a set asks the same stretches both ways, an item's pairs are decided together, the sum of its
positives' costs against that of its negatives': what each stretch costs by itself, which is far more than what the
switch does, is then on both sides. The share of the single pairs stands beside it. What a clip costs is the set's rule:
"total" bits, bits per "second" of audio, or bits per "code", which is the mean log-likelihood; the other two rules
stand beside it, and so do the n-gram baselines, all unranked. An item with a clip that could not be encoded is a
failure.
Source: Nguyen et al., "The Zero Resource Speech Benchmark 2021", for ties and the mean over an item's voices. Its
baselines add up log-probabilities; later work (Hassid et al., "Textually Pretrained Speech Language Models", 2023, as
evaluated in slp-rl/salmon and slp-rl/slamkit, `mean_nll`) takes the mean per token, as is done here for their sets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidTokens, reason
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import versions
from audiotok.lm.ngram import NGram
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sequences import Sequences
from audiotok.metrics.likelihood_pairs import UNRANKED_BASELINE, of_set
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tasks.acoustic_lm import bits_of
from audiotok.tasks.language_model.options import joined

RULES = ("total", "second", "code")
BASELINES = {"order0": "lm_order0", "bigram": "lm_bigram"}
#: Relative; below it a difference is rounding.
TIE = 1e-9


@dataclass(frozen=True)
class Pair:
    """Two clips, one of which is right."""

    id: str
    item: str  # pairs of one item share their material, and count as one
    positive: str  # id of a clip
    negative: str
    language: str | None = None
    speaker: str | None = None  # where there is only one


@dataclass(frozen=True)
class PairSet:
    """One question to a language model."""

    name: str  # "speaker": the metric is pairs_speaker
    title: str
    pairs: tuple[Pair, ...]
    clips: Manifest
    data: str  # what they were made from, for the signature: "small@sha256:ab12"
    rule: str = "total"  # one of RULES
    together: bool = False  # whether an item's pairs are decided by their sums
    settings: str = ""  # further part of the signature: "items:40"
    broken: dict[str, str] = field(default_factory=dict)  # clip -> why it is not among the clips
    unranked: str = ""  # why the set is no score


@dataclass(frozen=True)
class Cost:
    """Cost of a clip's codes."""

    bits: dict[str, float]  # lm_bits, lm_order0, lm_bigram
    seconds: float
    codes: int

    def by(self, rule: str, scorer: str) -> float:
        return self.bits[scorer] / {"total": 1, "second": self.seconds, "code": self.codes}[rule]


def costs(
    model: Callable[[Sequences], Tensor], store: TokenStore, pattern: Pattern, context: int, baseline: NGram
) -> dict[str, Cost | str]:
    """Clip -> its cost, or why it has none: not encoded, or codes that the pattern cannot write."""
    found: dict[str, Cost | str] = dict(store.failures)
    for number, tokens in enumerate(
        progress_bar(store, total=len(store), desc=f"{store.tokenizer}: score pairs", unit="clip", disable=None)
    ):
        clip = store.clip(number)
        try:
            codes = int(pattern.apply(tokens).is_code.sum())
        except InvalidTokens as error:
            found[clip.id] = reason(error)
            continue
        bits = {name: math.fsum(of) for name, of in bits_of(model, tokens, pattern, context, baseline).items()}
        wrong = [name for name, value in bits.items() if not math.isfinite(value)]
        if wrong or not codes:
            found[clip.id] = f"its {wrong[0]} is not finite" if wrong else "it has no codes"
        else:
            found[clip.id] = Cost(bits, clip.duration, codes)
    return found


def results(
    pair_set: PairSet,
    found: Mapping[str, Cost | str],
    store: TokenStore,
    training: TokenStore,
    settings: str,
    recipe: Recipe,
    counting: str = "",
) -> list[Result]:
    """The set's Result first, then the n-gram baselines under the same rule, then the model under other rules.

    `store` holds the pairs' clips, `training` the clips that the model was trained on. `settings` and `counting` are
    the parts of the signature that describe the training and the n-grams.
    """
    corpus: Mapping[str, str] = training.description["corpus"]
    own, joint = pair_set.rule, pair_set.together
    variants = [("", "lm_bits", own, joint, pair_set.unranked)]
    variants += [(f"_{name}", scorer, own, joint, UNRANKED_BASELINE) for name, scorer in BASELINES.items()]
    another = f"pairs_{pair_set.name} under another rule"
    variants += [(f"_by_{rule}", "lm_bits", rule, joint, another) for rule in RULES if rule != own]
    if joint:
        variants.append(("_singly", "lm_bits", own, False, another))
    made = []
    for suffix, scorer, rule, together, unranked in variants:
        rows, failures = item_scores(pair_set, found, scorer, rule, together)
        metric = of_set(pair_set.name, pair_set.title, suffix, unranked=pair_set.unranked)
        conditions = made_as(
            settings if scorer == "lm_bits" else counting,
            pair_set.settings,
            corpus["name"],
            corpus["sha256"],
            together=together,
            rule=rule,
        )
        name, _, sha256 = pair_set.data.partition("@sha256:")
        signed = recipe.sign(f"{metric.name}.v{metric.version}", name, sha256, conditions)
        made.append(
            of_clips(
                metric,
                rows,
                tokenizer=store.tokenizer,
                domain="speech",
                signature=signed,
                provenance=store.description["tokenizer"] | versions(("torch", "transformers")),
                failures=failures,
                unranked=unranked,
            )
        )
    return made


def made_as(model: str, pairs: str, name: str, sha256: str, *, together: bool, rule: str = "total") -> str:
    """Fields of a signature: those of the model's training and of the pairs, how a pair is decided, and which clips the
    model and the n-grams learnt from.
    """
    return joined(
        model,
        f"rule:{rule}, together" if together else f"rule:{rule}",
        f"train:{name}@sha256:{sha256[:12]}",
        pairs,
    )


def right(positive: float, negative: float) -> float:
    """1 where the positive costs less, 0.5 where both cost the same, else 0.

    >>> right(10.0, 11.0), right(11.0, 10.0), right(10.0, 10.0)
    (1.0, 0.0, 0.5)
    """
    if math.isclose(positive, negative, rel_tol=TIE):
        return 0.5
    return float(positive < negative)


def item_scores(
    pair_set: PairSet, found: Mapping[str, Cost | str], scorer: str, rule: str, together: bool
) -> tuple[list[ScoredClip], dict[str, str]]:
    """A row per item: the share of its pairs that `scorer`, a key of `Cost.bits`, decides right; or why it has none."""
    items: dict[str, list[Pair]] = {}
    for pair in pair_set.pairs:
        items.setdefault(pair.item, []).append(pair)
    rows: list[ScoredClip] = []
    failures: dict[str, str] = {}
    for item, pairs in items.items():
        scored: list[tuple[float, float]] = []
        for pair in pairs:
            positive, negative = (_cost(clip, pair_set, found) for clip in (pair.positive, pair.negative))
            if isinstance(positive, Cost) and isinstance(negative, Cost):
                scored.append((positive.by(rule, scorer), negative.by(rule, scorer)))
            else:
                failures[item] = f"{pair.id}: {positive if isinstance(positive, str) else negative}"
        if item not in failures:
            if together:
                scored = [(math.fsum(p for p, _ in scored), math.fsum(n for _, n in scored))]
            share = math.fsum(right(*sides) for sides in scored) / len(scored)
            rows.append(ScoredClip(item, share, 1.0, pairs[0].speaker, pairs[0].language))
    return rows, failures


def _cost(clip: str, pair_set: PairSet, found: Mapping[str, Cost | str]) -> Cost | str:
    cost = pair_set.broken.get(clip) or found[clip]
    return f"{clip}: {cost}" if isinstance(cost, str) else cost
