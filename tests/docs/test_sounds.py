"""The tables of docs/sounds.md are of the metrics that are declared today."""

import re
from pathlib import Path

from audiotok.metrics.generated import ANSWERS, DRUMS

PAGE = (Path(__file__).parents[2] / "docs" / "sounds.md").read_text(encoding="utf-8")


def test_the_table_of_drum_strokes_is_of_the_version_that_the_metrics_have() -> None:
    [measured] = re.findall(r"measured\s+with\s+version\s+(\d+)\s+of\s+the\s+metrics", PAGE.partition("## Music")[0])
    assert {metric.version for metric in ANSWERS[DRUMS]} == {int(measured)}
