"""Score every published tokenizer, from its weights to a folder that the leaderboard accepts. Needs a network.

    python recipes/field.py                              # make field: all of them, on mini
    python recipes/field.py --only mimi,dac --limit 2    # a trial run

For each tokenizer, downloads the pinned weights, compares its codes with the golden codes (or creates these if there
are none), scores it, writes its submission and checks that against the rules of the leaderboard. Tokenizers that fail
are left out, and left_out.json gives the reasons. The same command resumes: accepted folders are kept, the rest is
tried again, and tokenizers that failed before come last.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from audiotok import registry
from audiotok.cli.options import Device, start
from audiotok.cli.question import Question, resumable, sessions
from audiotok.cli.systems import identifiers
from audiotok.conformance.weights import check_weights
from audiotok.core.identifier import Identifier, slug
from audiotok.core.tokenizer import Scalable, Tokenizer
from audiotok.doors import unknown
from audiotok.errors import InvalidData, InvalidResult, reason
from audiotok.files.json import read_json, write_json
from audiotok.golden import codes
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.rows import reference_scores
from audiotok.leaderboard.submission.submit import submit
from audiotok.runs.identity import describe
from audiotok.runs.run import REFERENCE, Run

#: The largest first of a family with several numbers of codebooks: its golden codes hold those of the others.
FIELD = (
    *(f"encodec:model=24khz,num_codebooks={n}" for n in (32, 8, 2)),
    *("encodec:model=48khz,num_codebooks=16", "encodec:model=48khz,num_codebooks=4"),
    *("dac:sample_rate=44100", "dac:sample_rate=24000", "dac:sample_rate=16000"),
    *("mimi:num_codebooks=32", "mimi:num_codebooks=8"),
    *("snac:sample_rate=24000", "snac:sample_rate=32000", "snac:sample_rate=44100"),
    "speechtokenizer",
    *("wavtokenizer:variant=large-unify-40", "wavtokenizer:variant=large-speech-75"),
    "wavtokenizer:variant=medium-music-audio-75",
    *("xcodec2", "neucodec", "xcodec", "higgs", "bicodec", "bigcodec", "sqcodec"),
    *("facodec:num_codebooks=6", "facodec:num_codebooks=3"),
    *(f"funcodec:num_codebooks={n},variant={name}" for name in ("libritts-25hz", "general-50hz") for n in (32, 8, 2)),
    *("hilcodec:variant=speech", "hilcodec:variant=music"),
    *(f"audiodec:variant={name}" for name in ("libritts_v1", "libritts_sym", "vctk_v0", "vctk_v1", "vctk_v2")),
    *("audiodec:variant=vctk_sym", "audiodec:variant=vctk_univ", "audiodec:variant=vctk_univ_sym"),
    *(f"focalcodec:variant={name}" for name in ("50hz", "25hz", "12_5hz")),
    *(f"focalcodec:variant=50hz_{size}_causal" for size in ("2k", "4k", "65k")),
    *("dualcodec:variant=12hz", "dualcodec:variant=25hz"),
    *(f"s3:variant={name}-25hz" for name in ("v1", "v2", "v3")),
    "s3:variant=v1-50hz",
    # These want what only their user can say, a commit or a file: docs/tokenizers.md, and --tokenizer.
    *("encodec:model=16khz,num_codebooks=4", "encodec:model=32khz,num_codebooks=4"),
    *("vocos:num_codebooks=8", "vocos:num_codebooks=2"),
    *("lm-spt:num_codebooks=8", "lm-spt:num_codebooks=1"),
    *(f"semanticodec:semantic_vocab={size},token_rate=100" for size in (32768, 16384)),
    *(f"semanticodec:semantic_vocab=16384,token_rate={rate}" for rate in (50, 25)),
    *("dm-codec", "dwavl:num_codebooks=6", "dwavl:num_codebooks=2"),
)
SUBMITTED = Path("leaderboard/submissions")


@dataclass(frozen=True)
class FieldQuestion(Question):
    """A suite's question, on a GPU where there is one."""

    device: Device = "auto"


