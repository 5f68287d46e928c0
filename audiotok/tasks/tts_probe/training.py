"""Training on clips with their text before them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidData
from audiotok.lm.model import AcousticLM
from audiotok.lm.text_first import CONDITION, VERSION, TextFirst, spelled
from audiotok.store.reader import TokenStore
from audiotok.tasks.language_model.conditioned import train_conditioned
from audiotok.tasks.language_model.folder import hashed
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.language_model.training import TrainingData
from audiotok.tasks.tts_probe.texts import why_unusable


def usable(store: TokenStore, longest: float) -> list[int]:
    """Numbers of the clips that can be learnt from. Raises InvalidData where there are none."""
    reasons = {number: why_unusable(store.clip(number), longest) for number in range(len(store))}
    numbers = [number for number, reason in reasons.items() if not reason]
    if not numbers:
        raise InvalidData(f"{store.path}: no clip and its text can be used for training; the first one: {reasons[0]}")
    return numbers


@dataclass(frozen=True)
class TTSModel:
    """A model that reads texts out."""

    model: AcousticLM
    longest: float  # seconds of a clip that training takes, its context
    max_frames: int  # of a clip so long; on the store's average where the rate varies
    run: Path


def train_tts(training: TrainingData, layout: TextFirst, options: LMOptions, seed: int) -> TTSModel:
    """Train one seed's model on the clips with text, resume it, or only load it where it is finished."""
    store = training.store
    conditions = f"{options.training([seed])}|{CONDITION}"
    run = training.folder / f"tts-{options.pattern}-{options.backbone}-seed{seed}-{hashed(conditions)}"
    clips = usable(store, options.context_seconds)
    model = train_conditioned(store, layout, text_of, clips, options, seed, run, {"text": VERSION})
    longest = options.context_seconds
    return TTSModel(model, longest, max(1, round(longest * frames_a_second(store))), run)


def text_of(clip: Clip) -> str:
    """The clip's text, as it is read."""
    return spelled(str(clip.text), str(clip.language))


def frames_a_second(store: TokenStore) -> float:
    """Frame rate; the store's average where it depends on the audio."""
    if not store.spec.variable_rate:
        return store.spec.frame_rate
    return sum(store.frames(number) for number in range(len(store))) / store.seconds
