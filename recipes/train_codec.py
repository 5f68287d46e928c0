"""Train a codec, and measure how good it is with this architecture, quantizer and budget.

    python recipes/train_codec.py --data small --split train --minutes 40

Log-mel frames are computed once and kept under --runs. Ctrl-C writes a checkpoint, and the same command resumes.
Losses, validation scores by the leaderboard's metrics and audio are written to TensorBoard. The codec is written to a
file that `audiotok run -t mel:checkpoint=FILE` opens. On GPUs, use accelerate launch.

    accelerate launch recipes/train_codec.py --backbone waveform --channels 32 --data mine.jsonl --steps 400000

trains on the waveform itself, with discriminators for the second half of the budget, for `waveform:checkpoint=FILE`.
This variant needs a GPU: on a CPU it does not reach a usable quality in reasonable time.
"""

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import torch
import typer

from audiotok import data
from audiotok.cli.options import DataName, RunsFolder, start, weights_file
from audiotok.data.parts import part
from audiotok.errors import InvalidOption
from audiotok.models.backbone import Backbone, stack_for
from audiotok.models.mel_codec import CodecConfig
from audiotok.models.quantizers import Kind
from audiotok.models.waveform_codec import WaveformConfig
from audiotok.train.distill import Distillation
from audiotok.train.experiment import (
    BatchSize,
    Channels,
    CodecTrainingConfig,
    DistillWeight,
    Dropout,
    Entries,
    Latent,
    PrecisionName,
    Teacher,
    TextTeacher,
    train_codec,
)
from audiotok.train.loop import Settings
from audiotok.train.processes import main_process
from audiotok.train.training import Budget
from audiotok.train.validate import reconstruct, validate, waveforms
from audiotok.train.waveform_loop import WaveformSettings


def main(
    data_name: DataName = "small",
    split: Annotated[str, typer.Option(help="Split to train on.")] = "train",
    valid: Annotated[str, typer.Option(help="Split to validate on.")] = "valid",
    minutes: Annotated[float, typer.Option(help="Training time in minutes, instead of --steps.")] = 0.0,
    steps: Annotated[
        int,
        typer.Option(help="Training steps, instead of --minutes; a resumed run is identical to an uninterrupted one."),
    ] = 0,
    backbone: Annotated[Literal["mel", "waveform"], typer.Option(help="Input and output representation.")] = "mel",
    frame_rate: Annotated[float, typer.Option(help="Frame rate of the tokens in Hz: 50, 25, 12.5 or 6.25.")] = 50.0,
    quantizer: Annotated[Kind, typer.Option(help="Quantizer; see audiotok/models/quantizers.py.")] = "rvq",
    codebooks: Annotated[int, typer.Option(min=1)] = 8,
    entries: Entries = 1024,
    channels: Channels = 192,
    latent: Latent = 64,
    dropout: Dropout = 0.5,
    speeds: Annotated[list[float], typer.Option("--speed", help="Also play clips at this speed; repeatable.")] = [1.0],  # noqa: B006
    batch: BatchSize = 16,
    learning_rate: Annotated[float, typer.Option()] = 1e-3,
    seed: Annotated[int, typer.Option()] = 0,
    distill: Annotated[Distillation, typer.Option(help="Distillation of the first codebook.")] = "none",
    teacher: Teacher = "whisper-base",
    text_teacher: TextTeacher = "",
    distill_weight: DistillWeight = 1.0,
    causal: Annotated[bool, typer.Option(help="Waveform backbone: use causal convolutions.")] = False,
    adversarial_from: Annotated[
        float,
        typer.Option(help="Waveform backbone: fraction of the budget before adversarial training; 1 disables it."),
    ] = 0.5,
    width: Annotated[int, typer.Option(min=1, help="Waveform backbone: width of the discriminators' layers.")] = 32,
    precision: PrecisionName = "no",
    runs: RunsFolder = Path("runs"),
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write the trained codec to.", callback=weights_file)
    ] = None,
) -> None:
    budget = Budget(steps, minutes)
    if text_teacher and distill != "dm":
        raise InvalidOption(f"--text-teacher teaches with --distill dm only, got --distill {distill}")
    manifest = data.load(data_name).domain("speech")
    shape = {"stack": stack_for(frame_rate), "latent": latent, "quantizer": quantizer}
    shape |= {"channels": channels, "codebooks": codebooks, "entries": entries}
    steady = {"batch": batch, "learning_rate": learning_rate, "seed": seed}
    if backbone == "waveform":
        config = WaveformConfig(**shape, causal=causal)
        settings = WaveformSettings(**steady, adversarial_from=adversarial_from, width=width)
    else:
        config, settings = CodecConfig(**shape), Settings(**steady)
    plan = CodecTrainingConfig(config, settings, dropout, distill, teacher, text_teacher, distill_weight)
    held_out = waveforms(part(manifest, valid), 4)
    folder = runs / "codecs" / plan.name
    made = train_codec(
        plan,
        part(manifest, split),
        budget,
        folder,
        runs / "features",
        speeds,
        precision=precision,
        observe=lambda codec, step: observed(codec, held_out, folder, step),
    )
    if not main_process():
        return
    codec = made.codec
    fewer = [count for count in (1, 2, 4, 8) if count < codebooks] if codec.quantizer.prefixes else []
    scores = validate(codec, held_out, [*fewer, codebooks])
    command = "python " + shlex.join(["recipes/train_codec.py", *sys.argv[1:]])
    out = out or folder / "codec.safetensors"
    made.save(out, f"{data_name}/{split}", command)
    record = {"command": command, "data": made.data, "codec": asdict(config), "settings": asdict(settings), **scores}
    out.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    print(*(f"{name:18}{value:.4f}" for name, value in scores.items()), out, sep="\n")
    print(f"to use it: audiotok run -t {shlex.quote(f'{backbone}:checkpoint={out}')}")


def observed(codec: Backbone, clips: list[torch.Tensor], folder: Path, step: int) -> dict[str, float]:
    """Scores, and the first clip as it sounds now."""
    from torch.utils.tensorboard import SummaryWriter

    scores = validate(codec, clips)
    codec.eval()
    with SummaryWriter(folder / "tensorboard") as board:
        board.add_audio("reconstruction", reconstruct(codec, clips[0], codec.config.codebooks), step, 16000)
    codec.train()
    return scores


if __name__ == "__main__":
    start(main)
