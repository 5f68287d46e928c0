"""Compare quantizers and distillation methods in the training of a codec: what does each of them contribute?

    python recipes/ablation.py --steps 2000

Trains one backbone with each of three quantizers and each distillation method, on the same clips, with the same number
of steps and the same seeds. All codecs, and their first codebooks alone, are scored on the same held-out clips. Writes
a table (Markdown, CSV, JSON) with confidence intervals and differences to the codec with the same quantizer without
distillation, and a plot. Resumes an interrupted run; finished cells are not repeated.
"""

import shlex
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Annotated, TypeVar, get_args

import typer

from audiotok import data
from audiotok.cli.options import DataName, RunsFolder, start
from audiotok.data.draw import draw
from audiotok.data.manifest import Manifest
from audiotok.data.parts import part
from audiotok.errors import InvalidOption
from audiotok.files.hub_models import with_content
from audiotok.models.mel_codec import CodecConfig, MelCodec
from audiotok.models.quantizers import Kind
from audiotok.results import record
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.result import of_clips
from audiotok.runs.run import Run
from audiotok.tasks.language_model.folder import hashed
from audiotok.train.ablation import FIRST, named, over_seeds, plot, report
from audiotok.train.distill import Distillation
from audiotok.train.experiment import (
    BatchSize,
    Channels,
    CodecTrainingConfig,
    DistillWeight,
    Dropout,
    Entries,
    Latent,
    Teacher,
    TextTeacher,
    train_codec,
)
from audiotok.train.loop import Settings
from audiotok.train.teacher_probe import COUNTED, ProbeFeatures
from audiotok.train.teacher_probe import METRIC as UNEXPLAINED
from audiotok.train.training import Budget

QUANTIZERS: dict[str, Kind] = {"rvq": "rvq", "svq": "rvq", "fsq": "fsq"}  # svq is rvq with one codebook
KINDS: tuple[Distillation, ...] = get_args(Distillation)
Name = TypeVar("Name", bound=str)
CODEC, DONE = "codec.safetensors", "results.jsonl"  # of a cell's folder
PROBED = "whisper-base"
SCORES = ["estoi", "mel_distance", "dwer_whisper_tiny_en"]


