"""What the board asks of a score: which signature, and of what there is a score each.

Nearly always of the clips of a data set. Likelihood pairs have a score for each item that was made of the clips. ABX
has one for each pair of phones and speaker, of an item file that is not here: those are believed as they are named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from audiotok.data.manifest import Manifest
from audiotok.metrics import catalogue, likelihood_pairs
from audiotok.metrics.base import Declaration
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.results.signature import Signature, parse
from audiotok.tasks import ABX, ABX_ITEMS, LM_PAIRS, RECIPES, Extra

RELATIVE = 1e-6  # for sums of floating-point numbers
_PHONES = re.compile(r"(?P<a>\S+) not (?P<b>\S+), by (?P<speaker>\S+)")
_SHA256 = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Thing:
    """What one score is of, and what intervals rest on."""

    speaker: str | None
    language: str | None


def signature_of(recipe: Recipe, metric: Declaration, manifest: Manifest | None, claimed: Signature) -> str:
    """What a score is signed with today; without a manifest, on the item file that it names."""
    if manifest is not None:
        return recipe.signature_of(metric, manifest)
    name, _, sha256 = claimed.fields.get("data", "").partition("@sha256:")
    if name not in ABX_ITEMS or not _SHA256.fullmatch(sha256):
        name, sha256 = ABX_ITEMS[0], "0" * 12
    return recipe.sign(f"{metric.name}.v{metric.version}", name, sha256, metric.signature_conditions)


def is_asked(result: Result, extra: Extra, manifest: Manifest | None) -> bool:
    """Whether a score of one of the recipe's metrics is measured as the board takes it."""
    claimed = parse(result.signature)
    right = signature_of(RECIPES[extra.recipe], catalogue.get(result.metric), manifest, claimed)
    return claimed.data == extra.data and result.signature == right


def of_asked(result: Result, manifest: Manifest | None) -> Result:
    """Less the clips that a recipe has not asked for, which are none of the data set."""
    ids = {clip.id for clip in manifest or ()}
    return replace(result, undefined={clip: why for clip, why in result.undefined.items() if clip in ids})


def things(recipe: Recipe, result: Result, manifest: Manifest | None) -> dict[str, Thing]:
    """Id -> what there must be a score or a failure of."""
    if recipe == LM_PAIRS:
        items = likelihood_pairs.items(likelihood_pairs.set_of(result.metric))
        return {item.id: Thing(item.speaker, item.language) for item in items}
    if manifest is None:
        named = (*(score.clip for score in result.scores), *result.failures)
        return {name: Thing(match["speaker"], None) for name in named if (match := _PHONES.fullmatch(name))}
    return {clip.id: Thing(clip.speaker, clip.language) for clip in manifest.domain(result.domain)}


def weight_faults(recipe: Recipe, scores: Iterable[ScoredClip]) -> Iterator[str]:
    """Where scores weigh what they should not: pairs of clips count alike, and pairs of phones do."""
    scores = list(scores)
    if recipe == LM_PAIRS:
        right: Mapping[str, float] = {score.clip: 1.0 for score in scores}
    elif recipe == ABX:
        said = Counter(score.clip.rpartition(", by ")[0] for score in scores)
        right = {score.clip: 1 / said[score.clip.rpartition(", by ")[0]] for score in scores}
    else:
        return
    for score in scores:
        if abs(score.weight - right[score.clip]) > RELATIVE:
            yield f"{score.clip}: expected {right[score.clip]:.6g} as weight, got {score.weight:.6g}"
            return
