"""Signatures from before a metric's numbers changed: an accepted row keeps them, and is not compared by them.

The page shows such a score under its own signature and leaves it out of the column's ranks. Only rows of an older
format may have them: a new row is signed as of today, and `verify` measures all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audiotok.metrics.base import Declaration
from audiotok.results.signature import Signature, parse


@dataclass(frozen=True)
class Change:
    """Fields of signatures that changed together."""

    now: Mapping[str, str]
    before: Mapping[str, str]  # without those that are new
    of_version_1: bool = False  # whether every metric that has the fields was at version 1 before

    def made(self, fields: Mapping[str, str]) -> bool:
        return self.now.items() <= fields.items()

    def undone(self, fields: Mapping[str, str]) -> dict[str, str]:
        metric = {"metric": fields["metric"].rpartition(".v")[0] + ".v1"} if self.of_version_1 else {}
        return {name: value for name, value in fields.items() if name not in self.now} | {**self.before, **metric}


#: The newest first.
CHANGES = (
    Change({"normaliser": "audiotok-text.v5"}, {"normaliser": "audiotok-text.v4"}),
    Change({"normaliser": "audiotok-text.v4"}, {"normaliser": "audiotok-text.v3"}),
    Change(
        {"compute": "float32", "loops": "no-5-gram-twice", "normaliser": "audiotok-text.v3"},
        {"compute": "int8", "normaliser": "audiotok-text.v2"},
    ),
    Change({"normaliser": "audiotok-text.v3"}, {"normaliser": "audiotok-text.v2"}),  # without an ASR model
    Change({"normaliser": "audiotok-text.v2"}, {"normaliser": "audiotok-text.v1"}, of_version_1=True),
)


#: Metrics whose version went up without another change of the signature -> what they were before.
RAISED = {
    "tts_soundless.v2": "tts_soundless.v1",
    **{f"tts_{name}.v3": f"tts_{name}.v2" for name in ("wer", "wer_real", "cer", "cer_real")},
}


def earlier(right: str) -> tuple[str, ...]:
    """The signatures that a score had before, for one of today, the latest first.

    >>> earlier("probe.v1|metric:probe_cer.v2|normaliser:audiotok-text.v2")
    ('probe.v1|metric:probe_cer.v1|normaliser:audiotok-text.v1',)
    >>> earlier("reconstruction.v1|metric:stoi.v1")
    ()
    """
    signed = parse(right)
    fields, found = dict(signed.fields), []
    if before := RAISED.get(fields["metric"]):
        fields["metric"] = before
        found.append(str(Signature(signed.recipe, fields)))
    for change in CHANGES:
        if change.made(fields):
            fields = change.undone(fields)
            found.append(str(Signature(signed.recipe, fields)))
    return tuple(found)


def is_earlier(signature: str, metric: Declaration) -> bool:
    """Whether a score of the metric is signed as before its numbers changed, so that today's cannot be held to it."""
    fields = parse(signature).fields
    return fields.get("metric") != f"{metric.name}.v{metric.version}" or any(
        change.before.items() <= fields.items() for change in CHANGES
    )
