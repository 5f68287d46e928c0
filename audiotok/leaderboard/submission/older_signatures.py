"""Signatures from before a metric's numbers changed: an accepted row keeps them, and is not compared by them.

The page shows such a score under its own signature and leaves it out of the column's ranks. Only rows of an older
format may have them: a new row is signed as of today, and `verify` measures all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from audiotok.metrics.base import Declaration
from audiotok.results.signature import Signature, parse


@dataclass(frozen=True)
class Change:
    """A field of signatures whose value changed."""

    field: str
    now: str
    before: str
    of_version_1: bool = False  # whether every metric that has the field was at version 1 before


#: The newest first.
CHANGES = (
    Change("compute", "float32", "int8"),
    Change("normaliser", "audiotok-text.v2", "audiotok-text.v1", of_version_1=True),
)


def earlier(right: str) -> tuple[str, ...]:
    """The signatures that a score had before, for one of today, the latest first.

    >>> earlier("wer.v1|compute:float32|metric:wer.v2")
    ('wer.v1|compute:int8|metric:wer.v2',)
    >>> earlier("reconstruction.v1|metric:stoi.v1")
    ()
    """
    signed = parse(right)
    fields, found = dict(signed.fields), []
    for change in CHANGES:
        if fields.get(change.field) != change.now:
            continue
        fields[change.field] = change.before
        if change.of_version_1:
            fields["metric"] = fields["metric"].rpartition(".v")[0] + ".v1"
        found.append(str(Signature(signed.recipe, dict(fields))))
    return tuple(found)


def is_earlier(signature: str, metric: Declaration) -> bool:
    """Whether a score of the metric is signed as before its numbers changed, so that today's cannot be held to it."""
    fields = parse(signature).fields
    return fields.get("metric") != f"{metric.name}.v{metric.version}" or any(
        fields.get(change.field) == change.before for change in CHANGES
    )
