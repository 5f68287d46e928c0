"""`audiotok data …`: download data sets, and make manifests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from audiotok.cli.options import Quiet
from audiotok.errors import AudiotokError, InvalidOption
from audiotok.files.output import require_writable

data_app = typer.Typer(help="Download the bundled data sets; make manifests of your own data.", no_args_is_help=True)


@data_app.command("get")
def data_get(
    name: Annotated[str, typer.Argument(help="A bundled data set; see `audiotok datasets`.")], quiet: Quiet = False
) -> None:
    """Download a bundled data set and verify its hashes."""
    from audiotok import data

    manifest = data.load(name)
    missing = data.fetch(manifest)
    seconds = sum(clip.duration for clip in manifest)
    typer.echo(f"{name}: {len(manifest) - len(missing)} of {len(manifest)} clips, {seconds / 60:.1f} min")
    if missing:
        raise AudiotokError("\n".join(f"{clip}: {reason}" for clip, reason in missing.items()))


@data_app.command("make")
def data_make(
    folder: Annotated[Path, typer.Argument(help="Folder of audio, known corpus, or manifest of NeMo or Lhotse.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Manifest to write (.jsonl), in FOLDER or above it.")],
    domain: Annotated[
        str | None, typer.Option(help="speech, music or audio; by default determined by the layout.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of clips without one, for example en or pt-BR.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column of the tables that contains the transcripts.")] = None,
    layout: Annotated[
        str | None, typer.Option(help="Layout of FOLDER, for example kaldi; detected by default.")
    ] = None,
) -> None:
    """Make a manifest of a folder of audio. Known corpus layouts are detected. In other folders, transcripts are read
    from metadata.csv, .tsv, .jsonl or .parquet, from *.trans.txt, or from a .txt or .lab file next to each audio file.
    """
    from audiotok import data

    _check_output(output)
    options, place = data.Options(domain, language, text_column), output.absolute().parent
    manifest, problems, notes = data.read_corpus(
        folder, output.stem, options, layout, default_domain="speech", named_from=place
    )
    manifest.named_from(output.parent).save(output)
    for note in notes:
        typer.echo(note)
    for line in _grouped(problems):
        typer.secho(line, fg="yellow", err=True)
    typer.echo(f"{output}: {len(manifest)} clips, {sum(clip.duration for clip in manifest) / 60:.1f} min")


def _check_output(output: Path) -> None:
    """Before files are decoded, which may take hours. Raises InvalidOption, CannotWrite."""
    from audiotok.data.manifest import is_manifest

    if output.suffix != ".jsonl":
        raise InvalidOption(f"--output {output}: a manifest is a .jsonl file; name it {output.stem}.jsonl")
    if not output.absolute().parent.is_dir():
        raise InvalidOption(f"--output {output}: there is no folder {output.absolute().parent}; create it first")
    if output.exists() and output.stat().st_size and not is_manifest(output):
        raise InvalidOption(f"{output} exists and is no manifest of audiotok; choose another --output, or remove it")
    require_writable(output)


def _grouped(problems: dict[str, str]) -> Iterator[str]:
    """A line each; of more than ten with one reason, the first and how many there are."""
    alike: dict[str, list[str]] = {}
    for path, reason in problems.items():
        alike.setdefault(reason, []).append(path)
    for reason, paths in alike.items():
        if len(paths) > 10:
            yield f"{paths[0]} and {len(paths) - 1} others: {reason}"
        else:
            yield from (f"{path}: {reason}" for path in paths)
