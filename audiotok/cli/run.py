"""`audiotok run`, `compare` and `submit`: a question to tokenizers, or to two of them, or for the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audiotok.cli.options import print_json
from audiotok.cli.question import Part, Question, parts, require_answers, resumable, sessions
from audiotok.cli.systems import SystemNames, identifiers, obtainable
from audiotok.errors import InvalidData, InvalidOption

if TYPE_CHECKING:
    from audiotok.results.compare import SetItems
    from audiotok.results.record import Result

AsJson = Annotated[bool, typer.Option("--json", help="Print the results and their files as JSON.")]
Full = Annotated[
    bool, typer.Option("--full", help="Show every metric with its interval, one table per domain and question.")
]


def run(tokenizer: SystemNames, question: Question, as_json: AsJson = False, full: Full = False) -> None:
    """Evaluate tokenizers with a suite or a single recipe. An interrupted run resumes."""
    with resumable(question.runs):
        asked = parts(question)
        answers = _answers(identifiers(tokenizer, question.codebooks), asked, question.device)
    require_answers(asked, answers.results)
    _print(answers.results, answers.files, as_json, full)


def compare(
    a: Annotated[str, typer.Argument(help="Tokenizer.")],
    b: Annotated[str, typer.Argument(help="Tokenizer.")],
    question: Question,
    as_json: AsJson = False,
) -> None:
    """Compare two tokenizers on the same clips: difference, interval and corrected p-value of every common metric."""
    from audiotok.results.compare import as_rows, texts
    from audiotok.results.compare import compare as paired
    from audiotok.tasks.suites import family

    with resumable(question.runs):
        asked = parts(question)
        of_a, of_b = (identifiers([name], question.codebooks) for name in (a, b))
        width = max(len(of_a), len(of_b))  # an anchor is one system, whatever the number of codebooks
        pairs = zip(of_a * (width // len(of_a)), of_b * (width // len(of_b)), strict=True)
        compared = []
        files: list[Path] = []
        for pair in pairs:
            ours, theirs = (_answers([name], asked, question.device, pairing=True) for name in pair)
            require_answers(asked, [*ours.results, *theirs.results])
            for name, found in zip(pair, (ours, theirs), strict=True):
                if not found.results:
                    raise InvalidData(f"none of the metrics applies to {name}, so that there is nothing to compare")
            of_sets = {
                key: found
                for one, other in zip(ours.set_items, theirs.set_items, strict=True)
                if one and other
                for key, found in one.against(other).items()
            }
            compared.append(paired(ours.results, theirs.results, of_sets=of_sets, family=family))
            files += [*ours.files, *theirs.files]
    if as_json:
        rows = [row for one in compared for row in as_rows(one)]
        print_json({"comparisons": rows, "files": list(map(str, dict.fromkeys(files)))})
        return
    typer.echo(texts(compared).rstrip("\n"))
    _name_files(files)


def submit(
    tokenizer: SystemNames,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to create the submission's folder in.")],
    question: Question,
    as_json: AsJson = False,
) -> None:
    """Run missing evaluations and write the submission folder for the leaderboard."""
    from audiotok.leaderboard.submission.submit import submit as write

    if recordings := [name for name in tokenizer if name.startswith("folder:")]:
        raise InvalidOption(
            f"{recordings[0]} is a folder of recordings, which others cannot run: the board does not take it"
        )
    with resumable(question.runs):
        found = obtainable(identifiers(tokenizer, question.codebooks), question.device)
        runs = sessions(question)
        written = [write(identifier, runs, output, question.suite) for identifier in found]
    if as_json:
        print_json({"submissions": list(map(str, written))})
    else:
        typer.echo("\n".join(map(str, written)))
    if question.recipe or question.metric or question.limit or question.data:
        typer.secho(
            "not accepted by the public board, which takes every part of a suite on the suite's own data; audiotok "
            "leaderboard build --runs shows it on your own page",
            fg="yellow",
            err=True,
        )


@dataclass
class Measured:
    """Results of systems, and what stands beside them."""

    results: list[Result] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)  # that they stand in
    set_items: list[SetItems | None] = field(default_factory=list)  # of each part


def _answers(names: Sequence[str], asked: Sequence[Part], device: str, *, pairing: bool = False) -> Measured:
    """The answers of every system, loaded one at a time. pairing: with what values of a whole set are compared by."""
    from audiotok import registry

    answers = Measured()
    for name in obtainable(names, device, [part.task for part in asked]):
        system = registry.load_system(name, device)
        for part in asked:
            found = part.run(system)
            answers.results += found
            answers.files += part.files(system, found)
            if pairing:
                answers.set_items.append(part.task.set_items(system, part.loaded, part.context))
    return answers


def _print(results: Sequence[Result], files: Sequence[Path], as_json: bool, full: bool) -> None:
    from audiotok.cli.table import show, show_summary, why_missing
    from audiotok.results.frame import rows

    for line in why_missing(results):
        typer.secho(line, fg="yellow", err=True)
    if as_json:
        print_json({"results": list(rows(results)), "files": list(map(str, files))})
        return
    if full:
        show(results)
    else:
        show_summary(results)
    _name_files(files)


def _name_files(files: Sequence[Path]) -> None:
    for file in dict.fromkeys(files):
        typer.echo(f"results: {file}")
