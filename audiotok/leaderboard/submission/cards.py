"""Whether a submission's card says what the board must know, as plain text and https links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

import yaml

from audiotok.core.card import DOMAINS, TAXONOMY, TokenizerCard
from audiotok.leaderboard.submission import text
from audiotok.leaderboard.submission.problem import Problem

FILE = "card.yaml"
LINKS = ("paper", "code", "weights")
FILLED = ("title", "summary", "paper", "code", "licence", "domains")
MAX_DEPTH = 3  # fields, in them a list
_OPENS = (
    *(yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken),
    *(yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken),
)
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def read_card(content: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The fields of a card's YAML, and why it is no card. Mappings, lists and scalars are made, no objects."""
    try:
        if wrong := _structure_fault(content):
            return None, [Problem(FILE, "", wrong)]
        tree = yaml.compose(content, Loader=yaml.SafeLoader)
        if not isinstance(tree, yaml.MappingNode):
            return None, [Problem(FILE, "", "expected fields and their values")]
        counts = Counter(str(key.value) for key, _ in tree.value)
        if twice := sorted(name for name, count in counts.items() if count > 1):
            return None, [Problem(FILE, name[:80], "duplicate key") for name in twice]
        values = yaml.safe_load(content)
    # The last two: a date that is none, and an integer of too many digits.
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        return None, [Problem(FILE, "", f"expected YAML: {' '.join(str(error).split())[:300]}")]
    return values, list(_check(values))


def _structure_fault(content: str) -> str:
    """Why YAML is not even parsed, token by token: deep nesting takes PyYAML quadratic time, and an alias can make a
    kilobyte expand to gigabytes. A card needs neither."""
    depth = 0
    for token in yaml.scan(content):
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        if depth > MAX_DEPTH:
            return f"expected a YAML card of at most {MAX_DEPTH} levels, got more"
        if isinstance(token, (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)):
            return "expected a card without YAML anchors, aliases and tags"
    return ""


def _check(values: dict[Any, Any]) -> Iterator[Problem]:
    known = {field.name: field for field in fields(TokenizerCard)}
    for name in values:
        if name not in known:
            shown = name[:80] if isinstance(name, str) else type(name).__name__
            yield Problem(FILE, shown, f"unknown field; a card has {', '.join(known)}")
    for name, field in known.items():
        if name in values:
            yield from _check_field(name, str(field.type), values[name])
        elif field.default is MISSING:
            yield Problem(FILE, name, "expected this field, it is missing")


def _check_field(name: str, kind: str, value: Any) -> Iterator[Problem]:
    expected = {"str": "text", "bool": "true or false"}.get(kind, "a list of texts")
    items = value if isinstance(value, list) else [value]
    right = bool if kind == "bool" else str
    if isinstance(value, list) != kind.startswith("tuple") or not all(type(item) is right for item in items):
        yield Problem(FILE, name, f"expected {expected}, got {', '.join(type(item).__name__ for item in items[:3])}")
        return
    if kind == "bool":
        return
    if name in FILLED and not (value and all(item.strip() for item in items)):
        yield Problem(FILE, name, "expected it to be filled in, got nothing")
        return
    accepted = {**TAXONOMY, "domains": DOMAINS}.get(name)
    for item in items:
        wrong = text.link_fault(item) if name in LINKS and item else text.fault(item)
        if wrong:
            yield Problem(FILE, name, wrong)
        elif accepted and item not in accepted:
            yield Problem(FILE, name, f"expected one of {', '.join(accepted)}, got {item[:80]!r}")
