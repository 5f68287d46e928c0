"""How much faster is scoring one more tokenizer than calling every metric clip after clip?

    python benchmarks/scoring.py --tokenizer codec2:mode=1600 --clips 4

Both sides score the same decoded clips of `mini` with the same metrics and open each model once. The plain way is one
process on one thread: for each clip and metric it analyses reference and estimate anew, by the calls of the packages
that DNSMOS, PLCMOS, pYIN and ViSQOL come from. Ours finds the reference's analyses where an earlier tokenizer left
them, shares those of the estimate between metrics, and uses every core. Processor time is that of all processes. The
last line says how far the two scores of a clip are apart at most.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import psutil
import soxr
import torch
import typer

from audiotok import data, registry
from audiotok.cli.options import CORES, TokenizerName, Workers, start
from audiotok.data import Clip, Manifest
from audiotok.errors import MetricUndefined
from audiotok.files import onnx as onnx_file
from audiotok.metrics import catalogue
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric, SignalMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.f0 import FMAX, FMIN, FRAME, HOP
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.visqol import AUDIO_RATE
from audiotok.runs.analyse import _model, analyse, signals
from audiotok.runs.code import code
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.score import score
from audiotok.tasks import reconstruction, wer

NAMES = (*reconstruction.TASK.metrics, *wer.TASK.metrics)


def open_dnsmos() -> Any:
    package = needs("speechmos.dnsmos")
    folder = Path(package.__file__).parent / "dnsmos_models"
    model = package.DNSMOS(str(folder / "sig_bak_ovr.onnx"), str(folder / "model_v8.onnx"))
    model.onnx_sess, model.p808_onnx_sess = (
        onnx_file.session(Path(path)) for path in (model.primary_model_path, folder / "model_v8.onnx")
    )
    return model


def open_plcmos() -> Any:
    model = needs("speechmos.plcmos").PLCMOS()
    model.session = onnx_file.session(Path(model.model_path))
    return model


def open_visqol() -> dict[str, Any]:
    apis = {mode: needs("visqol").VisqolApi() for mode in ("speech", "audio")}
    for mode, api in apis.items():
        api.create(mode=mode)
    return apis


def run_dnsmos(waveform: Waveform, rate: int, clip: Clip, model: Any) -> Features:
    return {name.removesuffix("_mos"): np.array(found) for name, found in model(waveform, rate, False).items()}


def run_plcmos(waveform: Waveform, rate: int, clip: Clip, model: Any) -> Features:
    np.random.seed(0)  # the package draws its raters from NumPy's global generator
    return {"plcmos": np.array(model.get_mos(waveform))}


def run_pyin(waveform: Waveform, rate: int, clip: Clip, model: None) -> Features:
    frames = {"frame_length": FRAME, "hop_length": HOP}
    return {"f0": needs("librosa").pyin(waveform, fmin=FMIN, fmax=FMAX, sr=rate, **frames)[0]}


def run_visqol(waveform: Waveform, rate: int, clip: Clip, model: Any) -> Features:
    return {"waveform": waveform if rate == 16000 else soxr.resample(waveform, rate, AUDIO_RATE, quality="HQ")}


def score_visqol(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    mode, rate = ("speech", 16000) if clip.domain == "speech" else ("audio", AUDIO_RATE)
    pair = (features["waveform"].astype(np.float64) for features in (reference, estimate))
    try:
        return ClipScore(float(_model(VISQOL)[mode].measure_from_arrays(*pair, rate).moslqo))
    except (IndexError, ValueError) as error:
        raise MetricUndefined(str(error)) from error


VISQOL = Analysis("visqol-package", 1, run_visqol, open_visqol)
PACKAGES: dict[str, tuple[Callable[..., Features], Callable[[], Any] | None]] = {
    "dnsmos": (run_dnsmos, open_dnsmos),
    "plcmos": (run_plcmos, open_plcmos),
    "pyin": (run_pyin, None),
}


def by_package(metric: SignalMetric) -> SignalMetric:
    """The metric by its package's own call, where ours is another."""
    if isinstance(metric, ClipMetric) and metric.name == "visqol":
        return replace(metric, analysis=VISQOL, score=score_visqol)
    if metric.analysis.name not in PACKAGES:
        return metric
    run, load = PACKAGES[metric.analysis.name]
    return replace(
        metric, analysis=replace(metric.analysis, name=f"{metric.analysis.name}-package", run=run, load=load)
    )


def plain(manifest: Manifest, folder: RunFolder) -> dict[tuple[str, str], list[float]]:
    """(clip, metric) -> score: what a script would do that has a list of metrics and a list of files."""
    found = {}
    for clip in manifest:
        for metric in map(by_package, catalogue.of_signals(NAMES)):
            if clip.domain not in metric.domains:
                continue
            reference, estimate, rate = signals(clip, folder, manifest.root)
            try:
                with TemporaryDirectory() as nowhere:
                    both = [analyse(metric.analysis, x, rate, clip, Path(nowhere)) for x in (reference, estimate)]
                found[clip.id, metric.name] = metric.score_signals(both[0], both[1], clip)
            except MetricUndefined:
                continue
            if metric.aligned:  # ours is after a delay, which this did not take out
                del found[clip.id, metric.name]
    return found


def furthest(theirs: dict[tuple[str, str], list[float]], folder: RunFolder) -> tuple[float, str]:
    """The largest difference between two values of a clip, relative to 1 or to the value, and of which metric it is."""
    apart = []
    for (clip, name), values in theirs.items():
        (metric,) = catalogue.of_signals([name])
        ours = np.array(folder.read_scores(clip)["scores"][metric.key])
        apart += [(float(d), name) for d in np.abs(ours - values) / np.maximum(1, np.abs(values))]
    return max(apart)


def processor_seconds() -> float:
    """Of this process and those that it started."""
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


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
        began, started = processor_seconds(), time.perf_counter()
        score(manifest.clips, None, folders[tokenizer], NAMES, runs=runs, workers=workers, label=tokenizer)
        ours = (time.perf_counter() - started, processor_seconds() - began)
        torch.set_num_threads(1)
        for metric in map(by_package, catalogue.of_signals(NAMES)):
            _model(metric.analysis)
        began, started = processor_seconds(), time.perf_counter()
        found = plain(manifest, folders[tokenizer])
        theirs = (time.perf_counter() - started, processor_seconds() - began)
        apart, name = furthest(found, folders[tokenizer])
    print(f"{len(manifest)} clips, {len(catalogue.of_signals(NAMES))} metrics")
    for what, plainly, by_us in zip(("wall clock", "processor"), theirs, ours, strict=True):
        print(f"{what}: plain {plainly:.1f} s, ours {by_us:.1f} s, ratio {plainly / by_us:.2f}")
    print(f"largest difference of a clip's score: {apart:.1e} ({name})")


if __name__ == "__main__":
    start(main)
