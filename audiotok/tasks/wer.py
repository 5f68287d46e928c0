"""How many word errors does a speech recogniser make on the decoded speech?"""

from __future__ import annotations

from audiotok.tasks.task import Task

TASK = Task(
    *("wer", 1, ("wer", "cer", "dwer")),
    question="How many word errors does a speech recogniser make on the decoded speech?",
    cost="a minute on two cores",
)
