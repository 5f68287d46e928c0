"""One system under one recipe on one data set, from audio to results: the order of the stages, nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from audiotok import data, registry
from audiotok.anchor import Anchor
from audiotok.data.manifest import Manifest
from audiotok.metrics import catalogue
from audiotok.metrics.base import TimeMetric
from audiotok.recipe import Recipe
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.stages.code import clear_failures, code
from audiotok.stages.folder import RunFolder, open_folder, read_json
from audiotok.stages.score import key, score
from audiotok.stages.summarise import summarise
from audiotok.tokenizer import Tokenizer

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
        data.fetch(self.manifest)
        reference = self._scored(registry.load_system(REFERENCE))
        system = registry.load_system(identifier, self.device)
        folder, unavailable = self._scored(system)
        results = summarise(
            system,
            self.manifest,
            folder,
            self.recipe,
            undefined=self._undefined(reference[0]),
            unavailable=unavailable,
            runs=self.folder,
        )
        timed = [r for r in results if isinstance(catalogue.get(r.metric), TimeMetric)]
        record.write(folder.results(self.recipe.name), [r for r in results if r not in timed])
        if timed:
            record.write(folder.results(f"{self.recipe.name}.timings"), timed)
        return results

    def _scored(self, system: Tokenizer | Anchor) -> tuple[RunFolder, dict[str, str]]:
        folder = open_folder(self.folder, system, self.manifest)
        clips = [clip for clip in self.manifest if clip.domain in self._domains()]
        if self.retry:
            clear_failures(folder)
        code(system, clips, folder)
        unavailable = score(
            clips, folder, self.recipe.metrics, runs=self.folder, workers=self.workers, label=system.identifier
        )
        return folder, unavailable

    def _domains(self) -> set[str]:
        """Those that some metric of the recipe was made for; metrics of tokens ask for nothing more."""
        return {domain for name in self.recipe.metrics for domain in getattr(catalogue.get(name), "domains", ())}

    def _undefined(self, reference: RunFolder) -> dict[str, dict[str, str]]:
        """metric -> clip -> why the reference has no score against itself."""
        undefined: dict[str, dict[str, str]] = {}
        for clip in self.manifest:
            if not reference.scores(clip.id).exists():
                continue
            kept = read_json(reference.scores(clip.id))
            for name in self.recipe.metrics:
                outcome = kept.get(key(metric)) if hasattr(metric := catalogue.get(name), "analysis") else None
                if isinstance(outcome, dict):
                    undefined.setdefault(name, {})[clip.id] = outcome["failed"]
        return undefined
