"""Whether licences allow commercial use, read off their SPDX expressions. It is a filter, not legal advice."""

from __future__ import annotations

import re

ALLOWED, FORBIDDEN, UNCLEAR = "allowed", "not allowed", "unclear"

_NON_COMMERCIAL = re.compile(r"CC-BY-NC(-|$)|.*[Nn]on-?[Cc]ommercial")
#: Families of identifiers of https://spdx.org/licenses that allow it, some of them under conditions such as a notice.
_OPEN = re.compile(r"(0BSD|AGPL|Apache|Artistic|BSD|BSL|CC0|CC-BY|EPL|EUPL|GPL|ISC|LGPL|MIT|MPL|Unlicense|Zlib)(-|$)")


def commercial_use(*expressions: str) -> str:
    """Commercial use under all of these licences: ALLOWED, FORBIDDEN, or UNCLEAR where a text of its own decides.

    >>> commercial_use("MIT", "CC-BY-4.0"), commercial_use("MIT", "CC-BY-NC-4.0"), commercial_use("Apache-2.0", "")
    ('allowed', 'not allowed', 'unclear')
    >>> commercial_use("Apache-2.0 AND CC-BY-NC-SA-4.0"), commercial_use("LicenseRef-Own"), commercial_use("MIT OR X")
    ('not allowed', 'unclear', 'unclear')
    """
    found = [_of_expression(expression) for expression in expressions]
    return next((one for one in (FORBIDDEN, UNCLEAR) if one in found), ALLOWED)


def _of_expression(expression: str) -> str:
    """All parts must allow it; of a choice ("OR") only the answer that all parts share is given."""
    names = [name for name in re.split(r"[()\s]+|\bAND\b|\bOR\b|\bWITH\s+\S+", expression) if name]
    answers = {_of_identifier(name) for name in names} or {UNCLEAR}
    if len(answers) == 1:
        return answers.pop()
    return FORBIDDEN if FORBIDDEN in answers and not re.search(r"\bOR\b", expression) else UNCLEAR


def _of_identifier(name: str) -> str:
    if _NON_COMMERCIAL.match(name):
        return FORBIDDEN
    return ALLOWED if _OPEN.match(name) else UNCLEAR
