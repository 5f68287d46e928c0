"""The CLDR's locale of a language, as Babel reads it."""

from __future__ import annotations

from functools import cache
from typing import Any

from audiotok.metrics.dependencies import needs


@cache
def known_locale(language: str) -> Any | None:
    """None where the CLDR does not know the language."""
    babel = needs("babel")
    try:
        return babel.Locale.parse(language)
    except (babel.UnknownLocaleError, ValueError):
        return None


def locale(language: str) -> Any:
    """English where the CLDR does not know the language."""
    return known_locale(language) or needs("babel").Locale.parse("en")
