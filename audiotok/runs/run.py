"""One system under one recipe on one data set, from audio to results: the order of the stages, nothing else."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from audiotok import data, registry
from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable
from audiotok.files.json import read_json
from audiotok.metrics import catalogue
from audiotok.metrics.base import TimeMetric
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs import memo
from audiotok.runs.code import clear_failures, code
from audiotok.runs.folder import RunFolder, open_folder
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
        inputs = memo.digest(self.manifest, folder, self.recipe, undefined, unavailable)
        if (results := memo.stored(folder, self.recipe, inputs)) is not None:
            return results
        results = summarise(
            system,
            self.manifest,
            folder,
            self.recipe,
            undefined=undefined,
            unavailable=unavailable,
            runs=self.folder,
        )
        timed = [r for r in results if isinstance(catalogue.get(r.metric), TimeMetric)]
        memo.store(folder, self.recipe, inputs, [r for r in results if r not in timed], timed)
        return results

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
