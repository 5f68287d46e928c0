"""`audiotok metrics`, `tasks` and `datasets`: what there is, without running it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from audiotok.cli.options import known_domain, print_json

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Domain = Annotated[
    str, typer.Option(callback=known_domain, help="Only entries for this domain: speech, music or audio.")
]


def metrics(
    domain: Domain = "",
    question: Annotated[str, typer.Option(help="Only metrics for this question, for example intelligibility.")] = "",
    audio: Annotated[
        bool, typer.Option("--audio", help="Only metrics that score audio files, as `audiotok score` does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the metrics with description, unit, direction and domains."""
    from audiotok.metrics import catalogue
    from audiotok.metrics.base import SignalMetric
    from audiotok.results.table import ARROWS, align

    if question:
        catalogue.for_question(question)  # raises UnknownName with the questions there are
    found: list[dict[str, Any]] = []
    for name, metric in catalogue.usable().items():
        if (domain and metric.domains and domain not in metric.domains) or (question and metric.question != question):
            continue
        if audio and not isinstance(metric, SignalMetric):
            continue
        found.append(
            {
                "name": name,
                "title": metric.title,
                "question": metric.question,
                "unit": metric.unit,
                "direction": metric.direction,
                "domains": list(metric.domains),
                "needs_reference": isinstance(metric, SignalMetric) and (metric.full_reference or metric.whole_set),
                "version": metric.version,
                "evaluation_models": list(metric.evaluation_models),
                "licence": metric.licence,
                "explanation": metric.explanation,
            }
        )
    if as_json:
        print_json(found)
        return
    lines = [
        [one["name"], one["title"], one["question"], one["unit"], ARROWS[one["direction"]], ", ".join(one["domains"])]
        for one in found
    ]
    heads = ["name", "title", "question", "unit", "better", "domains"]
    typer.echo(align([heads, *lines], words=range(len(heads))), nl=False)


def tasks(as_json: AsJson = False) -> None:
    """List the recipes for `run --recipe`: question, cost per tokenizer, data and metrics."""
    from audiotok import tasks
    from audiotok.results.table import align

    found = tasks.usable()
    if as_json:
        print_json(
            [
                {
                    "name": task.name,
                    "version": task.version,
                    "question": task.question,
                    "cost": task.cost,
                    "data": task.dataset,
                    "metrics": list(task.metrics),
                    "budgets": list(task.budgets),
                    "clips_need": list(task.clip_fields),
                }
                for task in found
            ]
        )
        return
    lines = [[task.name, f"{task.question} A tokenizer takes {task.cost or 'a while'}."] for task in found]
    typer.echo(align(lines, words=(0, 1)), nl=False)


def datasets(as_json: AsJson = False) -> None:
    """List the values of --data: bundled data sets, known corpora, and layouts of your own folders."""
    from audiotok.data import layouts, load, loading
    from audiotok.data.corpora import CORPORA

    bundled: list[dict[str, Any]] = []
    for name in (*loading.BUNDLED, loading.NEW_VOICES, *loading.ASKED):
        manifest = load(name)
        bundled.append(
            {
                "name": name,
                "clips": len(manifest),
                "minutes": round(sum(clip.duration for clip in manifest) / 60, 1),
                "domains": sorted({clip.domain for clip in manifest}),
                "languages": sorted({clip.language for clip in manifest if clip.language}),
            }
        )
    of_layouts = {f"{layout.name}:FOLDER": layout.title for layout in layouts.LAYOUTS if layout.name != "folder"}
    others = dict.fromkeys(CORPORA, "below AUDIOTOK_DATA") | dict.fromkeys(loading.DOOR.names(), "of another package")
    if as_json:
        print_json({"bundled": bundled, "layouts": of_layouts, "others": others})
        return
    for one in bundled:
        languages = f"; {', '.join(one['languages'])}" if one["languages"] else ""
        typer.echo(f"{one['name']}: {one['clips']} clips, {one['minutes']} min, {', '.join(one['domains'])}{languages}")
    for name, title in (others | of_layouts).items():
        typer.echo(f"{name}: {title}")
    typer.echo(
        "speech:FOLDER, music:FOLDER, audio:FOLDER: any folder of audio\nhf:NAME: a data set of the Hugging Face hub"
    )
    typer.echo("FILE.jsonl: a manifest of audiotok data make, NeMo or Lhotse")
