"""Why a cell has no number: not measured, not applicable, undefined and failed are four things."""

from __future__ import annotations

import re
from collections.abc import Mapping

from audiotok.leaderboard.page import glossary
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.record import Result

NOT_MEASURED, NOT_APPLICABLE, UNDEFINED, FAILED = "not measured", "not applicable", "undefined", "failed"


def state_of(result: Result) -> tuple[str, str]:
    """(UNDEFINED or FAILED, the reasons) of a result that lacks a value on some clips or on all; ("", "") of any other.

    A metric of a whole set, or of a recipe, that has no score at all is undefined by the condition it names, as too few
    codes for a codebook, or words that are not learned: nothing went wrong. Failures on some clips of several are
    failures.
    """
    reasons = "; ".join(sorted(set(result.failures.values())))
    if result.estimate is None and result.failures:
        # What an error of a program says begins with its class, as in "TokenizerFailed: …".
        conditional = glossary.of_whole_set(result.metric) or glossary.by_recipe(result.metric)
        condition = conditional and not re.match(r"\w+: ", reasons)
        return (UNDEFINED if condition else FAILED), reasons
    if result.failures:
        return FAILED, reasons
    if result.estimate is None:
        return UNDEFINED, "; ".join(sorted(set(result.undefined.values()))) or "these results contain no value"
    return "", ""


def not_applicable(entry: Entry, metric: str, domain: str) -> str:
    """Why a metric cannot be asked of an entry, whatever is measured; "" where it can, as for an unknown metric."""
    tokens = entry.kind == "tokenizer"
    audio = not tokens or (entry.card or {}).get("decoder") != "-"
    if glossary.applies(metric, domain, tokens=tokens, audio=audio):
        return ""
    if not tokens and glossary.applies(metric, domain, tokens=True, audio=audio):
        return "an anchor has no tokens"
    if not audio and glossary.applies(metric, domain, tokens=tokens, audio=True):
        return "it has no decoder: there is no audio to score"
    return f"the metric is not for {domain}"


def absent(entry: Entry, columns: Mapping[int, tuple[str, str]]) -> dict[str, list[int]]:
    """Reason -> the columns (number -> metric, domain) that are not applicable to an entry; others are not measured."""
    found: dict[str, list[int]] = {}
    for i, (metric, domain) in columns.items():
        if reason := not_applicable(entry, metric, domain):
            found.setdefault(reason, []).append(i)
    return found