def main(
    question: FieldQuestion,
    only: Annotated[str, typer.Option(help="Only these families or identifiers, for example mimi,dac.")] = "",
    tokenizer: Annotated[
        list[str],
        typer.Option("--tokenizer", "-t", help="Additional tokenizers, for example vocos:revision=COMMIT; repeatable."),
    ] = [],  # noqa: B006
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the submissions to.")] = Path(
        "build/field"
    ),
    golden: Annotated[
        Path, typer.Option(help="Folder of golden codes, compared with if present and otherwise written.")
    ] = codes.FOLDER,
) -> None:
    """Score every published tokenizer, and write submissions that the leaderboard accepts."""
    record = output / "left_out.json"
    failed: dict[str, str] = read_json(record) if record.is_file() else {}
    asked = identifiers(chosen(only, tokenizer), question.codebooks)
    order = sorted([REFERENCE, *asked], key=lambda name: name in failed)
    with resumable(question.runs):
        asked_of_each = sessions(question)
        done: dict[str, Path] = {}
        for number, name in enumerate(order, 1):
            typer.echo(f"== {number}/{len(order)} {name}", err=True)
            try:
                done[name] = score(name, asked_of_each, question, output, golden)
                failed.pop(name, None)
            except Exception as error:  # noqa: BLE001  # upstream's code raises anything; recorded, counted, shown
                failed[name] = reason(error)
                typer.secho(f"left out {name}: {failed[name]}", fg="yellow", err=True)
            output.mkdir(parents=True, exist_ok=True)
            write_json(record, failed)
            free_memory()
    summarise(done, {name: why for name, why in failed.items() if name in order}, record)


def chosen(only: str, further: Sequence[str]) -> list[str]:
    """The families and identifiers in a list with commas, in which a comma before an option is the identifier's own.

    Raises UnknownName for what is neither a family nor an identifier of the field.
    """
    field = [*FIELD, *further]
    names = [name.strip() for name in re.split(r",(?!\w+=)", only) if name.strip()]
    known = {name for identifier in field for name in (identifier, Identifier.parse(identifier).name)}
    for name in names:
        if name not in known:
            raise unknown("tokenizer of the field", name, known)
    return [one for one in field if not names or one in names or Identifier.parse(one).name in names]


def score(name: str, runs: Sequence[Run], question: Question, output: Path, golden: Path) -> Path:
    """The folder of its submission, accepted, or of a trial. Raises whatever keeps it from that."""
    identifier = registry.canonical(name)
    folder = output / slug(identifier)
    if not refused(folder, question):
        typer.echo(f"{folder}: accepted before, nothing to do", err=True)
        return folder
    system = registry.load_system(identifier)  # on the CPU, where golden codes are made and agree to 99 %
    if isinstance(system, Tokenizer):
        verify_weights(system, golden)
        del system
    # Loaded again, since its card says now that its weights are verified.
    submit(registry.load_system(identifier, question.device), runs, output, question.suite)
    if (problems := refused(folder, question)) and not is_trial(question):
        raise InvalidResult(f"the board refuses {folder}: {'; '.join(problems[:3])}")
    return folder


def refused(folder: Path, question: Question) -> list[str]:
    """Why the board would not take the folder as it is."""
    if not folder.is_dir():
        return ["it is not there"]
    reference = reference_scores(folder.parent) or reference_scores(SUBMITTED)
    return [str(problem) for problem in check(folder, {}, reference, question.suite)]


def is_trial(question: Question) -> bool:
    """Whether less is asked than the board takes."""
    return bool(question.limit or question.data or question.metric or question.recipe)


def verify_weights(tokenizer: Tokenizer, golden: Path) -> None:
    """Compare with the golden codes, or make them of all codebooks. Raises InvalidData where they differ."""
    known = codes.find(tokenizer.identifier, golden)
    if known is None or known.weights_sha256 != tokenizer.card.weights_sha256:
        fullest = with_most_codebooks(tokenizer)
        typer.echo(f"golden codes made: {codes.write(fullest, golden, describe(fullest))}", err=True)
        return
    report = check_weights(tokenizer, golden)
    if not report.passed:
        raise InvalidData(f"these are not the weights of the golden codes in {golden}:\n{report}")


def with_most_codebooks(tokenizer: Tokenizer) -> Tokenizer:
    """With as many codebooks as FIELD has of it: their codes begin with those of fewer."""
    family = Identifier.parse(tokenizer.identifier).name
    counts = [
        int(Identifier.parse(name).options.get("num_codebooks", 0))
        for name in FIELD
        if Identifier.parse(name).name == family
        and codes.name_of(registry.canonical(name)) == codes.name_of(tokenizer.identifier)
    ]
    more = isinstance(tokenizer, Scalable) and max(counts, default=0) > tokenizer.spec.num_codebooks
    return tokenizer.with_codebooks(max(counts)) if more else tokenizer  # type: ignore[attr-defined]


def free_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def summarise(done: Mapping[str, Path], failed: Mapping[str, str], record: Path) -> None:
    """Print what is left out, then the folders. Raises Exit where there is none."""
    for name, why in failed.items():
        typer.secho(f"left out {name}: {why.splitlines()[0]}", fg="yellow", err=True)
    for folder in done.values():
        typer.echo(folder)
    typer.echo(f"{len(done)} written, {len(failed)} left out; all reasons: {record}", err=True)
    if not done.keys() - {REFERENCE}:
        raise typer.Exit(1)


if __name__ == "__main__":
    start(main)
