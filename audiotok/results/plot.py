"""Rate–distortion figures: what a bit buys, as SVG, PDF or PNG.

A family (all modes of one tokenizer) is a line with its own marker, its name at the end; colour only repeats what
marker and name say. Bars are 95% intervals. The Pareto front joins the modes that no other beats on both rate and
quality. A mode that may not be ranked (it failed on some clips, was taught by its judge, or is an anchor) is hollow and
not on the front; one without a value is named below the figure.
Needs matplotlib: pip install "audiotok[leaderboard]".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiotok.errors import InvalidOption, InvalidResult, MissingDependency
from audiotok.results.record import Direction, Estimate, Result
from audiotok.results.signature import require_comparable
from audiotok.results.table import ARROWS, marked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AXES = {"bitrate": (1000, "bitrate [kbit/s]"), "token_rate": (1, "token rate [1/s]")}  # metric -> divisor, label
FORMATS = (".svg", ".pdf", ".png")
DPI = 200  # of .png

#: Okabe and Ito's palette: told apart under every common colour blindness. Yellow is left out, it vanishes on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "<", ">", "h")


@dataclass(frozen=True)
class Point:
    """One mode of a tokenizer."""

    tokenizer: str
    rate: float  # in the unit of the axis
    estimate: Estimate
    sound: bool  # whether it may be on the front: scored on every clip, and nothing speaks against ranking it

    @property
    def family(self) -> str:
        """The identifier without options, also those of what it is nested around: bpe(mimi:n=8):v=512 is bpe(mimi)."""
        return re.sub(r":[^()]*", "", self.tokenizer)


def rate_distortion(
    results: Iterable[Result], metric: str, domain: str, path: str | Path, axis: str = "bitrate"
) -> list[Point]:
    """Draw a metric over a rate that was measured on the same domain, write .svg, .pdf or .png, return what was drawn.

    Raises InvalidOption on another axis or format, InvalidResult where nothing can be drawn or was measured unlike.
    """
    path = Path(path)
    if path.suffix not in FORMATS:
        raise InvalidOption(f"a figure is written as one of {', '.join(FORMATS)}, got {path.name!r}")
    if axis not in AXES:
        raise InvalidOption(f"axis must be one of {', '.join(AXES)}, got {axis!r}")
    results = [result for result in results if result.domain == domain]
    scored = [result for result in results if result.metric == metric]
    if not scored:
        there = ", ".join(sorted({result.metric for result in results})) or "none"
        raise InvalidResult(f"no results for {metric!r} on {domain!r}; there are {there}")
    require_comparable({result.tokenizer: result.signature for result in scored})
    rates = {result.tokenizer: result.estimate.value for result in results if result.metric == axis and result.estimate}
    points, missing = _points(scored, rates, AXES[axis][0])
    if not points:
        raise InvalidResult(f"no tokenizer has both a value of {metric} and a measured {axis} on {domain}")
    save(_draw(points, missing, scored[0], AXES[axis][1]), path)
    return points


def pareto_front(points: Iterable[Point], direction: Direction) -> list[Point]:
    """The sound points that no other one equals or beats on rate and quality at once, by rising rate."""
    if direction not in ("higher", "lower"):
        raise InvalidOption(f"a front needs a metric whose direction is higher or lower, got {direction!r}")
    sign = 1 if direction == "higher" else -1
    front: list[Point] = []
    for point in sorted(points, key=lambda point: (point.rate, -sign * point.estimate.value, point.tokenizer)):
        if point.sound and (not front or sign * point.estimate.value > sign * front[-1].estimate.value):
            front.append(point)
    return front


def _points(scored: Sequence[Result], rates: dict[str, float], divisor: float) -> tuple[list[Point], list[str]]:
    points, missing = [], []
    for result in scored:
        rate = rates.get(result.tokenizer)
        if rate is None or result.estimate is None:
            missing.append(f"{result.tokenizer} ({'no rate' if rate is None else 'failed'})")
        else:
            points.append(Point(result.tokenizer, rate / divisor, result.estimate, not marked(result)))
    return points, missing


def _draw(points: Sequence[Point], missing: Sequence[str], like: Result, rate_label: str) -> Figure:
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import LogLocator, NullFormatter
    except ImportError as error:
        raise MissingDependency('figures need matplotlib: pip install "audiotok[leaderboard]"') from error
    # A Figure of our own instead of pyplot: no window, no state that a caller's figures would share.
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    families: defaultdict[str, list[Point]] = defaultdict(list)
    for point in points:
        families[point.family].append(point)
    for index, (name, family) in enumerate(sorted(families.items())):
        _draw_family(axes, name, sorted(family, key=lambda point: point.rate), index)
    if like.direction != "none" and (front := pareto_front(points, like.direction)):
        x, y = [point.rate for point in front], [point.estimate.value for point in front]
        axes.step(x, y, where="post", color="0.6", linewidth=5, alpha=0.4, zorder=0, label="Pareto front")
        axes.legend(frameon=False, loc="best")
    if all(point.rate > 0 for point in points):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    unit = f" [{like.unit}]" if like.unit else ""
    note = f"\nnot drawn: {', '.join(missing)}" if missing else ""
    axes.set_xlabel(f"{rate_label}{_plain(note)}")
    axes.set_ylabel(_plain(f"{like.title or like.metric}{unit} {ARROWS[like.direction]}"))
    axes.set_title(_plain(like.domain), loc="left")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _draw_family(axes: Axes, name: str, family: Sequence[Point], index: int) -> None:
    from matplotlib.patheffects import withStroke

    colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    axes.plot([p.rate for p in family], [p.estimate.value for p in family], color=colour, linewidth=1, zorder=2)
    for point in family:
        value, low, high = point.estimate.value, point.estimate.low, point.estimate.high
        # max: an interval of very skewed scores need not hold the value itself.
        bar = None if low is None or high is None else [[max(value - low, 0)], [max(high - value, 0)]]
        face = colour if point.sound else "white"
        style: dict[str, Any] = {"marker": marker, "color": colour, "markerfacecolor": face, "capsize": 2, "zorder": 3}
        axes.errorbar([point.rate], [value], yerr=bar, **style)
    last = family[-1]
    halo = [withStroke(linewidth=3, foreground="white")]  # a name stays legible where lines cross it
    place: dict[str, Any] = {"xy": (last.rate, last.estimate.value), "xytext": (7, 4), "textcoords": "offset points"}
    axes.annotate(_plain(name), **place, color=colour, path_effects=halo)


def _plain(text: str) -> str:
    """Matplotlib reads what stands between dollars as mathematics; a name has none."""
    return text.replace("$", r"\$")


def save(figure: Figure, path: Path) -> None:
    """Write the figure in the format that the suffix names."""
    import matplotlib

    # Equal figures are equal bytes: no date, and ids that do not depend on chance.
    with matplotlib.rc_context({"svg.hashsalt": "audiotok"}):
        dated = {".svg": "Date", ".pdf": "CreationDate", ".png": "Software"}[path.suffix]
        figure.savefig(path, format=path.suffix[1:], metadata={dated: None}, dpi=DPI)
