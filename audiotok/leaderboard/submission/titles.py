"""Whether a title can be read, and be told from the titles of other tokenizers.

Unicode's tables of confusable characters (package confusable-homoglyphs) are asked where a title has characters beyond
Latin-1; within it the lookalikes are few and stand here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from audiotok.core.identifier import Identifier
from audiotok.errors import MissingDependency

MAX_TITLE = 80  # characters
_MU = str.maketrans({"\u00b5": "u", "\u03bc": "u"})
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "\u00b5": "u", "\u00d7": "x"})


def title_fault(title: str, identifier: str, others: Mapping[str, str]) -> str:
    """Why a title is refused, "" where it is not. `others`: identifier -> title of the rows on the board."""
    if len(title) > MAX_TITLE or "\n" in title or "\t" in title:
        return f"expected one line of at most {MAX_TITLE} characters, got {len(title)}"
    if not any(character.isalnum() for character in title):
        return "expected letters or digits, got none that can be seen"
    if unicodedata.normalize("NFC", title) != title:
        return "expected composed characters (Unicode's normal form NFC)"
    latin = any(character.isascii() and character.isalpha() for character in title)
    posing = [c for c in title if latin and not _is_latin_1(c) and _prototype(c).isascii()]
    if posing:
        return f"expected letters of one script, got U+{ord(posing[0]):04X}, which looks like {_prototype(posing[0])!r}"
    family, seen = Identifier.parse(identifier).name.casefold(), skeleton(title)
    for other, taken in others.items():
        if taken and Identifier.parse(other).name.casefold() != family and skeleton(taken) == seen:
            return f"reads like the title of {other}, {taken!r}; expected another one"
    return ""


def skeleton(title: str) -> str:
    """Equal where two titles look alike.

    >>> skeleton("C0DEC-2") == skeleton("Codec 2")
    True
    """
    folded = unicodedata.normalize("NFKD", title.translate(_MU)).casefold()
    shown = "".join(_prototype(c) for c in folded if unicodedata.category(c)[0] in "LN" or c in "|!")
    return shown.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _prototype(character: str) -> str:
    """The ASCII letter that a character looks like, or itself."""
    if _is_latin_1(character):
        return character
    alike = _confusables().confusables_data.get(character, [])
    return next((one["c"].casefold() for one in alike if len(one["c"]) == 1 and one["c"].isascii()), character)


def _is_latin_1(text: str) -> bool:
    return all(ord(character) < 256 for character in text)


def _confusables():  # type: ignore[no-untyped-def]  # a module without types
    try:
        from confusable_homoglyphs import confusables
    except ImportError as error:
        raise MissingDependency(
            "titles beyond Latin-1 are checked against Unicode's tables of confusable characters; "
            'pip install "audiotok[leaderboard]"'
        ) from error
    return confusables