def main(
    steps: Annotated[int, typer.Option(min=1, help="Training steps per cell.")],
    data_name: DataName = "small",
    split: Annotated[str, typer.Option(help="Split to train on.")] = "train",
    hours: Annotated[float, typer.Option(help="Hours of training audio, drawn at random; 0 for all.")] = 1.0,
    test: Annotated[str, typer.Option(help="Data set whose test split is used for scoring.")] = "mini",
    language: Annotated[str, typer.Option(help="Score only clips in this language, for example en.")] = "",
    quantizers: Annotated[list[str], typer.Option("--quantizer", help="Repeatable.")] = [*QUANTIZERS],  # noqa: B006
    distills: Annotated[list[str], typer.Option("--distill", help="Repeatable.")] = [*KINDS],  # noqa: B006
    seeds: Annotated[list[int], typer.Option("--seed", help="Seed; repeat to average scores over several.")] = [0],  # noqa: B006
    codebooks: Annotated[int, typer.Option(min=2, help="Number of codebooks for rvq and fsq; svq has one.")] = 8,
    entries: Entries = 1024,
    channels: Channels = 192,
    latent: Latent = 64,
    dropout: Dropout = 0.5,
    batch: BatchSize = 16,
    seconds: Annotated[float, typer.Option(help="Length of a crop in seconds.")] = Settings.seconds,
    teacher: Teacher = "whisper-base",
    text_teacher: TextTeacher = "",
    distill_weight: DistillWeight = 1.0,
    metrics: Annotated[
        list[str],
        typer.Option("--metric", help="Metric; repeatable. Choose metrics that do not use the teacher's model."),
    ] = SCORES,
    probe: Annotated[
        bool, typer.Option(help="Also probe how well the first codebook predicts Whisper's features.")
    ] = True,
    runs: RunsFolder = Path("runs"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Path of the table and the plot, without suffix.")] = Path(
        "docs/ablation_table"
    ),
) -> None:
    command = "python " + shlex.join(["recipes/ablation.py", *sys.argv[1:]])
    cells = list(product(chosen(quantizers, QUANTIZERS), chosen(distills, KINDS)))
    training = draw(part(data.load(data_name).domain("speech"), split), hours)
    heard = data.load(test).domain("speech").split("test")
    heard = Manifest.of(heard.name, (c for c in heard if language in ("", c.language)), heard.root)
    scored = Run(heard, Recipe("ablation", 1, (*dict.fromkeys(metrics), "bitrate")), runs, workers=1)
    columns = ["bitrate", *metrics, *(metric + FIRST for metric in metrics), UNEXPLAINED.name]
    asked = ProbeFeatures.by(PROBED, training, heard, runs / "features") if probe else None

    def cell(plan: CodecTrainingConfig) -> list[Result]:
        """Trained and scored, or read back."""
        taught = replace(plan, teacher=with_content(plan.teacher), text_teacher=with_content(plan.text_teacher))
        conditions = f"{asdict(taught)}|steps:{steps}|{training.sha256}|{heard.sha256}|{scored.recipe.metrics}|{probe}"
        if plan.distill != "none":
            conditions += "|aligned by time"  # cells of an earlier alignment are trained again
        folder = runs / "ablation" / f"{plan.name}-{hashed(conditions)}"
        if not (folder / DONE).is_file():
            made = train_codec(plan, training, Budget(steps), folder, runs / "features")
            made.save(folder / CODEC, f"{data_name}/{split}", command)
            found = [*scores(scored, folder / CODEC, plan.config.codebooks)]
            record.write(folder / DONE, [*found, unexplained(asked, scored, folder / CODEC)] if asked else found)
        return sorted(record.read(folder / DONE), key=lambda result: columns.index(result.metric))

    results = []
    for quantizer, kind in cells:
        config = CodecConfig(
            channels=channels,
            latent=latent,
            quantizer=QUANTIZERS[quantizer],
            codebooks=1 if quantizer == "svq" else codebooks,
            entries=entries,
        )
        of_seeds = []
        for seed in dict.fromkeys(seeds):
            settings = Settings(batch=batch, seconds=seconds, warmup=min(Settings.warmup, -(-steps // 5)), seed=seed)
            plan = CodecTrainingConfig(config, settings, dropout, kind, teacher, text_teacher, distill_weight)
            of_seeds.append(cell(plan))
        name = named(quantizer, config, kind, text_teacher)
        results += [replace(result, tokenizer=name) for result in over_seeds(of_seeds)]
        out.parent.mkdir(parents=True, exist_ok=True)
        report(results, out, command)  # after every cell: a run that is stopped leaves what it has
    plot(results, out.with_suffix(".svg"))
    print(out.with_suffix(".md").read_text(encoding="utf-8"))


def chosen(names: list[str], known: Collection[Name]) -> list[Name]:
    """In the order of `known`, so that "none" is there first. Raises InvalidOption for another name."""
    if unknown := sorted(set(names) - set(known)):
        raise InvalidOption(f"expected some of {', '.join(known)}; got {', '.join(unknown)}")
    return [name for name in known if name in names]


def scores(run: Run, file: Path, codebooks: int) -> Iterator[Result]:
    """Scores of all codebooks, and of the first alone under names that end in FIRST."""
    for count, suffix, note in ((codebooks, "", ""), (1, FIRST, ", first codebook")):
        for result in run.evaluate(f"mel:checkpoint={file.absolute()},num_codebooks={count}"):
            if not (suffix and result.metric == "bitrate"):
                yield replace(result, metric=result.metric + suffix, title=result.title + note)


def unexplained(asked: ProbeFeatures, run: Run, file: Path) -> Result:
    codec, metadata = MelCodec.load(file)
    return of_clips(
        UNEXPLAINED,
        asked.ask(codec),
        tokenizer=f"mel:checkpoint={file.absolute()}",
        domain="speech",
        signature=run.recipe.sign(
            f"{UNEXPLAINED.name}.v{UNEXPLAINED.version}",
            run.manifest.name,
            run.manifest.sha256,
            f"encoder:{PROBED}|counted:{COUNTED} frames of {asked.counted.name}@sha256:{asked.counted.sha256[:12]}",
        ),
        provenance={"codec": metadata["data"]},
        failures={},
    )


if __name__ == "__main__":
    start(main)
