"""The licence of a row's code: its own, else that of the same code as it is installed here."""

from __future__ import annotations

import pytest

from audiotok import registry
from audiotok.core.identifier import Identifier
from audiotok.leaderboard.page.licences import commercial, with_code_licence

CODEC2 = "https://github.com/drowe67/codec2"


@pytest.mark.parametrize(
    ("identifier", "card", "expected"),
    [
        ("codec2:mode=700", {"code": CODEC2}, "LGPL-2.1-only"),
        ("bpe(codec2:mode=700):model=x", {"code": CODEC2}, "LGPL-2.1-only"),
        ("codec2:mode=700", {"code": CODEC2, "code_licence": "MIT"}, "MIT"),
        ("codec2:mode=700", {"code": "https://example.org/fork"}, ""),
        ("nobody-has-this", {"code": CODEC2}, ""),
    ],
)
def test_a_row_without_it_has_that_of_the_same_code(identifier: str, card: dict[str, str], expected: str) -> None:
    shown = with_code_licence(identifier, card)
    assert shown is not None
    assert shown["code_licence"] == expected


def test_both_licences_must_allow_commercial_use() -> None:
    assert commercial({"code_licence": "MIT", "licence": "CC-BY-4.0"}) == "allowed"
    assert commercial({"code_licence": "MIT", "licence": "CC-BY-NC-4.0"}) == "not allowed"
    assert commercial({"code_licence": "", "licence": "MIT"}) == "unclear"
    assert commercial(None) == ""


OURS = [name for name in registry.available() if not registry.foreign(Identifier.parse(name))]


@pytest.mark.parametrize("name", OURS)
def test_every_card_of_ours_states_the_licence_of_its_code(name: str) -> None:
    card = registry.card(name)
    assert card is None or card.code_licence
