"""Are the words still there?"""

from __future__ import annotations

from audiotok.tasks.task import Task

TASK = Task(
    *("wer", 1, ("wer", "cer", "dwer")),
    question="Are the words still there?",
    cost="a minute on two cores",
)
