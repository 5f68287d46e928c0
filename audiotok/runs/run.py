"""One system under one recipe on one data set, from audio to results: the order of the stages, nothing else."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from audiotok import data, registry
from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable
from audiotok.files.json import read_json
from audiotok.files.provenance import commit
from audiotok.metrics import catalogue
from audiotok.metrics.base import TimeMetric
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.code import clear_failures, code
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.memo import digest, memoised
from audiotok.runs.score import key, score, signal_metrics
from audiotok.runs.summarise import summarise

REFERENCE = "reference"


@dataclass(frozen=True)
class Run:
    """Where results go and what computes them; the same for every system of a session."""

    manifest: Manifest
    recipe: Recipe
    folder: Path = Path("runs")
    workers: int = os.cpu_count() or 1
    device: str = "cpu"
    retry: bool = False  # try clips again whose failure is on record

    def evaluate(self, identifier: str) -> list[Result]:
        """Run what is missing, write `results/<recipe>.jsonl` (and `.timings.jsonl`), return all of it.

        The reference itself is scored first: where it has no value, no system can have one.
        """
        self._fetch()
        reference, _ = self._scored(registry.load_system(REFERENCE))
        undefined = self._undefined(reference)
        system = registry.load_system(identifier, self.device)
        folder, unavailable = self._scored(system)
        made_of = [commit(), self.recipe.signature, undefined, unavailable]
        scored, timed = (
            [name for name in self.recipe.metrics if isinstance(catalogue.get(name), TimeMetric) == of_time]
            for of_time in (False, True)
        )
        results = []
        for names, name in ((scored, self.recipe.name), (timed, f"{self.recipe.name}.timings")):
            summary = partial(
                summarise,
                system,
                self.manifest,
                folder,
                self.recipe,
                names,
                undefined=undefined,
                unavailable=unavailable,
                runs=self.folder,
            )
            inputs = digest(*made_of, [(n, catalogue.get(n).version) for n in names], self._outcomes(folder, names))
            results += memoised(folder.results(name), inputs, summary)
        order = self.recipe.metrics.index
        return sorted(results, key=lambda result: (order(result.metric), result.domain))

    def _outcomes(self, folder: RunFolder, names: Sequence[str]) -> dict[str, list[Any]]:
        """clip -> its scores under these metrics, its times where one of them is of time, and why it failed."""
        keys = [key(metric) for metric in signal_metrics(names)]
        of_time = any(isinstance(catalogue.get(name), TimeMetric) for name in names)
        outcomes = {}
        for clip in self.manifest:
            scores, timing, failure = (
                read_json(path) if path.exists() else {}
                for path in (folder.scores(clip.id), folder.timing(clip.id), folder.failure(clip.id))
            )
            outcomes[clip.id] = [{name: scores.get(name) for name in keys}, timing if of_time else None, failure]
        return outcomes

    @cache  # noqa: B019  # once per Run, which lives as long as the process
    def _fetch(self) -> None:
        missing = data.fetch(self.manifest)
        if len(missing) == len(self.manifest):
            raise AssetUnavailable(f"no clip of {self.manifest.name} could be had; the first: {min(missing.values())}")
        for clip, reason in missing.items():
            warnings.warn(f"{self.manifest.name}: {clip} is left out: {reason}", stacklevel=2)

    def _scored(self, system: Tokenizer | Anchor) -> tuple[RunFolder, dict[str, str]]:
        folder = open_folder(self.folder, system, self.manifest)
        clips = [clip for clip in self.manifest if clip.domain in self._domains()]
        if self.retry:
            clear_failures(folder)
        code(system, clips, self.manifest.root, folder)
        unavailable = score(
            clips,
            self.manifest.root,
            folder,
            self.recipe.metrics,
            runs=self.folder,
            workers=self.workers,
            label=system.identifier,
        )
        return folder, unavailable

    def _domains(self) -> set[str]:
        """Those that some metric of the recipe was made for; metrics of tokens ask for nothing more."""
        return {domain for name in self.recipe.metrics for domain in getattr(catalogue.get(name), "domains", ())}

    def _undefined(self, reference: RunFolder) -> dict[str, dict[str, str]]:
        """metric -> clip -> why the reference has no score against itself."""
        undefined: dict[str, dict[str, str]] = {}
        for clip in self.manifest:
            if reference.failure(clip.id).exists():
                reason = read_json(reference.failure(clip.id))["reason"]
                for name in self.recipe.metrics:
                    undefined.setdefault(name, {})[clip.id] = reason
            if not reference.scores(clip.id).exists():
                continue
            kept = read_json(reference.scores(clip.id))
            for metric in signal_metrics(self.recipe.metrics):
                if isinstance(outcome := kept.get(key(metric)), dict):
                    undefined.setdefault(metric.name, {})[clip.id] = outcome["failed"]
        return undefined
