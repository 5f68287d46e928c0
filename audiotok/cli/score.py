"""`audiotok score`: files against files, without any tokenizer."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audiotok.cli.options import CORES, Quiet, Workers, known_domain, print_json
from audiotok.cli.question import resumable, split_names
from audiotok.errors import InvalidData, InvalidOption

if TYPE_CHECKING:
    from audiotok.data.manifest import Manifest
    from audiotok.results.record import Result

NAME = "score"
#: Metrics of a command that names none: those that need no model, and the small ones that need no reference.
_COMPARING = ("si_sdr", "pesq_wb", "estoi", "visqol", "mel_distance", "stft_distance")
_ALONE = ("dnsmos_p808", "dnsmos_ovrl", "plcmos")
_OF_TEXT = ("wer", "cer")


def score(
    reference: Annotated[Path, typer.Argument(help="Audio file, folder, or Kaldi list (wav.scp).")],
    decoded: Annotated[
        Path | None,
        typer.Argument(
            help="The decoded audio, of the same kind and with the same names; omit it for metrics without a reference."
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", help="Metrics, for example pesq_wb,estoi; see `audiotok metrics`."),
    ] = None,
    domain: Annotated[
        str, typer.Option(callback=known_domain, help="speech (16 kHz), music or audio (44.1 kHz).")
    ] = "speech",
    text: Annotated[str, typer.Option(help="Reference transcript of the file, for WER.")] = "",
    texts: Annotated[Path | None, typer.Option(help="File of transcripts, one per line: ID TEXT.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the transcripts, for example en or pt-BR.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, including the scores of each clip.")] = False,
    runs: Annotated[
        Path | None, typer.Option("--runs", help="Folder to keep scores in, so that later calls can reuse them.")
    ] = None,
    workers: Workers = CORES,
    quiet: Quiet = False,
) -> None:
    """Score decoded audio against its reference, or audio alone: files, folders or Kaldi lists."""
    from audiotok import registry
    from audiotok.cli.table import show
    from audiotok.results.frame import rows
    from audiotok.results.recipe import Recipe
    from audiotok.runs.run import REFERENCE, Run

    manifest = _manifest(reference, domain, text, texts, language)
    if decoded and decoded.is_file() and decoded.suffix != ".scp" and len(manifest) > 1:
        raise InvalidOption(
            f"{reference} contains {len(manifest)} clips, but {decoded} is one file: name a folder or list"
        )
    metrics = _metrics(split_names(metric or []), domain, manifest, compared=decoded is not None)
    system = registry.load_system(f"folder:{decoded}" if decoded else REFERENCE)  # refuses what is not there
    with tempfile.TemporaryDirectory(prefix="audiotok-") as temporary, resumable(runs) if runs else nullcontext():
        run = Run(manifest, Recipe(NAME, 1, metrics), runs or Path(temporary), min(workers, len(manifest)))
        results = run.evaluate(system)
    if as_json:
        told = [row | {"clips": _of_clips(result)} for result in results for row in rows([replace(result, groups={})])]
        print_json(told)
    else:
        show(results)
    for result in results:
        for clip, reason in [*result.failures.items(), *result.undefined.items()][:3]:
            typer.secho(f"{result.metric}: no score for {clip}: {reason}", fg="yellow", err=True)
    if not any(result.estimate for result in results):
        raise typer.Exit(1)


def _of_clips(result: Result) -> dict[str, float | str]:
    """clip -> its score, or why it has none."""
    scores: dict[str, float | str] = {one.clip: result.scale * one.value for one in result.scores if one.weight}
    return scores | result.failures | result.undefined


def _metrics(names: Sequence[str], domain: str, manifest: Manifest, *, compared: bool) -> tuple[str, ...]:
    """The metrics that are named, or the usual ones of the domain. Raises UnknownName, InvalidOption."""
    from audiotok.metrics import catalogue
    from audiotok.metrics.base import SignalMetric

    said = any(clip.text for clip in manifest)
    usual = (*(_COMPARING if compared else _ALONE), *(_OF_TEXT if said else ()))
    chosen = names or [name for name in usual if domain in catalogue.get(name).domains]
    if not chosen:
        raise InvalidOption(f"name a metric with --metric: without a reference, {domain} has no default metrics")
    for name in chosen:
        metric = catalogue.get(name)
        if not isinstance(metric, SignalMetric):
            raise InvalidOption(f"{name} does not score audio files; see audiotok metrics --audio")
        if domain not in metric.domains:
            raise InvalidOption(
                f"{name} is defined for {', '.join(metric.domains)}, got {domain}: choose another --domain"
            )
        if not compared and (metric.full_reference or metric.whole_set):
            raise InvalidOption(f"{name} compares with a reference: audiotok score REFERENCE DECODED --metric {name}")
    return tuple(chosen)


def _manifest(place: Path, domain: str, text: str, texts: Path | None, language: str | None) -> Manifest:
    """The clips of a file, a folder or a list, with their texts. Raises InvalidData, InvalidOption."""
    from audiotok.data.folders import corpus_of, read_corpus
    from audiotok.data.layouts import FoundClip, Listing, Options, kaldi

    if text and texts:
        raise InvalidOption("--text is for one file and --texts for several: give one of the two")
    if (text or texts) and not language:
        raise InvalidOption("texts need a language, for example --language en")
    place = place.expanduser().absolute()
    if place.is_dir() or (place.name == "wav.scp" and place.is_file()):
        folder, layout = (place, None) if place.is_dir() else (place.parent, "kaldi")
        manifest, problems, _ = read_corpus(folder, folder.name, Options(domain, language), layout)
    else:
        is_list = place.suffix == ".scp" and place.is_file()
        listing = kaldi.read_list(place) if is_list else Listing([FoundClip(place)], root=place.parent)
        manifest, problems, _ = corpus_of(listing, place.parent, place.stem, domain, language)
    known = _texts(texts) if texts else dict.fromkeys((clip.id for clip in manifest), text) if text else {}
    if text and len(manifest) > 1:
        raise InvalidOption(f"--text is for one file, but {place} contains {len(manifest)}: use --texts")
    if unread := {name: why for name, why in problems.items() if "no transcript" not in why}:
        name, why = next(iter(unread.items()))
        typer.secho(f"left out {len(unread)}, the first: {name}: {why}", fg="yellow", err=True)
    if known and not any(clip.id in known for clip in manifest):
        raise InvalidOption(f"{texts} has no text for {manifest.clips[0].id} or any other clip")
    return replace(
        manifest, clips=tuple(replace(clip, text=known[clip.id]) if clip.id in known else clip for clip in manifest)
    )


def _texts(path: Path) -> dict[str, str]:
    """Lines of "ID TEXT" -> texts by id. Raises InvalidOption."""
    from audiotok.data.layouts.tables import read_text

    try:
        lines = read_text(path).split("\n")
    except (OSError, InvalidData) as error:
        raise InvalidOption(f"--texts {path} cannot be read: {error}") from error
    parted = (line.strip().split(maxsplit=1) for line in lines)
    return {words[0]: " ".join(words[1].split()) for words in parted if len(words) == 2}
