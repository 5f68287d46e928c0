"""The results of a grid of codecs, quantizer by kind of distillation, as a table with differences, and as a plot.

A tokenizer here is called "QUANTIZER KxN KIND"; the untaught codec of a quantizer, KIND none, is what the taught ones
are compared with, clip by clip. Metrics whose name ends in FIRST are of the first codebook alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from audiotok.errors import MissingDependency
from audiotok.metrics import catalogue
from audiotok.models.mel_codec import CodecConfig
from audiotok.results.export import export
from audiotok.results.paired import ALPHA, Comparison, judged, paired
from audiotok.results.plot import COLOURS, MARKERS, save
from audiotok.results.record import Estimate, Result
from audiotok.results.statistics import estimate
from audiotok.results.table import ABSENT, ARROWS, tabulate
from audiotok.results.table import estimate as shown
from audiotok.train.teacher_probe import METRIC as UNEXPLAINED

FIRST = "_first"
PLAIN = "none"


def named(quantizer: str, config: CodecConfig, kind: str, text_teacher: str = "") -> str:
    """The name of a cell: "rvq 8x1024 dm (SM only)" where dm had no text teacher."""
    half = " (SM only)" if kind == "dm" and not text_teacher else ""
    return f"{quantizer} {config.codebooks}x{config.entries} {kind}{half}"


def over_seeds(of_seeds: Sequence[Sequence[Result]]) -> list[Result]:
    """The same metrics of several seeds -> one Result each, of every clip's mean over the seeds that scored it all."""
    if len(of_seeds) == 1:
        return list(of_seeds[0])
    by_metric = [{result.metric: result for result in results} for results in of_seeds]
    return [_mean([results[metric] for results in by_metric]) for metric in by_metric[0]]


def _mean(results: Sequence[Result]) -> Result:
    by_clip = [{score.clip: score for score in result.scores} for result in results]
    rows = [
        replace(
            score,
            total=sum(scores[clip].total for scores in by_clip) / len(by_clip),
            weight=sum(scores[clip].weight for scores in by_clip) / len(by_clip),
        )
        for clip, score in by_clip[0].items()
        if all(clip in scores for scores in by_clip)
    ]
    failures = {clip: why for result in results for clip, why in result.failures.items()}
    first = results[0]
    whole, uncertainty = estimate(rows, first.scale, _range(first.metric)) if rows else (None, "")
    return replace(first, estimate=whole, uncertainty=uncertainty, scores=tuple(rows), groups={}, failures=failures)


def _range(metric: str) -> tuple[float, float]:
    declared = UNEXPLAINED if metric == UNEXPLAINED.name else catalogue.get(metric.removesuffix(FIRST))
    return declared.range


def report(results: Sequence[Result], out: Path, command: str) -> None:
    """Write `out` with the suffixes .md, .csv and .json."""
    out.with_suffix(".csv").write_text(export(results, "csv"), encoding="utf-8")
    out.with_suffix(".json").write_text(export(results, "json"), encoding="utf-8")
    # A table of marks all alike hides more than it says: the reason is given once, below it.
    table = export([replace(result, unranked="") for result in results], "markdown")
    notes = sorted({f"{result.title}: {result.unranked}" for result in results if result.unranked})
    taught = [f"- {note}, in every cell with a teacher" for note in notes]
    parts = [f"    {command}", table.strip(), "\n".join(taught), differences(results)]
    out.with_suffix(".md").write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")


def compared(results: Iterable[Result]) -> dict[tuple[str, str], tuple[Comparison, float]]:
    """(tokenizer, metric) -> against the untaught codec of its quantizer, and the p-value among all (Holm)."""
    by_cell = {(result.tokenizer, result.metric): result for result in results if result.direction != "none"}
    found = {}
    for (tokenizer, metric), result in by_cell.items():
        plain = by_cell.get((f"{_shape(tokenizer)} {PLAIN}", metric))
        if plain is None or plain is result:
            continue
        if both := paired(result.scores, plain.scores, result.direction, result.scale):
            found[tokenizer, metric] = both
    return {cell: (both, p) for (cell, both), p in zip(found.items(), judged([*found.values()]), strict=True)}


def differences(results: Sequence[Result]) -> str:
    """A Markdown table of them, bold where the data tells the two apart; "" where there is nothing to compare."""
    found = compared(results)
    if not found:
        return ""
    columns = [column for column in tabulate(results).columns if column.direction != "none"]
    lines = ["less the untaught codec of its quantizer | " + " | ".join(column.heading for column in columns)]
    lines.append(":-- |" + " --: |" * len(columns))
    for tokenizer in dict.fromkeys(tokenizer for tokenizer, _ in found):
        cells = [_difference(*found[cell]) if (cell := (tokenizer, c.metric)) in found else ABSENT for c in columns]
        lines.append(" | ".join([tokenizer, *cells]))
    bold = f"Bold: p ≤ {ALPHA:g} after Holm's correction over all {len(found)} differences."
    return "\n".join(f"| {line.removesuffix('|').strip()} |" for line in lines) + f"\n\n{bold}"


def _difference(both: Comparison, p: float) -> str:
    text = shown(Estimate(both.difference, both.low, both.high, both.n))
    return f"**{text}**" if p <= ALPHA else text


def plot(results: Sequence[Result], path: Path) -> None:
    """A panel per metric: quantizers side by side, a marker for each kind of distillation, bars of 95%."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependency('figures need matplotlib: pip install "audiotok[leaderboard]"') from error
    made = tabulate(results)
    shapes = list(dict.fromkeys(map(_shape, made.rows)))
    kinds = list(dict.fromkeys(_kind(tokenizer) for tokenizer in made.rows))
    panels = [(i, column) for i, column in enumerate(made.columns) if column.direction != "none"]
    figure = Figure(figsize=(10, 2.4 * -(-len(panels) // 2)), layout="constrained")
    axes = list(figure.subplots(-(-len(panels) // 2), 2, squeeze=False).flat)
    for axis, (i, column) in zip(axes, panels, strict=False):
        for tokenizer, cells in made.rows.items():
            if (cell := cells[i]) is None or cell.estimate is None:
                continue
            value, low, high = cell.estimate.value, cell.estimate.low, cell.estimate.high
            kind = kinds.index(_kind(tokenizer))
            bar = None if low is None or high is None else [[max(value - low, 0)], [max(high - value, 0)]]
            x = shapes.index(_shape(tokenizer)) + (kind - (len(kinds) - 1) / 2) * 0.18
            axis.errorbar([x], [value], bar, fmt=MARKERS[kind], color=COLOURS[kind], capsize=2, label=kinds[kind])
        values = [c.estimate.value for cells in made.rows.values() if (c := cells[i]) and c.estimate]
        if values and axis.get_ylim()[1] > 3 * max(values) > 0:  # a bar without end would flatten all others
            axis.set_ylim(min(0, *values), 1.5 * max(values))
        axis.set_xticks(range(len(shapes)), shapes)
        axis.set_title(f"{column.title}{f' [{column.unit}]' if column.unit else ''} {ARROWS[column.direction]}", size=9)
        axis.grid(axis="y", alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    handles = dict(zip(*reversed(axes[0].get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=len(kinds), frameon=False)
    save(figure, path)


def _shape(tokenizer: str) -> str:
    """ "rvq 8x1024 dm (SM only)" -> "rvq 8x1024" """
    return " ".join(tokenizer.split(" ", 2)[:2])


def _kind(tokenizer: str) -> str:
    return tokenizer.split(" ", 2)[2]
