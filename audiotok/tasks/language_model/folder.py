"""Folders of the language models that are trained on a tokenizer's tokens.

    <runs>/lm/<data>-<hash>/<tokenizer>/train/, /test/    token stores
                                       /<name>-<hash>/    a model's checkpoint.pt, curves.jsonl and scores.jsonl
                                       /<hash>/acoustic_lm.jsonl  results, averaged over seeds

The hash is of the conditions, which stand in the results' signatures.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache, partial
from glob import escape
from pathlib import Path

from audiotok import data
from audiotok.core.identifier import slug
from audiotok.data.manifest import Manifest
from audiotok.metrics.language_model import REAL
from audiotok.tasks.task import System, Task

#: Data that the board's models are trained on.
TRAINED_ON = "small"


def lm_folder(runs: Path, speech: Manifest, identifier: str) -> Path:
    """The folder of a canonical identifier's models; `speech` is a manifest with its training split.

    The path is absolute, since it is sent to workers that run in other folders.
    """
    return runs.absolute() / "lm" / f"{speech.name}-{speech.sha256[:12]}" / slug(identifier)


def hashed(conditions: str) -> str:
    """Twelve hex digits of the sha256 of training or sampling conditions; names a run folder."""
    return hashlib.sha256(conditions.encode()).hexdigest()[:12]


def left_by_models(system: System, name: str, runs: Path) -> list[Path]:
    """Result files of everything that was asked of the board's models of a tokenizer, whatever the task."""
    return sorted(lm_folder(runs, board_speech(), system.identifier).rglob("results.jsonl"))


def results_below(runs: Path, name: str, identifier: str, pattern: str) -> list[Path]:
    """Result files in folders of this pattern, of a tokenizer's models on data of this name, whatever its hash."""
    places = (runs / "lm").glob(f"{escape(name)}-????????????/{slug(identifier)}/{pattern}/results.jsonl")
    return sorted(places)


@cache
def board_speech() -> Manifest:
    """The speech that the board's models are trained and tested on; made once, since every row asks for its hash."""
    return data.load(TRAINED_ON).domain("speech")


@cache
def training_speech() -> Manifest:
    """Its training split, made once as well."""
    return board_speech().split("train")


def trained_on(task: Task, training: Manifest) -> Task:
    """The task, its scores signed with the data that the models were trained on; without it if that is the board's."""
    if training.sha256 == training_speech().sha256:
        return task
    field = f"train:{training.name}@sha256:{training.sha256[:12]}"
    return replace(task, conditions=partial(_with_training, task, field))


def _with_training(task: Task, field: str, metric: str) -> str:
    own = task.conditions(metric)
    return own if metric.endswith(REAL) else "|".join(filter(None, (own, field)))
