"""Scores of trials, which a run keeps beside its error rates, so that two systems can be compared trial by trial.

trained/verification-trials-<hash of the conditions>.json   line of the list -> a score of each seed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audiotok.data.trials import Trial, TrialList
from audiotok.errors import MetricUndefined
from audiotok.files.sealed import read_sealed, write_sealed
from audiotok.results.paired import Comparison
from audiotok.results.verification import Array, compared
from audiotok.runs.memo import digest
from audiotok.tasks.probes.options import TrainedOptions


@dataclass(frozen=True)
class TrialScores:
    """Scores of one system by trial and seed; without the trials that it failed on."""

    listed: TrialList
    scores: Mapping[int, Sequence[float]]  # by the trial's line

    def against(self, other: TrialScores) -> dict[tuple[str, str], Comparison]:
        """(metric, domain) -> the two on the trials that both have scored; empty where these allow no comparison."""
        trials = [trial for trial in self.listed.trials if trial.line in self.scores and trial.line in other.scores]
        ours, theirs = ([*np.array([own.scores[trial.line] for trial in trials]).T] for own in (self, other))
        same = np.array([trial.same for trial in trials], dtype=bool)
        try:
            found = compared(ours, theirs, same, speakers_of(trials))
        except MetricUndefined:
            return {}
        return {(metric.name, metric.domains[0]): comparison for metric, comparison in found.items()}


def speakers_of(trials: Sequence[Trial]) -> list[tuple[str, str]]:
    """Who speaks in both clips of each."""
    return [(str(trial.first.speaker), str(trial.second.speaker)) for trial in trials]


def conditions_of(options: TrainedOptions, listed: TrialList) -> str:
    """All that scores of these trials depend on, beside the tokens and the code."""
    return f"{options.conditions}|{listed.conditions}"


def keep(folder: Path, name: str, conditions: str, trials: Sequence[Trial], of_seeds: Sequence[Array]) -> None:
    """Keep the scores of trials [N], an array of each seed."""
    scores = {str(trial.line): [float(of[place]) for of in of_seeds] for place, trial in enumerate(trials)}
    write_sealed(_path(folder, name, conditions), scores, conditions)


def kept(folder: Path, name: str, conditions: str, listed: TrialList) -> TrialScores | None:
    """The scores that a run under these conditions has kept; None where there was none. Raises AlteredFile."""
    found = read_sealed(_path(folder, name, conditions), conditions)
    return None if found is None else TrialScores(listed, {int(line): scores for line, scores in found.items()})


def _path(folder: Path, name: str, conditions: str) -> Path:
    return folder / f"{name}-trials-{digest(conditions)[:12]}.json"
