"""One configuration of a codec, trained: `recipes/train_codec.py` asks for one, `recipes/ablation.py` for a grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import torch
import typer

from audiotok.data.manifest import Manifest
from audiotok.train.distill import Distillation, distillation
from audiotok.train.features import stream
from audiotok.train.loop import Budget, Precision, Settings, train
from audiotok.train.model import CodecConfig, MelCodec

Entries = Annotated[int, typer.Option(min=2, help="Per codebook.")]
Channels = Annotated[int, typer.Option(min=1, help="Width of encoder and decoder.")]
Latent = Annotated[int, typer.Option(min=1, help="Width of the quantizer.")]
Dropout = Annotated[float, typer.Option(help="Share of steps with a random prefix of the codebooks.")]
BatchSize = Annotated[int, typer.Option(min=1, help="Crops a step and device.")]
Teacher = Annotated[str, typer.Option(help="whisper-base, whisper-tiny.en, or HuBERT-like by hub name.")]
TextTeacher = Annotated[
    str, typer.Option(help="BERT-like by hub name or folder, for dm; empty leaves its text half out.")
]
DistillWeight = Annotated[float, typer.Option(help="Of the distillation beside the reconstruction.")]
PrecisionName = Annotated[Precision, typer.Option(help="bf16 only where the hardware multiplies it.")]


@dataclass(frozen=True)
class Plan:
    """What is trained, and how; the data and the budget are not part of it."""

    config: CodecConfig
    settings: Settings = field(default_factory=Settings)
    dropout: float = 0.5
    distill: Distillation = "none"
    teacher: str = "whisper-base"
    text_teacher: str = ""
    distill_weight: float = 1.0

    @property
    def name(self) -> str:
        """For a folder."""
        config = self.config
        shape = f"{config.quantizer}{config.codebooks}x{config.entries}.{config.frame_rate:g}hz.c{config.channels}"
        return f"{shape}.{self.distill}.seed{self.settings.seed}"


@dataclass(frozen=True)
class Trained:
    """A codec and where it comes from."""

    codec: MelCodec
    data: str  # "small/train@sha256:ab12…"
    trained_with: str  # its teachers, "" where it had none

    def save(self, path: Path, data: str, command: str) -> None:
        """A file that `mel:checkpoint=FILE` opens; `data` names the data set, `command` is what made it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"data": f"{data}, {self.data}", "command": command, "trained_with": self.trained_with}
        self.codec.save(path, metadata)


def trained(
    plan: Plan,
    manifest: Manifest,
    budget: Budget,
    folder: Path,
    features: Path,
    speeds: Sequence[float] = (1.0,),
    *,
    device: Literal["cpu", "auto"] = "auto",
    precision: Precision = "no",
    observe: Callable[[MelCodec, int], dict[str, float]] | None = None,
) -> Trained:
    """Train on the manifest, or go on from `folder`'s checkpoint; `features` is where frames and teachers' are kept."""
    torch.manual_seed(plan.settings.seed)  # an objective's layers are drawn too
    teachers, objectives = distillation(plan.distill, plan.config, plan.teacher, plan.text_teacher, plan.distill_weight)
    source = stream(manifest, plan.config.stack, features, speeds, teachers)
    torch.manual_seed(plan.settings.seed)  # a codec's start depends on no teacher
    codec = train(
        MelCodec(plan.config, plan.dropout),
        source,
        folder,
        budget,
        plan.settings,
        objectives,
        device=device,
        precision=precision,
        observe=observe,
    )
    taught_by = ", ".join(filter(None, [plan.teacher, plan.text_teacher])) if objectives else ""
    return Trained(codec, source.data, taught_by)
