"""Train a vocoder from log-mel frames to speech, and measure its quality with this architecture and budget.

    python recipes/train_vocoder.py --data small --split train --minutes 30

The vocoder learns from exact frames, or, with --codec FILE, from the frames that this codec decodes. Waveforms are kept
under --runs. Ctrl-C writes a checkpoint, and the same command resumes. Losses, validation scores and audio are written
to TensorBoard. The vocoder is written to a file that `audiotok run -t audiotok-rvq:vocoder=FILE` decodes with. On GPUs,
use accelerate launch.
"""

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import typer

from audiotok import data
from audiotok.cli.options import DataName, RunsFolder, start, weights_file
from audiotok.data.parts import part
from audiotok.models.mel import log_mel, whole_frames
from audiotok.models.mel_codec import MelCodec
from audiotok.models.vocoder import Vocoder, VocoderConfig
from audiotok.train.processes import main_process
from audiotok.train.recordings import recordings
from audiotok.train.run import Precision
from audiotok.train.training import Budget
from audiotok.train.validate import score, waveforms
from audiotok.train.vocoder_loop import VocoderSettings, train_vocoder


def main(
    data_name: DataName = "small",
    split: Annotated[str, typer.Option(help="Split to train on.")] = "train",
    valid: Annotated[str, typer.Option(help="Split to validate on.")] = "valid",
    minutes: Annotated[float, typer.Option(help="Training time in minutes, instead of --steps.")] = 0.0,
    steps: Annotated[
        int,
        typer.Option(help="Training steps, instead of --minutes; a resumed run is identical to an uninterrupted one."),
    ] = 0,
    codec: Annotated[Path | None, typer.Option(help="Train on frames decoded by this codec.")] = None,
    channels: Annotated[int, typer.Option(min=1, help="Width of the network.")] = 192,
    blocks: Annotated[int, typer.Option(min=1)] = 7,
    iterations: Annotated[
        int, typer.Option(min=0, help="Griffin–Lim iterations starting from the network's phase.")
    ] = 0,
    adversarial_from: Annotated[
        float, typer.Option(help="Fraction of the budget before adversarial training; 1 disables it.")
    ] = 0.5,
    width: Annotated[int, typer.Option(min=1, help="Width of the discriminators' layers; 32 in the papers.")] = 8,
    speeds: Annotated[list[float], typer.Option("--speed", help="Also play clips at this speed; repeatable.")] = [1.0],  # noqa: B006
    batch: Annotated[int, typer.Option(min=1, help="Batch size per device, in crops of one second.")] = 16,
    learning_rate: Annotated[float, typer.Option()] = 1e-3,
    seed: Annotated[int, typer.Option()] = 0,
    precision: Annotated[Precision, typer.Option(help="no, or bf16 on hardware that supports it.")] = "no",
    runs: RunsFolder = Path("runs"),
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write the trained vocoder to.", callback=weights_file)
    ] = None,
) -> None:
    budget = Budget(steps, minutes)
    manifest = data.load(data_name).domain("speech")
    config = VocoderConfig(channels=channels, blocks=blocks, iterations=iterations)
    settings = VocoderSettings(
        batch=batch, learning_rate=learning_rate, seed=seed, adversarial_from=adversarial_from, width=width
    )
    coder = MelCodec.load(codec)[0] if codec else None
    source = recordings(part(manifest, split), runs / "features", speeds)
    held_out = waveforms(part(manifest, valid), 4)
    heard = f"coded-{codec.stem}" if codec else "exact"
    folder = runs / "vocoders" / f"c{channels}.b{blocks}.{heard}.adversarial{adversarial_from:g}.seed{seed}"

    torch.manual_seed(seed)
    vocoder = train_vocoder(
        Vocoder(config),
        source,
        folder,
        budget,
        settings,
        coder,
        precision=precision,
        observe=lambda vocoder, step: observed(vocoder, coder, held_out, folder, step),
    )
    if not main_process():
        return
    scores = score(held_out, [resynthesis(vocoder, coder, clip) for clip in held_out])
    command = "python " + shlex.join(["recipes/train_vocoder.py", *sys.argv[1:]])
    out = out or folder / "vocoder.safetensors"
    vocoder.save(out, {"data": f"{data_name}/{split}, {source.data}", "command": command, "codec": heard})
    of = {"vocoder": asdict(config), "settings": asdict(settings)}
    record = {"command": command, "data": source.data, **of, **scores}
    out.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    print(*(f"{name:18}{value:.4f}" for name, value in scores.items()), out, sep="\n")


@torch.no_grad()
def resynthesis(vocoder: Vocoder, codec: MelCodec | None, clip: torch.Tensor) -> torch.Tensor:
    """[T] -> [T], through the frames that the vocoder is trained on."""
    frames = log_mel(whole_frames(clip, codec.config.hop if codec else 1).to(vocoder.mean.device))
    if codec:
        frames = codec.coded(frames[None], codec.config.codebooks)[0]
    return vocoder.decode(frames)[: len(clip)].cpu()


def observed(
    vocoder: Vocoder, codec: MelCodec | None, clips: list[torch.Tensor], folder: Path, step: int
) -> dict[str, float]:
    """Scores, and the first clip as it sounds now."""
    from torch.utils.tensorboard import SummaryWriter

    heard = [resynthesis(vocoder, codec, clip) for clip in clips]
    with SummaryWriter(folder / "tensorboard") as board:
        board.add_audio("resynthesis", heard[0], step, 16000)
    return score(clips, heard)


if __name__ == "__main__":
    start(main)
