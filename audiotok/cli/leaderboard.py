"""`audiotok leaderboard …`: what becomes of submissions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audiotok.cli.options import CORES, Device, RunsFolder, Workers, known_domain
from audiotok.cli.question import split_names

leaderboard_app = typer.Typer(help="Build the leaderboard page; check and verify submissions.", no_args_is_help=True)

SUBMISSIONS = Path("leaderboard/submissions")
Submissions = Annotated[
    Path, typer.Option(help="Folder of all submissions, including `reference`, the scores of the originals.")
]
SubmissionFolders = Annotated[list[Path], typer.Argument(help="One or more folders written by `audiotok submit`.")]
Source = Annotated[Path, typer.Option("--from", help="Results file, or folder of submissions or runs.")]


@leaderboard_app.command("build")
def leaderboard_build(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the page to.")] = Path(
        "build/leaderboard"
    ),
    submissions: Submissions = SUBMISSIONS,
    local: Annotated[
        list[Path], typer.Option(help="Folder written by `audiotok submit` on this machine; repeatable.")
    ] = [],  # noqa: B006
    runs: Annotated[Path | None, typer.Option(help="Folder of runs, for suites on your own data (dates).")] = None,
) -> None:
    """Build the page from submissions and local results. Rows that fail `check` are left out and reported."""
    from audiotok.leaderboard.page.build import build
    from audiotok.leaderboard.page.history import history
    from audiotok.leaderboard.page.listening import heard, with_reference_audio
    from audiotok.leaderboard.submission.entry import of_results
    from audiotok.leaderboard.submission.rows import rows
    from audiotok.results.frame import read_all
    from audiotok.tasks.suites import SUITES

    entries, refused = rows(submissions, local)
    listened = heard(SUITES["mini"])
    entries = with_reference_audio(entries, listened, output / "reference")
    entries += of_results(read_all(runs), entries) if runs else []
    clips = {one.name: one.described for one in listened}
    page = build(entries, output, clips=clips, refused=refused, history=history(submissions))
    for name, reason in refused.items():
        typer.secho(f"left out {name}: {reason}", fg="yellow", err=True)
    typer.echo(f"{page}: {len(entries)} systems")


@leaderboard_app.command("check")
def leaderboard_check(folder: SubmissionFolders, submissions: Submissions = SUBMISSIONS) -> None:
    """Check submissions without running their code. Exit status 1 if one is refused."""
    from audiotok.leaderboard.submission.check import check
    from audiotok.leaderboard.submission.rows import on_board, reference_scores, row_of

    reference = reference_scores(submissions)
    if not reference:
        typer.secho(
            f"{submissions} has no folder named reference: scores are not compared with those of the clean clips",
            err=True,
        )
    board = on_board(submissions)
    accepted: dict[Path, tuple[str, str]] = {}
    refused = False
    for path in folder:
        place, own = path.resolve(), row_of(path)
        # A new version of a row is held against all rows but that one; another row in a folder of its name is not one.
        taken = dict(row for name, row in board.items() if name != place.name or (own and row[0] != own[0]))
        taken |= dict(row for other, row in accepted.items() if other != place)
        problems = check(path, taken, reference)
        if own and not problems:
            accepted[place] = own
        refused |= bool(problems)
        typer.echo(f"{path}: {f'refused, {len(problems)} problems' if problems else 'accepted'}")
        typer.echo("".join(f"  {problem}\n" for problem in problems), nl=False)
    if refused:
        raise typer.Exit(1)


@leaderboard_app.command("verify")
def leaderboard_verify(
    folder: SubmissionFolders,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    workers: Workers = CORES,
    seed: Annotated[
        str | None,
        typer.Option(
            help="Seed for drawing the clips, combined with the folder's hash; for example a pull request number."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Verify all clips and the scores of whole data sets, instead of twelve clips.")
    ] = False,
    ours: Annotated[
        bool,
        typer.Option(
            "--ours",
            help="Load only what audiotok installs, no other package or weights; others are not verified.",
        ),
    ] = False,
    record: Annotated[
        Path | None, typer.Option(help="Add rows that pass to this file, such as leaderboard/verified.json.")
    ] = None,
) -> None:
    """Decode the submitted tokens again and compare the scores. Exit status 1 unless all are verified."""
    from audiotok import registry
    from audiotok.core.identifier import Identifier
    from audiotok.errors import AudiotokError, MachineTrouble, is_machine_trouble, reason
    from audiotok.leaderboard.submission.entry import read_entry
    from audiotok.leaderboard.submission.verified import record_verification
    from audiotok.leaderboard.submission.verify import verify

    passed = True
    for path in folder:
        try:
            identifier = read_entry(path).tokenizer  # from the parsed records: text of a file may say anything
            foreign = registry.foreign(Identifier.parse(identifier))
            # Weights that a folder's identifier names are loaded for nobody: they may have come with the folder.
            if (why := registry.unasked(identifier)) and (ours or not foreign):
                by_hand = "a maintainer installs its package and runs audiotok leaderboard verify by hand"
                typer.echo(
                    f"{identifier}: NOT VERIFIED\n  -       a tokenizer {why}: "
                    + (by_hand if foreign else "only weights that audiotok knows are loaded")
                )
                passed = False
                continue
            verification = verify(path, runs=runs, workers=workers, device=device, seed=seed, every=every)
        except Exception as error:
            # A tokenizer's code may raise anything, which says nothing of the other folders; a machine's trouble does.
            if isinstance(error, MachineTrouble) or (
                not isinstance(error, AudiotokError) and is_machine_trouble(error)
            ):
                raise
            said = error if isinstance(error, AudiotokError) else reason(error)
            typer.echo(f"{path}: NOT VERIFIED\n  FAILED  {said}")
            passed = False
            continue
        typer.echo(str(verification))
        passed &= verification.passed
        if record and verification.passed:
            record_verification(record, path, verification, every=every)
    if not passed:
        raise typer.Exit(1)


@leaderboard_app.command("export")
def leaderboard_export(
    source: Source = SUBMISSIONS,
    format: Annotated[str, typer.Option("--format", "-f", help="csv, json, latex or markdown.")] = "csv",
    metric: Annotated[list[str], typer.Option("--metric", "-m", help="Only this metric; repeatable.")] = [],  # noqa: B006
    domain: Annotated[str, typer.Option(callback=known_domain, help="Only this domain: speech, music or audio.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write to, instead of standard output.")
    ] = None,
) -> None:
    """Write results as a table for scripts and papers."""
    from audiotok.files.output import require_writable, write_output
    from audiotok.results.export import chosen, export
    from audiotok.results.frame import read_all
    from audiotok.tasks.suites import why_withdrawn

    if output:
        require_writable(output)
    everything = [result for result in read_all(source) if not why_withdrawn(result)]
    text = export(chosen(everything, split_names(metric), domain), format, everything)
    if output:
        write_output(output, text)
    else:
        typer.echo(text, nl=False)
