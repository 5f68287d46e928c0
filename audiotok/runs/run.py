"""One system under one recipe on one data set, from audio to results: the order of the stages, nothing else."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from audiotok import data, registry
from audiotok.core.anchor import Anchor
from audiotok.core.card import DOMAINS
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable, machine_trouble_at
from audiotok.files.provenance import commit
from audiotok.metrics import catalogue
from audiotok.metrics.alignment import Lag
from audiotok.metrics.analysis import DOMAIN_RATES
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.code import clear_failures, code
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.memo import digest, memoised
from audiotok.runs.score import make_ready, score
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
    engine: str = "local"  # what codes and scores, by its name (audiotok.runs.engines)

    def evaluate(self, system: str | Tokenizer | Anchor) -> list[Result]:
        """Run what is missing, write `results/<recipe>.jsonl` (and `.timings.jsonl`), return all of it.

        `system`: an identifier, or what it has loaded. The reference itself is scored first: where it has no value, no
        system can have one. Raises MachineTrouble where disk, memory or rights stop the run; the same call, once that
        is mended, ends as if nothing had happened.
        """
        with machine_trouble_at(str(self.folder)):
            return self._evaluate(system)

    def _evaluate(self, identifier: str | Tokenizer | Anchor) -> list[Result]:
        if missing := self._fetch():
            Run._fetch.cache_clear()  # they may be there the next time
        undefined = {name: dict(missing) for name in self.recipe.metrics}
        reference = registry.load_system(REFERENCE)
        folder = open_folder(self.folder, reference, self.manifest, self.recipe.footing)
        with folder.locked():
            self._score(reference, folder, missing)
            self._find_undefined(folder, undefined)
        system = registry.load_system(identifier, self.device) if isinstance(identifier, str) else identifier
        folder = open_folder(self.folder, system, self.manifest, self.recipe.footing)
        with folder.locked():
            unavailable = self._score(system, folder, missing)
            results = list(self._results(system, folder, undefined, unavailable))
        order = self.recipe.metrics.index
        return sorted(results, key=lambda result: (order(result.metric), result.domain))

    def _results(
        self,
        system: Tokenizer | Anchor,
        folder: RunFolder,
        undefined: Mapping[str, Mapping[str, str]],
        unavailable: Mapping[str, str],
    ) -> Iterator[Result]:
        """Files of the results; times have their own, so that the other has nothing that differs from run to run."""
        timed = [name for name in self.recipe.metrics if catalogue.get(name).timed]
        scored = [name for name in self.recipe.metrics if name not in timed]
        for file, names in ((self.recipe.file, scored), (f"{self.recipe.file}.timings", timed)):
            if not names and self.recipe.part:
                continue
            inputs = digest(
                commit(),
                self.recipe.signature,
                {name: (m.version, m.source) if (m := catalogue.get(name)).source else m.version for name in names},
                {name: undefined[name] for name in names},
                {name: unavailable[name] for name in names if name in unavailable},
                self._outcomes(folder, names),
            )
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
            yield from memoised(folder.results(file), inputs, summary)

    def _outcomes(self, folder: RunFolder, names: Sequence[str]) -> dict[str, list[Any]]:
        """clip -> what it was coded to, its scores, its times where a metric is of time, and why it failed."""
        keys = [metric.key for metric in catalogue.of_signals(names)]
        of_time = any(catalogue.get(name).timed for name in names)
        outcomes = {}
        for clip in self.manifest:
            scores = folder.read_scores(clip.id)["scores"]
            timing = folder.read("timings", clip.id) if of_time else None
            kept = {name: scores.get(name) for name in keys}
            outcomes[clip.id] = [folder.hashes(clip.id), kept, timing, folder.failure(clip.id)]
        return outcomes

    @cache  # noqa: B019  # once per Run, which lives as long as the process
    def _fetch(self) -> dict[str, str]:
        """Clips whose file is not to be had now, with the reason: left out of this run, and of no record."""
        missing = data.fetch(self.manifest)
        if len(missing) == len(self.manifest):
            raise AssetUnavailable(
                f"no clip of {self.manifest.name} could be obtained; the first: {min(missing.values())}"
            )
        for clip, why_not in missing.items():
            warnings.warn(f"{self.manifest.name}: {clip} is left out: {why_not}", stacklevel=2)
        return missing

    def _score(self, system: Tokenizer | Anchor, folder: RunFolder, missing: Collection[str]) -> dict[str, str]:
        """Code and score what is open. Returns the metrics that could not be opened, with the reason."""
        clips = [clip for clip in self.manifest if clip.domain in self._domains() and clip.id not in missing]
        if self.retry:
            clear_failures(folder)
        parts, lags = [clips], {}
        if isinstance(system, Anchor) and folder.is_new:  # of an anchor nothing is timed
            make_ready(self.recipe.metrics, self.engine)
        if system.identifier == REFERENCE:
            lags = {domain: Lag(0, rate) for domain, rate in DOMAIN_RATES.items()}
            if clips and folder.is_new:  # whether scoring works is known before the other clips are read
                parts = [[min(clips, key=lambda clip: clip.duration)], clips]
        unavailable: dict[str, str] = {}
        for part in parts:
            code(system, part, self.manifest.root, folder, engine=self.engine, workers=self.workers)
            unavailable |= score(
                part,
                self.manifest.root,
                folder,
                self.recipe.metrics,
                runs=self.folder,
                workers=self.workers,
                label=system.identifier,
                lags=lags,
                engine=self.engine,
            )
        return unavailable

    def _domains(self) -> set[str]:
        """Domains that some metric of the recipe applies to; a metric that names none applies to any."""
        return {domain for name in self.recipe.metrics for domain in catalogue.get(name).domains or DOMAINS}

    def _find_undefined(self, reference: RunFolder, undefined: dict[str, dict[str, str]]) -> None:
        """Add, per metric, the clips on which the reference has no score against itself, with the reason."""
        for clip in self.manifest:
            if (failure := reference.failure(clip.id)) is not None:
                for of_metric in undefined.values():
                    of_metric.setdefault(clip.id, failure)
                continue
            kept = reference.read_scores(clip.id)["scores"]
            for metric in catalogue.of_signals(self.recipe.metrics):
                if isinstance(outcome := kept.get(metric.key), dict) and "undefined" in outcome:
                    undefined[metric.name].setdefault(clip.id, outcome["undefined"])
