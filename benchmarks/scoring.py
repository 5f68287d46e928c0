"""How much faster is scoring one more tokenizer than calling every metric clip after clip?

    python benchmarks/scoring.py --tokenizer codec2:mode=1600 --clips 4

Both sides score the same decoded clips of `mini` with the same metrics and open each model once. The plain way is one
process, and for each clip and metric it analyses reference and estimate anew; ours finds the reference's analyses
where an earlier tokenizer left them, shares those of the estimate between metrics, and uses every core.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer

from audiotok import data, registry
from audiotok.cli.options import CORES, TokenizerName, Workers, start
from audiotok.data import Manifest
from audiotok.metrics import catalogue
from audiotok.runs.analyse import _model, analyse, signals
from audiotok.runs.code import code
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.score import score
from audiotok.tasks import reconstruction, wer

NAMES = (*reconstruction.TASK.metrics, *wer.TASK.metrics)


def plain(manifest: Manifest, folder: RunFolder) -> None:
    """What a script would do that has a list of metrics and a list of files."""
    for clip in manifest:
        for metric in catalogue.of_signals(NAMES):
            if clip.domain not in metric.domains:
                continue
            reference, estimate, rate = signals(clip, folder, manifest.root)
            with TemporaryDirectory() as nowhere:
                both = [analyse(metric.analysis, x, rate, clip, Path(nowhere)) for x in (reference, estimate)]
            metric.score_signals(both[0], both[1], clip)


def main(
    tokenizer: TokenizerName = "codec2:mode=1600",
    clips: Annotated[int, typer.Option(help="Clips of each domain.")] = 4,
    workers: Workers = CORES,
) -> None:
    mini = data.load("mini")
    some = [clip for domain in ("speech", "music", "audio") for clip in mini.domain(domain).clips[:clips]]
    manifest = Manifest.of("some", some)
    with TemporaryDirectory() as folder:
        runs = Path(folder)
        folders = {}
        for name in ("reference", tokenizer):
            system = registry.load_system(name)
            folders[name] = open_folder(runs, system, manifest)
            code(system, manifest.clips, manifest.root, folders[name])
        score(manifest.clips, None, folders["reference"], NAMES, runs=runs, workers=workers, label="reference")
        started = time.perf_counter()
        score(manifest.clips, None, folders[tokenizer], NAMES, runs=runs, workers=workers, label=tokenizer)
        ours = time.perf_counter() - started
        torch.set_num_threads(1)
        for metric in catalogue.of_signals(NAMES):
            _model(metric.analysis)
        started = time.perf_counter()
        plain(manifest, folders[tokenizer])
        theirs = time.perf_counter() - started
    print(f"{len(manifest)} clips, {len(catalogue.of_signals(NAMES))} metrics: plain {theirs:.1f} s, ours {ours:.1f} s")
    print(f"ratio {theirs / ours:.2f}")


if __name__ == "__main__":
    start(main)
