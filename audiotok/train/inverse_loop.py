"""Training an inverse of units: its settings, its losses, and what a batch is (audiotok.train.run does the rest)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from torch import Tensor, nn

from audiotok.models.inverse import Inverse
from audiotok.models.weights import fingerprint
from audiotok.train import losses
from audiotok.train.features import FrameCrops, batch_sampler
from audiotok.train.run import RunOptions, run
from audiotok.train.training import Budget, Drawn, Schedule, Training
from audiotok.train.voices import Voices


@dataclass(frozen=True)
class InverseSettings(Schedule):
    """How an inverse is trained. A checkpoint is resumed under the same settings only."""

    batch: int = 8  # crops a step, on each device
    seconds: float = 2.5  # of a crop, without its prompt
    augment: bool = False


class InverseLearner(nn.Module):
    """The inverse model with its loss: MSE of the normalised frames + 1 - SSIM.

    A batch's frames are prompt ‖ clip, and its teacher "units" the vectors of the clip's units.
    """

    def __init__(self, model: Inverse) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: FrameCrops) -> dict[str, Tensor]:
        """-> losses by name, "total" among them."""
        vectors = batch.teachers["units"]
        spoken = self.model.config.stack * vectors.shape[1]
        prompt, target = batch.frames[:, :-spoken], batch.frames[:, -spoken:]
        estimate = self.model(prompt, vectors)
        error = (self.model.normal(target) - self.model.normal(estimate)).square().mean()
        unlike = 1 - losses.ssim(target, estimate)
        return {"mse": error, "ssim": unlike, "total": error + unlike}


def train_inverse(
    model: Inverse,
    source: Voices,
    folder: Path,
    budget: Budget,
    settings: InverseSettings,
    *,
    observe: Callable[[Inverse, int], dict[str, float]] | None = None,
    **options: Unpack[RunOptions],
) -> Inverse:
    """Train until the budget is used, resuming from `folder`'s checkpoint where there is one; returns the model.

    Stops, resumes and fails as `audiotok.train.run.run` does.
    """
    length = round(settings.seconds * model.config.frame_rate)
    training = Training(
        InverseLearner(model),
        Drawn(batch_sampler(source, settings.batch, length, settings.augment), settings.seed),
        {
            "inverse": model.config,
            "settings": settings,
            "data": source.data,
            "units": fingerprint({"vectors": source.vectors}),
        },
        settings.adamw(),
        settings.seed,
        start=lambda: start(model, source.sample()),
    )
    run(
        *(training, folder, budget),
        observe=(lambda step: observe(model, step)) if observe else None,
        **options,
    )
    return model


def start(model: Inverse, batch: FrameCrops) -> None:
    """The model at its start, the linear map of least squares, from a batch like those that will be learned from."""
    model.start(batch.frames, batch.teachers["units"])
