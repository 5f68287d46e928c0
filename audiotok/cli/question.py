"""The question that `audiotok run`, `compare` and `submit` answer: which recipes, on which clips, by which metrics.

A `Question` is a dataclass of options (audiotok.cli.options), or a TOML or YAML file of the same names; `parts` gives
the tasks to run, each with its data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiotok.cli.config_file import Config
from audiotok.cli.options import CORES, Device, Quiet, Retry, RunsFolder, Workers
from audiotok.errors import AssetUnavailable, InvalidData, InvalidOption

if TYPE_CHECKING:
    from audiotok.core.anchor import Anchor
    from audiotok.core.tokenizer import Tokenizer
    from audiotok.data.manifest import Manifest
    from audiotok.results.record import Result
    from audiotok.runs.run import Run
    from audiotok.tasks.task import Context, Task

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count


@dataclass(frozen=True)
class Question:
    """Options of `run`, `compare` and `submit`."""

    suite: Annotated[str, typer.Option("--suite", help="Suite of recipes and data sets: mini or dates.")] = "mini"
    recipe: Annotated[
        str, typer.Option("--recipe", help="Run a single recipe instead of a suite; see `audiotok tasks`.")
    ] = ""
    data: Annotated[
        str,
        typer.Option(
            "--data", help="Data set, folder or manifest that replaces the default data; see docs/your-data.md."
        ),
    ] = ""
    metric: Annotated[
        list[str],
        typer.Option("--metric", "-m", help="Only these metrics, for example pesq_wb,estoi; see `audiotok metrics`."),
    ] = field(default_factory=list)
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Maximum number of clips per domain, spread over the data.")
    ] = None
    codebooks: Annotated[
        str,
        typer.Option(
            "--codebooks", help="Run every tokenizer with each of these numbers of codebooks, for example 1,2,4,8."
        ),
    ] = ""
    budget: Annotated[
        str, typer.Option("--budget", help="Named set of options for --recipe, for recipes that define one.")
    ] = ""
    runs: RunsFolder = Path("runs")
    device: Device = "cpu"
    workers: Workers = CORES
    engine: Annotated[
        str,
        typer.Option("--engine", help="Engine that encodes and scores: local, ray, or one from an installed package."),
    ] = "local"
    retry: Retry = False
    quiet: Quiet = False
    config: Config = None


@dataclass(frozen=True)
class Part:
    """A task, the data to run it on, and the metrics that were asked for."""

    task: Task
    loaded: Any  # what the task's `load` gave
    data: str  # the data set as it was named
    metrics: tuple[str, ...]
    context: Context

    def run(self, system: Tokenizer | Anchor) -> list[Result]:
        """Measure what is missing and return what was asked for; all, where a budget has none of the task's metrics."""
        measured = self.task.run(system, self.loaded, self.context)
        found = [result for result in measured if result.metric in self.metrics]
        return found if found or self.metrics != self.task.metrics else measured

    def files(self, system: Tokenizer | Anchor, results: Sequence[Result]) -> list[Path]:
        """The files that these results of this system stand in."""
        from audiotok.data.manifest import Manifest
        from audiotok.results import record
        from audiotok.runs.folder import open_folder

        named = self.loaded.name if isinstance(self.loaded, Manifest) else self.data
        if self.task.outputs:
            return self.task.left_by_runs(system, named, self.context.runs)
        if not isinstance(self.loaded, Manifest):
            return []  # a task of another package that does not say what it leaves
        folder = open_folder(self.context.runs, system, self.loaded, self.task.footing)
        if self.task.measure:  # other options may have files of their own
            found = {(result.metric, result.signature) for result in results}
            kept = sorted(folder.results(self.task.name).parent.glob(f"{self.task.name}*.jsonl"))
            return [path for path in kept if found & {(one.metric, one.signature) for one in record.read(path)}]
        files = (folder.results(self.task.file), folder.results(f"{self.task.file}.timings"))
        return [path for path in files if path.exists()]


def parts(question: Question) -> list[Part]:
    """The tasks to run; of a suite, a data set that is not here is named on stderr and left out.

    Raises UnknownName, InvalidOption, and AssetUnavailable where no data set is here.
    """
    first_run = question.engine == "local" and not question.runs.exists()
    if first_run:
        from audiotok.runs.processes import begin

        begin()  # imports torch beside this process
    from audiotok.tasks.task import Context

    chosen = _selected(_tasks(question), split_names(question.metric))
    loaded: dict[tuple[object, str], Any] = {}
    missing: dict[str, AssetUnavailable] = {}
    found = []
    for task, data, metrics in chosen:
        if data in missing:
            continue
        try:
            if (task.load, data) not in loaded:
                loaded[task.load, data] = _limited(task.load(data), question.limit, task.name)
        except AssetUnavailable as error:
            missing[data] = error
            continue
        options = task.budgets[question.budget] if question.budget else task.options
        context = Context(question.runs, question.device, question.workers, question.retry, options, question.engine)
        found.append(Part(task, loaded[task.load, data], data, metrics, context))
    if not found:
        raise AssetUnavailable("\n".join(map(str, missing.values())))
    if first_run:
        from audiotok.runs.score import make_ready

        make_ready([name for part in found if not part.task.measure for name in part.metrics])
    for reason in missing.values():
        typer.secho(f"left out {reason}", fg="yellow", err=True)
    return found


