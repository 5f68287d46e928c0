"""The protocol of a suite's scores: their signature and the items that they are of. The task declares both."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from audiotok import tasks
from audiotok.data.manifest import Manifest
from audiotok.metrics import catalogue
from audiotok.metrics.base import Declaration
from audiotok.results.record import Result, ScoredClip
from audiotok.results.signature import Signature, parse
from audiotok.tasks.suites import SuitePart
from audiotok.tasks.task import Task

RELATIVE = 1e-6  # for sums of floating-point numbers
_DATA = re.compile(r"(?P<name>[^@]+)@sha256:(?P<sha256>[0-9a-f]{12})")


def signature_of(task: Task, metric: Declaration, manifest: Manifest | None, claimed: Signature) -> str:
    """The signature of a score today; without a manifest, on the submitter's own data as it is claimed."""
    if manifest is not None:
        return task.signature_of(metric, manifest)
    named = _DATA.fullmatch(claimed.fields.get("data", ""))
    return task.sign_metric(metric, named["name"] if named else "data", named["sha256"] if named else "0" * 12)


def matches_protocol(result: Result, part: SuitePart, manifest: Manifest | None) -> bool:
    """Whether a score of a part of a suite is measured as the board takes it."""
    claimed = parse(result.signature)
    right = signature_of(tasks.get(part.task), catalogue.get(result.metric), manifest, claimed)
    return claimed.data == part.data and result.signature == right


def restrict_to(result: Result, manifest: Manifest | None) -> Result:
    """The result without clips that are not in the data set."""
    ids = {clip.id for clip in manifest or ()}
    return replace(result, undefined={clip: why for clip, why in result.undefined.items() if clip in ids})


def close(a: float, b: float) -> bool:
    """Whether two sums of the same numbers are equal up to rounding."""
    return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=1e-9)


def weight_faults(task: Task, scores: Iterable[ScoredClip]) -> Iterator[str]:
    """Where scores weigh what they should not."""
    scores = list(scores)
    expected = task.weights([score.clip for score in scores])
    for score in scores:
        weight = expected.get(score.clip, score.weight)
        if abs(score.weight - weight) > RELATIVE:
            yield f"{score.clip}: expected {weight:.6g} as weight, got {score.weight:.6g}"
            return
