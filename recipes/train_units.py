"""Train units: k centroids that represent the frames of a speech encoder.

    python recipes/train_units.py --encoder whisper-base --k 500 --data small --split train --hours 1

Encodes the clips once (kept under --runs), initialises with k-means++ on a sample, runs k-means until the error no
longer decreases, and measures the units on held-out clips. Resumes an interrupted run. Writes the centroids, a record
of every pass and a plot of the convergence.
"""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import torch
import typer

from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, start, weights_file
from audiotok.data.draw import draw
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.parts import part
from audiotok.errors import InvalidData
from audiotok.files.hub_models import with_content
from audiotok.units.centroids import Centroids, assign
from audiotok.units.deduplicate import runs_of
from audiotok.units.features import Features, sample_frames
from audiotok.units.kmeans import KMeans, Pass, fit, perplexity
from audiotok.units.layers import open_layer

SAMPLE_PER_CENTROID = 50  # frames that k-means++ chooses from


def main(
    encoder: Annotated[
        str, typer.Option(help="whisper-base, or a HuBERT-like model: a folder, or NAME@COMMIT of the hub.")
    ] = "whisper-base",
    layer: Annotated[int, typer.Option(help="Encoder layer; -1 is the output.")] = -1,
    k: Annotated[int, typer.Option(min=1, help="Number of units.")] = 500,
    data_name: DataName = "small",
    split: Annotated[str, typer.Option(help="Split of the data set.")] = "train",
    hours: Annotated[float, typer.Option(help="Hours of training audio, drawn at random; 0 for all.")] = 0.0,
    remove_mean: Annotated[
        bool, typer.Option(help="Subtract the mean of each clip from its frames (Vec-Tok Speech).")
    ] = False,
    passes: Annotated[int, typer.Option(help="Maximum number of passes.")] = 100,
    tolerance: Annotated[
        float, typer.Option(help="Stop when the relative decrease of the error in a pass is smaller.")
    ] = 1e-4,
    update_frames: Annotated[
        int, typer.Option(help="Mini-batch k-means: frames per update; 0 updates once per pass.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the sampling and of k-means++.")] = 0,
    device: Device = "cpu",
    runs: RunsFolder = Path("runs"),
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write the centroids to.", callback=weights_file)
    ] = None,
) -> None:
    manifest = draw(part(data.load(data_name).domain("speech"), split), hours, seed)
    name = f"{with_content(encoder).replace('/', '--')}.layer{layer}"
    parts = divided(manifest)
    train, held_out = encoded(parts, encoder, layer, device, runs / "features" / name)

    # By the clips that are learned from: centroids of other ones may have learned from those that are held out.
    folder = runs / "units" / f"{name}.{parts[0].sha256[:12]}.k{k}.mean{int(remove_mean)}.{update_frames}.seed{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "kmeans.safetensors"
    if checkpoint.is_file():
        state = KMeans.load(checkpoint, device)
    else:
        sample = sample_frames(train.blocks(remove_mean), SAMPLE_PER_CENTROID * k, seed)
        state = KMeans.start(sample, k, seed, device)
    for step in fit(
        state, lambda: train.blocks(remove_mean), passes=passes, tolerance=tolerance, update_frames=update_frames
    ):
        state.save(checkpoint)
        print(f"pass {len(state.history):3d}  explained {step.explained:.4f}  used {step.used}  revived {step.revived}")

    command = "python " + shlex.join(["recipes/train_units.py", *sys.argv[1:]])
    origin = f"{data_name}/{split}@sha256:{manifest.sha256}"
    out = out or folder / "centroids.safetensors"
    Centroids(state.centroids, encoder, layer, remove_mean, origin, command).save(out)
    report = measured(held_out, Centroids.load(out)) | {"passes": [asdict(step) for step in state.history]}
    out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    plot(state.history, out.with_suffix(".png"))
    print(*(f"{name:18}{value:.4g}" for name, value in report.items() if isinstance(value, float)), out, sep="\n")


def divided(manifest: Manifest) -> tuple[Manifest, Manifest]:
    """The clips to train on, and the last tenth, which is held out. Raises InvalidData where there is one clip only."""
    if len(manifest) < 2:
        raise InvalidData(f"{len(manifest)} clips are too few: one is held out, and one more is needed to train")
    train = len(manifest) - max(1, round(len(manifest) / 10))
    return replace(manifest, clips=manifest.clips[:train]), replace(manifest, clips=manifest.clips[train:])


def encoded(parts: Sequence[Manifest], name: str, layer: int, device: str, folder: Path) -> list[Features]:
    encoder = open_layer(name, layer, device)

    def features(clips: Manifest) -> Features:
        def waveform(clip: Clip) -> torch.Tensor:
            return data.read(clip, clips.root).resample(encoder.sample_rate).waveform[0, 0].to(device)

        place = folder.with_name(f"{folder.name}.{clips.sha256[:12]}")
        return Features.compute(clips.clips, encoder, place, waveform)

    return [features(clips) for clips in parts]


def measured(held_out: Features, centroids: Centroids) -> dict[str, float]:
    """Measurements of the units on clips that did not train them."""
    k = len(centroids.vectors)
    clips = [assign(frames, centroids.vectors, centroids.remove_mean) for _, frames in held_out]
    units = torch.cat(clips)
    runs = sum(len(runs_of(clip[None])[1]) for clip in clips)
    return {
        "frames": float(len(units)),
        "perplexity": perplexity(units, k),
        "used": len(units.unique()) / k,
        "frames per run": len(units) / runs,
    }


def plot(history: list[Pass], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(5, 3), layout="constrained")
    axis.plot(range(1, len(history) + 1), [step.explained for step in history])
    axis.set(xlabel="pass over the data", ylabel="share of the variance explained")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


if __name__ == "__main__":
    start(main)