def sessions(question: Question) -> list[Run]:
    """The runs of `submit`. Raises as `parts` does, and InvalidOption for a task that the runner does not score."""
    from audiotok.tasks.task import session

    made = []
    for part in parts(question):
        if part.task.measure:
            raise InvalidOption(
                f"{part.task.name} is added to a submission from its earlier runs: first run audiotok run --recipe "
                f"{part.task.name}, then submit without --recipe"
            )
        made.append(session(part.task, part.loaded, part.context))
    return made


@contextmanager
def resumable(kept: Path) -> Iterator[None]:
    """Around work that a second call goes on with: Ctrl-C says so and ends with status 130."""
    try:
        yield
    except KeyboardInterrupt:
        typer.secho(f"\nstopped; completed work is kept in {kept}: the same command resumes from there", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None


def split_names(listed: Sequence[str]) -> list[str]:
    """["pesq_wb,estoi", "wer"] -> ["pesq_wb", "estoi", "wer"], each once. Raises InvalidOption without a name."""
    names = (name.strip() for one in listed for name in one.split(","))
    found = list(dict.fromkeys(name for name in names if name))
    if listed and not found:
        raise InvalidOption(f"expected names, separated by commas, got {','.join(listed)!r}")
    return found


def _tasks(question: Question) -> list[tuple[Task, str]]:
    """The tasks that are named, and the data of each."""
    from audiotok import tasks
    from audiotok.tasks.suites import suite

    asked = suite(question.suite)  # also where a recipe is named: raises UnknownName
    if not question.recipe:
        if question.budget:
            raise InvalidOption("--budget applies to one recipe: name it with --recipe")
        listed = ((part.task, question.data or part.data) for part in asked.required)
        return [(tasks.get(name), data) for name, data in dict.fromkeys(listed)]
    task = tasks.get(question.recipe)
    if question.budget and question.budget not in task.budgets:
        has = ", ".join(task.budgets) or "none"
        raise InvalidOption(f"{task.name} has no budget {question.budget!r}; it has {has}")
    return [(task, data_of(task, question.data))]


def data_of(task: Task, named: str) -> str:
    """The data set that is named, else the task's own. Raises InvalidOption where there is neither."""
    if not (named or task.dataset):
        raise InvalidOption(f"{task.name} needs your own data: name it with --data")
    return named or task.dataset


def _selected(chosen: Sequence[tuple[Task, str]], names: Sequence[str]) -> list[tuple[Task, str, tuple[str, ...]]]:
    """Each task with those of the named metrics that it has; all of its own where none is named.

    A metric that no task has is scored by the first whose metrics a run scores. Raises UnknownName, and InvalidOption
    where there is none.
    """
    from audiotok.metrics import catalogue

    if not names:
        return [(task, data, task.metrics) for task, data in chosen]
    foreign = [name for name in names if not any(name in task.metrics for task, _ in chosen)]
    takes_more = next((task for task, _ in chosen if task.measure is None), None)
    for name in foreign:
        catalogue.get(name)  # raises UnknownName with near names
        if takes_more is None:
            raise InvalidOption(f"{chosen[0][0].name} has no {name}; it has {', '.join(chosen[0][0].metrics)}")
        catalogue.scored_by_run(name)
    found = []
    for task, data in chosen:
        added = foreign if task is takes_more else []
        metrics = tuple(name for name in names if name in task.metrics or name in added)
        if metrics:
            found.append((task if task.measure else task.only(metrics), data, metrics))
    return found


def _limited(loaded: Any, limit: int | None, task: str) -> Any:
    from audiotok.data.manifest import Manifest

    if limit is None:
        return loaded
    if not isinstance(loaded, Manifest):
        raise InvalidOption(f"--limit is a number of clips, but {task} does not take clips; leave it out")
    return limited(loaded, limit)


def limited(manifest: Manifest, limit: int) -> Manifest:
    """At most `limit` clips of each domain, evenly spaced over the list, under a name of their own: "mini-limit-20"."""
    kept = set()
    for domain in {clip.domain for clip in manifest}:
        ids = [clip.id for clip in manifest.domain(domain)]
        kept |= {ids[i * len(ids) // limit] for i in range(limit)} if len(ids) > limit else set(ids)
    if len(kept) == len(manifest):
        return manifest
    return replace(
        manifest, name=f"{manifest.name}-limit-{limit}", clips=tuple(clip for clip in manifest if clip.id in kept)
    )


def require_answers(asked: Sequence[Part], results: Sequence[Result]) -> None:
    """Say on stderr which of the named metrics have no result. Raises InvalidData where none has."""
    scored = {result.metric for result in results}
    if not scored:
        raise InvalidData("none of the metrics applies to the domains of the data and the kind of system; see --help")
    for name in dict.fromkeys(name for part in asked for name in part.metrics if part.task.part):
        if name not in scored:
            typer.secho(
                f"{name}: no result, since it does not apply to this data or kind of system", fg="yellow", err=True
            )
