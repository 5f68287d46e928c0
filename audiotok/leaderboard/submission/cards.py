"""Whether a submission's card says what the board must know, as plain text and https links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import yaml

from audiotok.core.card import DOMAINS, TAXONOMY, TokenizerCard
from audiotok.leaderboard.submission import text
from audiotok.leaderboard.submission.problem import Problem

FILE = "card.yaml"
LINKS = ("paper", "code", "weights")
FILLED = ("title", "summary", "paper", "code", "licence", "domains")


def read_card(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of a card, and why it is no card. Only mappings, lists and scalars are made of it, never an object."""
    try:
        content = path.read_text(encoding="utf-8")
        # An alias can make a kilobyte of YAML expand to gigabytes; a card needs none.
        if any(isinstance(token, (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)) for token in yaml.scan(content)):
            return {}, [Problem(FILE, "", "expected a card without YAML anchors, aliases and tags")]
        tree = yaml.compose(content, Loader=yaml.SafeLoader)
        if not isinstance(tree, yaml.MappingNode):
            return {}, [Problem(FILE, "", "expected fields and their values")]
        names = [str(key.value) for key, _ in tree.value]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            return {}, [Problem(FILE, name[:80], "duplicate key") for name in twice]
        values = yaml.safe_load(content)
    except UnicodeDecodeError as error:
        return {}, [Problem(FILE, "", f"expected UTF-8 text: {error.reason} at byte {error.start}")]
    # The last two: a date that is none, and an integer of too many digits.
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        return {}, [Problem(FILE, "", f"expected YAML: {' '.join(str(error).split())[:300]}")]
    return values, list(_check(values))


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
