"""The licences of a row's code and weights, and whether both allow commercial use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiotok import registry
from audiotok.core.identifier import Identifier
from audiotok.core.licence import commercial_use
from audiotok.errors import AudiotokError

Card = Mapping[str, Any]


def with_code_licence(identifier: str, card: Card | None) -> dict[str, Any] | None:
    """The row's card. Rows from before cards named the licence of the code have that of the card installed here, if
    it is of the same code."""
    if not card:
        return None
    if card.get("code_licence"):
        return dict(card)
    here = _installed(identifier)
    same = here is not None and here.code == card.get("code")
    return {**card, "code_licence": here.code_licence if here is not None and same else ""}


def commercial(card: Card | None) -> str:
    """ "allowed" only where the licences of the code and of the weights both allow it."""
    return commercial_use(card.get("code_licence", ""), card.get("licence", "")) if card else ""


def _installed(identifier: str) -> Any:
    try:
        named = Identifier.parse(identifier)
        while named.inner is not None:
            named = named.inner
        return registry.card(named.name)
    except AudiotokError:
        return None
