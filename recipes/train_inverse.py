"""Train a model that turns units back into speech, in the voice of a prompt.

    python recipes/train_inverse.py --units ssl-units:centroids=FILE --data small --split train --minutes 25

Trains the inverse model of Vec-Tok Speech (audiotok/models/inverse.py) on the units of a tokenizer that knows their
vectors. Units and log-mel frames are computed once and kept under --runs. Ctrl-C writes a checkpoint, and the same
command resumes. Losses, validation scores and audio are written to TensorBoard. The model is written to a file that
`audiotok run -t "speak(ssl-units:centroids=FILE):model=FILE"` opens. On GPUs, use accelerate launch.
"""

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import typer

import audiotok
from audiotok import data
from audiotok.cli.options import DataName, Device, RunsFolder, start, weights_file
from audiotok.data.draw import draw
from audiotok.data.parts import part
from audiotok.models.backbone import stack_for
from audiotok.models.inverse import Inverse, InverseConfig
from audiotok.models.mel import SAMPLE_RATE, griffin_lim
from audiotok.runs.encode import encoded
from audiotok.runs.folder import slug
from audiotok.tokenizers.speak import unit_vectors
from audiotok.train.inverse_loop import InverseSettings, train_inverse
from audiotok.train.processes import main_process
from audiotok.train.run import Precision
from audiotok.train.training import Budget
from audiotok.train.validate import score, waveforms
from audiotok.train.voices import voices


def main(
    units: Annotated[str, typer.Option(help="Tokenizer with one codebook and embeddings.")] = "whisper-units",
    data_name: DataName = "small",
    split: Annotated[str, typer.Option(help="Split to train on.")] = "train",
    valid: Annotated[str, typer.Option(help="Split to validate on.")] = "valid",
    hours: Annotated[float, typer.Option(help="Hours of training audio, drawn at random; 0 for all.")] = 0.0,
    minutes: Annotated[float, typer.Option(help="Training time in minutes, instead of --steps.")] = 0.0,
    steps: Annotated[
        int,
        typer.Option(help="Training steps, instead of --minutes; a resumed run is identical to an uninterrupted one."),
    ] = 0,
    channels: Annotated[int, typer.Option(min=4, help="Width of the Conformer, a multiple of its 4 heads.")] = 144,
    layers: Annotated[int, typer.Option(min=1, help="Layers of the Conformer.")] = 3,
    prompt: Annotated[float, typer.Option(help="Length of the prompt in seconds.")] = 1.5,
    seconds: Annotated[float, typer.Option(help="Length of a crop in seconds, without the prompt.")] = 2.5,
    batch: Annotated[int, typer.Option(min=1, help="Batch size per device, in crops.")] = 8,
    learning_rate: Annotated[float, typer.Option()] = 1e-3,
    seed: Annotated[int, typer.Option()] = 0,
    augment: Annotated[
        bool, typer.Option(help="Augment prompt and clip with gain, equalisation and a second clip in the background.")
    ] = False,
    device: Device = "cpu",
    precision: Annotated[Precision, typer.Option(help="no, or bf16 on hardware that supports it.")] = "no",
    runs: RunsFolder = Path("runs"),
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write the trained model to.", callback=weights_file)
    ] = None,
) -> None:
    budget = Budget(steps, minutes)
    tokenizer = audiotok.load(units, device)
    vectors = unit_vectors(tokenizer)
    manifest = data.load(data_name).domain("speech")
    stack = stack_for(tokenizer.spec.frame_rate)
    config = InverseConfig(
        dim=vectors.shape[1],
        stack=stack,
        prompt=round(prompt * tokenizer.spec.frame_rate),
        channels=channels,
        layers=layers,
        hidden=3 * channels,
    )
    settings = InverseSettings(batch=batch, seconds=seconds, learning_rate=learning_rate, seed=seed, augment=augment)
    drawn = draw(part(manifest, split), hours, seed)
    codes = {clip.id: tokens.codes[0, 0] for clip, tokens in encoded(tokenizer, drawn, runs)}
    source = voices(drawn, codes, vectors, stack, config.prompt, runs / "features")
    # The vectors that these codes choose are on the CPU, wherever the tokenizer runs.
    held_out = [(clip, tokenizer.encode(clip, SAMPLE_RATE).to("cpu")) for clip in waveforms(part(manifest, valid), 4)]
    heard = source.frames[: stack * config.prompt].float()
    name = f"{slug(tokenizer.identifier)}.{drawn.sha256[:12]}.c{channels}x{layers}.seed{seed}"
    folder = runs / "inverses" / name

    def measured(model: Inverse, step: int | None = None) -> dict[str, float]:
        """Scores on the held-out clips, the first of which is kept as it sounds at a step of the training."""
        spoken = [said(model, heard, vectors[tokens.codes[0, 0]])[: len(clip)] for clip, tokens in held_out]
        if step is not None:
            listen(spoken[0], folder, step)
        return score([clip for clip, _ in held_out], spoken)

    torch.manual_seed(seed)
    model = train_inverse(Inverse(config), source, folder, budget, settings, precision=precision, observe=measured)
    if not main_process():
        return
    found = measured(model)
    command = "python " + shlex.join(["recipes/train_inverse.py", *sys.argv[1:]])
    out = out or folder / "inverse.safetensors"
    made_of = {"units": tokenizer.identifier, "units_sha256": tokenizer.card.weights_sha256}
    model.save(out, {"data": f"{data_name}/{split}, {source.data}", "command": command, **made_of})
    record = {"command": command, "data": source.data, "model": asdict(config), "settings": asdict(settings), **found}
    out.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    print(*(f"{name:18}{value:.4f}" for name, value in found.items()), out, sep="\n")


@torch.no_grad()
def said(model: Inverse, prompt: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    """The waveform of units; the model's mode is as it was before."""
    was_training, place = model.training, model.mean.device
    model.eval()
    frames = model.speak(prompt.to(place), vectors.to(place))
    model.train(was_training)
    return griffin_lim(frames).cpu()


def listen(waveform: torch.Tensor, folder: Path, step: int) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder / "tensorboard") as board:
        board.add_audio("spoken", waveform, step, SAMPLE_RATE)


if __name__ == "__main__":
    start(main)
