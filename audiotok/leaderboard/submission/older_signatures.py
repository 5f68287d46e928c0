"""Signatures from before a metric's numbers changed: an accepted row keeps them, and is not compared by them.

The page shows such a score under its own signature and leaves it out of the column's ranks. Only rows of an older
format may have them: a new row is signed as of today, and `verify` measures all of it.
"""

from __future__ import annotations

from audiotok.metrics.base import Declaration
from audiotok.results.signature import Signature, parse

#: The value of a field until its second version came, when every metric that has it was at version 1.
BEFORE = {"normaliser": ("audiotok-text.v2", "audiotok-text.v1")}


def earlier(right: str) -> tuple[str, ...]:
    """The signature that a score had before, for one of today.

    >>> earlier("wer.v1|metric:wer.v2|normaliser:audiotok-text.v2")
    ('wer.v1|metric:wer.v1|normaliser:audiotok-text.v1',)
    >>> earlier("reconstruction.v1|metric:stoi.v1")
    ()
    """
    signed = parse(right)
    changed = {name: old for name, (new, old) in BEFORE.items() if signed.fields.get(name) == new}
    if not changed:
        return ()
    metric = signed.fields["metric"].rpartition(".v")[0]
    return (str(Signature(signed.recipe, signed.fields | changed | {"metric": f"{metric}.v1"})),)


def is_earlier(signature: str, metric: Declaration) -> bool:
    """Whether a score of the metric is signed as before its numbers changed, so that today's cannot be held to it."""
    fields = parse(signature).fields
    return fields.get("metric") != f"{metric.name}.v{metric.version}" or any(
        fields.get(name) == old for name, (_, old) in BEFORE.items()
    )
