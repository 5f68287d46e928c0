"""One configuration of a codec, trained: `recipes/train_codec.py` asks for one, `recipes/ablation.py` for a grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Unpack

import torch
import typer

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidOption
from audiotok.models.backbone import Backbone
from audiotok.models.mel_codec import CodecConfig, MelCodec
from audiotok.models.waveform_codec import WaveformCodec, WaveformConfig
from audiotok.train.distill import Distillation, distillation
from audiotok.train.features import WaveformFeatures, stream
from audiotok.train.loop import Settings, train
from audiotok.train.processes import join
from audiotok.train.run import Precision, RunOptions
from audiotok.train.training import Budget
from audiotok.train.waveform_loop import WaveformSettings, train_waveform

Entries = Annotated[int, typer.Option(min=2, help="Codebook size.")]
Channels = Annotated[
    int,
    typer.Option(
        min=1, help="Width of encoder and decoder; for waveform backbones, of the outermost layers (32 in EnCodec)."
    ),
]
Latent = Annotated[int, typer.Option(min=1, help="Dimension of the quantizer.")]
Dropout = Annotated[
    float, typer.Option(help="Fraction of steps with a random number of codebooks (quantizer dropout).")
]
BatchSize = Annotated[int, typer.Option(min=1, help="Batch size per device, in crops.")]
Teacher = Annotated[
    str,
    typer.Option(help="whisper-base, whisper-tiny.en, or a HuBERT-like model: a folder, or NAME@COMMIT of the hub."),
]
TextTeacher = Annotated[
    str,
    typer.Option(help="BERT-like text model for dm: a folder, or NAME@COMMIT of the hub; empty disables LM guidance."),
]
DistillWeight = Annotated[
    float, typer.Option(help="Weight of the distillation loss relative to the reconstruction loss.")
]
PrecisionName = Annotated[Precision, typer.Option(help="no, or bf16 on hardware that supports it.")]


@dataclass(frozen=True)
class CodecTrainingConfig:
    """The codec that is trained, and how; data and budget are not part of it."""

    config: CodecConfig | WaveformConfig
    settings: Settings | WaveformSettings = field(default_factory=Settings)
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
        if isinstance(config, WaveformConfig):
            shape = f"waveform.{shape}{'.causal' if config.causal else ''}"
        return f"{shape}.{self.distill}.seed{self.settings.seed}"


@dataclass(frozen=True)
class TrainedCodec:
    """A codec and where it comes from."""

    codec: Backbone
    data: str  # "small/train@sha256:ab12…"
    trained_with: str  # its teachers, "" where it had none
    objective: str  # of DATES's taxonomy, as in "Rec, VQ"

    def save(self, path: Path, data: str, command: str) -> None:
        """A file that `mel:checkpoint=FILE`, or `waveform:checkpoint=FILE`, opens; `data` names the data set,
        `command` is what made it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"data": f"{data}, {self.data}", "command": command, "trained_with": self.trained_with}
        self.codec.save(path, metadata | {"objective": self.objective})


def train_codec(
    plan: CodecTrainingConfig,
    manifest: Manifest,
    budget: Budget,
    folder: Path,
    features: Path,
    speeds: Sequence[float] = (1.0,),
    *,
    observe: Callable[[Backbone, int], dict[str, float]] | None = None,
    **options: Unpack[RunOptions],
) -> TrainedCodec:
    """Train on the manifest, or go on from `folder`'s checkpoint; `features` is where frames and teachers' are kept."""
    join(options.get("device", "auto"))
    config, settings = plan.config, plan.settings
    torch.manual_seed(settings.seed)  # an objective's layers are drawn too
    teachers, objectives = distillation(plan.distill, config, plan.teacher, plan.text_teacher, plan.distill_weight)
    trained_with = ", ".join(teacher for objective in objectives for teacher in objective.teachers)
    codec: Backbone
    if isinstance(config, WaveformConfig) and isinstance(settings, WaveformSettings):
        source = stream(manifest, config.hop, features, speeds, teachers, WaveformFeatures())
        torch.manual_seed(settings.seed)  # a codec's start depends on no teacher
        codec = WaveformCodec(config, plan.dropout)
        train_waveform(codec, source, folder, budget, settings, objectives, observe=observe, **options)
        return TrainedCodec(
            codec, source.data, trained_with, "Rec, VQ" if settings.adversarial_from == 1 else "GAN, Feat, Rec, VQ"
        )
    if isinstance(config, CodecConfig) and isinstance(settings, Settings):
        source = stream(manifest, config.stack, features, speeds, teachers)
        torch.manual_seed(settings.seed)
        codec = MelCodec(config, plan.dropout)
        train(codec, source, folder, budget, settings, objectives, observe=observe, **options)
        return TrainedCodec(codec, source.data, trained_with, "Rec, VQ")
    raise InvalidOption(f"{type(settings).__name__} are no settings for a {type(config).__name__}")
