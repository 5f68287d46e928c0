"""Which text may be shown to readers: plain, visible, without HTML, scripts or links that are not https."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

MAX_CHARACTERS = 4000
MAX_DEPTH = 8
MAX_MARKS = 3  # Vietnamese takes two, and a script with tones and vowels above each other three
#: Letters, symbols and marks that are drawn as nothing: fillers, variation selectors, the blank of Braille.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
#: A name with a top-level domain of letters: no number, in whatever notation, and no machine of one's own network.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
_PRIVATE = (
    ".local",
    ".localhost",
    ".localdomain",
    ".internal",
    ".lan",
    ".home",
    ".corp",
    ".test",
    ".invalid",
    ".onion",
)
#: A tag, a comment or a declaration; an entity; a scheme that runs what follows it. "0 <= code < 5" is none of them.
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]{1,31});")
_SCRIPT = re.compile(r"\b(?:java|vb|live)script\s*:|\bdata\s*:\s*[a-z]+/", re.IGNORECASE)
#: A scheme at the end of what stands before "://". A search for schemes from the left takes quadratic time on "a.a.a…".
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_LONGEST_SCHEME = 40  # characters: what is longer is refused as the end of it
_OPENING = re.compile(r"\A\s*([A-Za-z][A-Za-z0-9+.-]*):")


@lru_cache(maxsize=4096)  # the same clips are named in every score
def fault(text: str) -> str:
    """Why a text is refused, "" where it is not."""
    if len(text) > MAX_CHARACTERS:
        return f"expected at most {MAX_CHARACTERS} characters, got {len(text)}"
    if wrong := "" if text.isascii() and text.isprintable() else _invisible(text):
        return wrong
    if match := _MARKUP.search(text):
        return f"expected plain text, got HTML at {text[match.start() : match.start() + 20]!r}"
    if match := _SCRIPT.search(text):
        return f"expected plain text, got a script at {match.group()!r}"
    for match in re.finditer("://", text):
        scheme = _SCHEME.search(text[max(0, match.start() - _LONGEST_SCHEME) : match.start()])
        if scheme and scheme.group().lower() != "https":
            return f"expected links with https, got {scheme.group()}"
    return ""


def _invisible(text: str) -> str:
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        # Cc and Cs control and halve, Cf turns the direction of writing or hides; Co and Cn have no agreed glyph; Zl
        # and Zp end lines where nobody sees it.
        if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in "\n\t":
            return f"expected visible characters, got U+{ord(character):04X}"
        if _BLANK.match(character):
            return f"expected visible characters, got U+{ord(character):04X}, which is blank"
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MAX_MARKS:
            return f"expected at most {MAX_MARKS} combining marks on a character, got more at U+{ord(character):04X}"
    return ""


def link_fault(text: str) -> str:
    """Why a text is no link that readers may be sent to, "" where it is one."""
    if wrong := fault(text):
        return wrong
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return f"expected an https link, got {text[:80]!r} ({error})"
    opening = _OPENING.match(text)
    scheme = opening.group(1) if opening else "none"
    if scheme.lower() != "https":
        return f"expected a link with the scheme https, got {scheme}"
    if not host or parts.username is not None or re.search(r"[\s\"'<>\\]", text):
        return f"expected https://HOST/PATH without spaces, quotes or a user's name, got {text[:80]!r}"
    if not text.isascii() or "xn--" in host:
        return f"expected a link in ASCII, whose host everybody can read, got {text[:80]!a}"
    if not _HOST.fullmatch(host) or host.endswith(_PRIVATE) or port not in (None, 443):
        return f"expected the name of a public host, got {parts.netloc[:80]!r}"
    return ""


def texts(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """(path, text) of every text in what JSON gave, keys included. Raises ValueError where it is nested too deep."""
    if depth > MAX_DEPTH:
        raise ValueError(f"expected at most {MAX_DEPTH} levels, got more at {path[:80]}")
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from texts(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path, depth + 1)
