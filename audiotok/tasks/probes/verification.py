"""Speakers verified by embeddings: vectors that learned to tell some speakers apart, held against each other by others.

Conventions: attentive pooling over the frames as in audiotok.tasks.probes.net, then a vector of unit length; its angles
to a vector of each speaker to train on are classified, the own one with a margin of 0.2, in crops of 3 s. A trial's
score is the cosine of the vectors of its two whole clips. Errors of trials are those of audiotok.metrics.verification.
Source: Deng et al., "ArcFace: additive angular margin loss for deep face recognition", CVPR 2019, with the margin and
scale of ECAPA-TDNN (Desplanques et al., Interspeech 2020), which DASB trains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize, one_hot
from torch.nn.utils.rnn import pad_sequence

from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.data.trials import Trial, TrialList
from audiotok.errors import InvalidData, MetricUndefined
from audiotok.metrics.base import RecipeSetMetric
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.metrics.verification import MEASURES
from audiotok.results.verification import resampled, verified
from audiotok.tasks.probes.bag import NO_FRAME
from audiotok.tasks.probes.frames import Frames, finer, padded, tables_of
from audiotok.tasks.probes.net import Pooling
from audiotok.tasks.probes.options import TrainedOptions
from audiotok.tasks.probes.training import TensorBatch, trained
from audiotok.tasks.probes.trial_scores import conditions_of, keep, speakers_of

BATCH = 32
SECONDS = 3.0  # of a crop
MARGIN, SCALE = 0.2, 30.0
LEARNING_RATE = 0.25  # by the size of a frame


@dataclass(frozen=True)
class SpeakersBatch(TensorBatch):
    """Crops and who speaks in them."""

    codes: Tensor  # [B, K, T]
    mask: Tensor  # [B, T]
    speakers: Tensor  # [B]


class SpeakerEmbedder(nn.Module):
    """Codes -> a vector of who speaks."""

    def __init__(self, frames: Frames, size: int, speakers: int) -> None:
        super().__init__()
        self.pooling = Pooling(frames, size)
        self.project = nn.Linear(2 * size, size)
        self.speakers = nn.Parameter(torch.randn(speakers, size))

    def forward(self, batch: SpeakersBatch) -> dict[str, Tensor]:
        """-> {"total": nats a crop}"""
        cosines = self.embedding(batch.codes, batch.mask) @ normalize(self.speakers, dim=-1).T
        angles = torch.acos(cosines.clamp(-1 + 1e-6, 1 - 1e-6))
        own = one_hot(batch.speakers, len(self.speakers))
        return {"total": cross_entropy(SCALE * torch.cos(angles + MARGIN * own), batch.speakers)}

    def embedding(self, codes: Tensor, mask: Tensor) -> Tensor:
        """[B, K, T], [B, T] -> [B, size], of unit length."""
        return normalize(self.project(self.pooling(codes, mask)), dim=-1)


def verification(
    tokens: Mapping[str, Tokens],
    vectors: list[Tensor] | None,
    train: Sequence[Clip],
    listed: TrialList,
    options: TrainedOptions,
    folder: Path,
    name: str,
) -> dict[RecipeSetMetric, ClipOutcomes]:
    """Error rates of the trials, by embedders trained on the clips of other speakers; the mean over seeds.

    folder: of the checkpoints, from which a stopped training goes on, and of the trials' scores. Raises InvalidData
    where there are not two speakers to train on.
    """
    usable = [clip for clip in train if int(tokens[clip.id].lengths[0])]
    speakers = sorted({str(clip.speaker) for clip in usable})
    if len(speakers) < 2:
        raise InvalidData(f"{name}: two speakers or more are needed to train on, got {', '.join(speakers) or 'none'}")
    spec = tokens[usable[0].id].spec
    draw = _crops(
        [tokens[clip.id] for clip in usable],
        torch.tensor([speakers.index(str(clip.speaker)) for clip in usable]),
        max(1, round(SECONDS * spec.frame_rate)),
    )
    heard = {clip.id: tokens[clip.id] for trial in listed.trials for clip in (trial.first, trial.second)}
    failures = {
        trial.id: NO_FRAME
        for trial in listed.trials
        if not all(int(heard[clip.id].lengths[0]) for clip in (trial.first, trial.second))
    }
    scored = [trial for trial in listed.trials if trial.id not in failures]
    of_seeds = []
    for seed in options.seeds:

        def make() -> SpeakerEmbedder:
            return SpeakerEmbedder(
                Frames(tables_of(spec, vectors), options.size, finer(spec)), options.size, len(speakers)
            )

        identity = {"clips": [clip.id for clip in usable]}
        model = trained(make, draw, identity, options, seed, LEARNING_RATE / options.size, folder, name)
        found = {clip: _embedded(model, one, options.device) for clip, one in heard.items() if int(one.lengths[0])}
        of_seeds.append(np.array([float(found[trial.first.id] @ found[trial.second.id]) for trial in scored]))
    outcomes = _outcomes(of_seeds, scored, failures)
    if all(outcome.value is not None for outcome in outcomes.values()):
        keep(folder, name, conditions_of(options, listed), scored, of_seeds)
    return outcomes


def _crops(
    tokens: Sequence[Tokens], speakers: Tensor, length: int
) -> Callable[[torch.Generator, float], SpeakersBatch]:
    """Crops of `length` frames, of shorter clips all they have. A speaker is drawn first, then a clip of theirs."""
    of = [torch.nonzero(speakers == speaker)[:, 0] for speaker in range(int(speakers.max()) + 1)]

    def draw(generator: torch.Generator, progress: float) -> SpeakersBatch:
        drawn = torch.randint(len(of), (BATCH,), generator=generator)
        crops = []
        for speaker in drawn.tolist():
            number = int(of[speaker][torch.randint(len(of[speaker]), (1,), generator=generator)])
            codes = padded([tokens[number]])[0][0]  # [K + G, T]
            start = int(torch.randint(max(1, codes.shape[1] - length + 1), (1,), generator=generator))
            crops.append(codes[:, start : start + length].T)
        lengths = torch.tensor([len(crop) for crop in crops])
        mask = torch.arange(int(lengths.max())) < lengths[:, None]
        return SpeakersBatch(pad_sequence(crops, batch_first=True).mT, mask, drawn)

    return draw


def _embedded(model: SpeakerEmbedder, tokens: Tokens, device: str) -> Tensor:
    """[size], of a whole clip."""
    codes, mask = (part.to(device) for part in padded([tokens]))
    with torch.no_grad():
        return model.embedding(codes, mask)[0].double().cpu()


def _outcomes(
    of_seeds: Sequence[np.ndarray], scored: Sequence[Trial], failures: dict[str, str]
) -> dict[RecipeSetMetric, ClipOutcomes]:
    same = np.array([trial.same for trial in scored], dtype=bool)
    speakers = speakers_of(scored)
    try:
        values = verified(of_seeds, same, speakers)
    except MetricUndefined as error:
        why = {trial.id: str(error) for trial in scored} | failures
        return {metric: ClipOutcomes(failures=why) for metric in MEASURES}
    label = resampled(speakers)
    return {
        metric: ClipOutcomes(
            failures=dict(failures), value=of.value, n=len(scored), interval=of.interval, uncertainty=label
        )
        for metric, of in values.items()
    }
