"""Signatures: the meaning of a number as one string. Two results may be compared where their signatures are equal.

    reconstruction.v1|data:mini@sha256:ab12…|metric:pesq_wb.v1|resample:soxr_hq|seed:0

The recipe with its version, then `name:value` fields in alphabetical order. A value may hold colons, not bars. What
changes no number (package versions, device, commit) is provenance and has no place here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audiotok.errors import InvalidResult

_RECIPE = re.compile(r"[a-z][a-z0-9_-]*\.v[0-9]+")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_VALUE = re.compile(r"[^|\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Signature:
    """Raises InvalidResult where it could not be read back.

    >>> str(Signature("wer.v1", {"seed": "0", "data": "mini@sha256:ab12"}))
    'wer.v1|data:mini@sha256:ab12|seed:0'
    """

    recipe: str  # "reconstruction.v1"
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _RECIPE.fullmatch(self.recipe):
            raise InvalidResult(f"a signature starts with recipe.vN, got {self.recipe!r}")
        for name, value in self.fields.items():
            if not _FIELD.fullmatch(name) or not _VALUE.fullmatch(value):
                raise InvalidResult(f"a field of a signature is name:value without '|', got {name!r}: {value!r}")

    @property
    def task(self) -> str:
        """The recipe's name, without its version.

        >>> parse("wer.v1|data:mini@sha256:ab12").task
        'wer'
        """
        return self.recipe.rpartition(".v")[0]

    @property
    def data(self) -> str:
        """The data set's name, without its hash; "" where none is given.

        >>> parse("wer.v1|data:mini@sha256:ab12").data
        'mini'
        """
        return self.fields.get("data", "").partition("@")[0]

    def __str__(self) -> str:
        return "|".join([self.recipe, *(f"{name}:{value}" for name, value in sorted(self.fields.items()))])


def build(recipe: str, analysis: str = "", **fields: object) -> str:
    """The string for a result. `analysis`: what an analysis adds, "model:whisper-base|beam:1", or "" for nothing.

    Raises InvalidResult where a field is given twice.
    """
    merged = {name: str(value) for name, value in fields.items()}
    for name, value in _pairs(analysis.split("|") if analysis else [], analysis):
        if name in merged:
            raise InvalidResult(f"the signature has {name} twice: {merged[name]!r} and {value!r}")
        merged[name] = value
    return str(Signature(recipe, merged))


def parse(text: str) -> Signature:
    """Raises InvalidResult where the text is not a signature in its one canonical form."""
    recipe, *rest = text.split("|")
    parsed = Signature(recipe, dict(_pairs(rest, text)))
    if str(parsed) != text:
        raise InvalidResult(f"fields of a signature come once and in alphabetical order: expected {parsed}, got {text}")
    return parsed


def require_comparable(signatures: Mapping[str, str]) -> None:
    """`signatures`: who -> signature. Raises InvalidResult that names the first pair that differs, field by field."""
    (first, expected), *others = signatures.items()
    for other, text in others:
        if text != expected:
            changes = "; ".join(f"{name} is {a} and {b}" for name, (a, b) in differences(expected, text).items())
            raise InvalidResult(f"{first} and {other} were not measured in the same way: {changes}")


def differences(a: str, b: str) -> dict[str, tuple[str, str]]:
    """Field -> its two values, "absent" where there is none; `recipe` is the first part. Empty where comparable."""
    one, two = ({"recipe": parsed.recipe, **parsed.fields} for parsed in (parse(a), parse(b)))
    names = [*one, *(name for name in two if name not in one)]
    pairs = {name: (one.get(name, "absent"), two.get(name, "absent")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _pairs(parts: Sequence[str], text: str) -> list[tuple[str, str]]:
    pairs = [part.partition(":") for part in parts]
    if wrong := [name for name, colon, _ in pairs if not colon]:
        raise InvalidResult(f"a field of a signature is name:value, got {wrong[0]!r} in {text!r}")
    return [(name, value) for name, _, value in pairs]
