"""A task: one question about a system, and everything that the rest of audiotok asks about it.

    # audiotok/tasks/loudness.py, or a module of another package with an entry point in "audiotok.tasks"
    TASK = Task("loudness", 1, ("loudness_error",), question="Is the output as loud as the input?")

`audiotok run --recipe`, recipes, suites, submissions and the page read the declaration. A task whose metrics the runner
can score clip by clip (audiotok.runs) needs no more than this; any other gives `measure`. What it imports at the top
must be light: the board reads every declaration. Models are imported inside of `measure`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.loading import load as load_data
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, InvalidOption
from audiotok.results.compare import SetItems
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.folder import open_folder
from audiotok.runs.run import Run

System = Tokenizer | Anchor


@dataclass(frozen=True)
class Context:
    """Where and how tasks run; the same for every system of a session."""

    runs: Path = Path("runs")
    device: str = "cpu"
    workers: int = os.cpu_count() or 1
    retry: bool = False  # try again what failed
    options: Any = None  # of the task's own kind; None for its defaults
    engine: str = "local"  # what encodes, codes and scores clips and trains language models


@dataclass(frozen=True)
class ScoredItem:
    """Speaker and language of a scored item; the bootstrap groups by them."""

    speaker: str | None
    language: str | None


@dataclass(frozen=True)
class Samples:
    """Audio that a row may hold of a task, in a folder called after it, to hear on the board."""

    clips: int  # how many, the same ones for every row
    prompt: float = 0.0  # seconds at the beginning that are real audio
    seconds: float | None = None  # of the clean clip that are played beside it; None for all


def any_system(system: System) -> str:
    """Every system can be judged."""
    return ""


def only_tokenizers(system: System) -> str:
    """Why a system without tokens is not judged."""
    return "" if isinstance(system, Tokenizer) else "it has no tokens"


def only_codecs(system: System) -> str:
    """Why a system that gives no audio from tokens is not judged."""
    return "" if isinstance(system, Codec) else "it has no decoder, so nothing can be heard"


def clips_of_domain(result: Result, manifest: Manifest | None) -> dict[str, ScoredItem]:
    """Every clip of the result's domain."""
    clips = manifest.domain(result.domain) if manifest else ()
    return {clip.id: ScoredItem(clip.speaker, clip.language) for clip in clips}


def own_weights(items: Collection[str]) -> Mapping[str, float]:
    """No weight is prescribed: it is what the score is out of."""
    return {}


def no_set_items(system: System, loaded: Any, context: Context) -> SetItems | None:
    """Nothing is kept by which values of a whole set could be compared."""
    return None


@dataclass(frozen=True, kw_only=True)
class Task(Recipe):
    """A recipe that says how it is run, on what, and how its scores are checked and shown.

    `conditions` (of Recipe) gives the fields of a signature under default options.
    """

    question: str  # one sentence
    cost: str = ""  # of one system, "two minutes on two cores"
    dataset: str = "mini"  # to run on by default, what `load` takes; "" where the user has to say
    load: Callable[[str], Any] = load_data
    clip_fields: tuple[str, ...] = ()  # without which no clip can be used: "text", "language", "speaker", "label"
    #: Why a system cannot be judged; "" where it can.
    cannot_judge: Callable[[System], str] = any_system
    #: (system, loaded data, context) -> the results to show; None: the runner scores the metrics on every clip.
    measure: Callable[[Any, Any, Context], list[Result]] | None = None
    #: Default options, and others by name for another budget (`--budget gpu`).
    options: Any = field(default=None, hash=False, compare=False)
    budgets: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    #: (system, data, runs) -> files of results that earlier runs have left; None: where the runner writes them.
    outputs: Callable[[System, str, Path], Iterable[Path]] | None = None
    #: The clips of data that everybody has by its name; None where they are the submitter's own files.
    clips: Callable[[str], Manifest | None] = load_data
    #: The items of which a result must have a score or a failure, by id.
    items: Callable[[Result, Manifest | None], dict[str, ScoredItem]] = clips_of_domain
    #: Ids of scored items -> what each must weigh; empty where that is the score's own (words, seconds).
    weights: Callable[[Collection[str]], Mapping[str, float]] = own_weights
    #: (system, loaded data, context) -> scores of the items behind values of a whole set, as a run has kept them.
    set_items: Callable[[Any, Any, Context], SetItems | None] = no_set_items
    #: Whether `verify` runs it anew, on all clips or on those that it draws: minutes, on bundled data, the same numbers
    #: anywhere within the tolerance of its metrics.
    measured_again: Literal["", "all", "drawn"] = ""
    many_items: bool = False  # whether a result may be of tens of thousands of items, and its file be as large
    samples: Samples | None = None

    def run(self, system: System, loaded: Any, context: Context) -> list[Result]:
        """Measure what is missing, and return the results to show. `loaded` is what `load` gave.

        Raises InvalidOption where the system cannot be judged, InvalidData where the clips lack what the task needs.
        """
        self.require(system)
        if isinstance(loaded, Manifest):
            for name in self.clip_fields:
                if all(getattr(clip, name) is None for clip in loaded):
                    raise InvalidData(f"{loaded.name}: {self.name} needs clips with a {name}, and none has one")
        if self.measure:
            return self.measure(system, loaded, context)
        return session(self, loaded, context).evaluate(system)

    def under(self, options: Any) -> Self:
        """The task as it is asked with options of its kind, under whose conditions its scores are signed."""
        return replace(self, options=options, conditions=options.conditions)

    def require(self, system: System) -> None:
        """Raises InvalidOption where the system cannot be judged."""
        if why := self.cannot_judge(system):
            raise InvalidOption(f"{system.identifier} cannot be evaluated by {self.name}: {why}")

    def left_by_runs(self, system: System, name: str, runs: Path) -> list[Path]:
        """Files of results that earlier runs on a data set have left."""
        if self.outputs is None:
            found: Iterable[Path] = [open_folder(runs, system, self.load(name), self.footing).results(self.name)]
        else:
            found = self.outputs(system, name, runs)
        return [path for path in found if path.exists()]


def session(task: Task, manifest: Manifest, context: Context) -> Run:
    """The scorer of a task that measures nothing itself; one for all systems, since it looks for the clips once."""
    return _session(task, manifest, manifest.root, replace(context, options=None))


@cache
def _session(task: Task, manifest: Manifest, root: Path | None, context: Context) -> Run:
    """`root` is the manifest's, which equal manifests need not share."""
    return Run(manifest, task, context.runs, context.workers, context.device, context.retry, context.engine)
