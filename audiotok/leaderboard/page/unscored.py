"""Tokenizers with published weights that audiotok has and that no row of the board is of: what their cards say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audiotok import registry
from audiotok.core.identifier import Identifier
from audiotok.leaderboard.page.licences import commercial
from audiotok.leaderboard.submission.entry import Entry


def unscored(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """{"id", "title", "card", "commercial", "bitrates"}: to be found by who looks for them, and without a score.

    bitrates: nominal ones of the published weights, from the lowest to the highest, in bit/s.
    """
    scored = {name for entry in entries for name in _names(Identifier.parse(entry.tokenizer))}
    cards = [registry.card(name) for name in registry.available() if name in scored]
    rates = registry.published_rates()
    found = []
    for name in registry.available():
        if name in scored or registry.foreign(Identifier.parse(name)):
            continue
        card = registry.card(name)
        if card and card.weights and card not in cards:  # else it is a second name of one that is scored
            bitrates = sorted(rates.get(name, {}).get("bitrates", ()))
            told = card.to_dict()
            found.append(
                {"id": name, "title": card.title, "card": told, "commercial": commercial(told), "bitrates": bitrates}
            )
    return sorted(found, key=lambda one: str(one["title"]).lower())


def _names(identifier: Identifier) -> list[str]:
    """Its own, and those of the tokenizers that it is applied to."""
    return [identifier.name, *(_names(identifier.inner) if identifier.inner else [])]
