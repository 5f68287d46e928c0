"""Whether the probes hold: checks that a probe must pass before its scores are read.

    python benchmarks/probe_validity.py --runs runs

Reads what `recipes/probes.py` left under `--runs` and prints, per probe: nested codecs (a score must not fall with
codebooks beyond the interval of the paired difference), shuffled labels (luck), learning curves, and two tokenizers
side by side (never worse than either).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from audiotok import data, registry
from audiotok.results.frame import read_all
from audiotok.results.record import Result
from audiotok.runs.encode import encoded
from audiotok.tasks.probes.bag import codebooks, regularisation, side_by_side
from audiotok.tasks.probes.heads import ProbeData
from audiotok.tasks.probes.logistic import rotated
from audiotok.tasks.probes.rows import OFFLINE, label_of

NESTED = tuple(f"audiotok-{kind}:num_codebooks={{}}" for kind in ("rvq", "distilled"))
DEPTHS = (1, 2, 4, 8)
PAIR = ("audiotok-rvq:num_codebooks=1", "codec2:mode=700")


def main(runs: Annotated[Path, typer.Option(help="Folder of the probes' runs.")] = Path("runs")) -> None:
    found = {(r.tokenizer, r.metric): r for r in read_all(runs) if r.signature.startswith("probes.")}
    for probe in OFFLINE:
        name = probe.metric.name
        print(f"## {name}")
        for family in NESTED:
            scores = [found[family.format(depth), name] for depth in DEPTHS]
            print(f"{family.format('…')}: {' '.join(_shown(score) for score in scores)}")
            for less, more in pairwise(scores):
                low, high = _difference(less, more)
                verdict = "holds" if high >= 0 else "FALLS"
                print(f"  added codebooks change it by [{low:.1f}, {high:.1f}]: {verdict}")
        for (tokenizer, metric), score in sorted(found.items()):
            if metric == name:
                beside = [found.get((tokenizer, f"{name}_{part}")) for part in ("quarter", "half", "shuffled")]
                curve = " ".join(_shown(other) for other in beside if other)
                print(f"{tokenizer}: {_shown(score)}; a quarter, half, shuffled: {curve}")
        both = _side_by_side(probe.name, runs)
        print(f"{' and '.join(PAIR)}: {', '.join(_shown(found[one, name]) for one in PAIR)}, side by side {both:.1f}")


def _shown(result: Result) -> str:
    return f"{result.estimate.value:.1f}" if result.estimate else "–"


def _difference(less: Result, more: Result) -> tuple[float, float]:
    """Of the paired differences of clips, in per cent: mean and two standard errors either way."""
    before = {score.clip: score.total for score in less.scores}
    differences = 100 * np.array([score.total - before[score.clip] for score in more.scores])
    reach = 2 * differences.std(ddof=1) / np.sqrt(len(differences))
    return differences.mean() - reach, differences.mean() + reach


def _side_by_side(name: str, runs: Path) -> float:
    manifest = data.load("probes-mini")
    probe = next(probe for probe in OFFLINE if probe.name == name)
    clips = [clip for clip in manifest if label_of(clip, probe)]
    one, other = ({c.id: t for c, t in encoded(registry.load(identifier), manifest, runs)} for identifier in PAIR)
    rows = rotated([side_by_side(one[clip.id], other[clip.id]) for clip in clips])
    strength = regularisation(codebooks(one[clips[0].id]) + codebooks(other[clips[0].id]))
    return 100 * float(ProbeData(probe, clips).score(rows, strength).mean())


if __name__ == "__main__":
    typer.run(main)
