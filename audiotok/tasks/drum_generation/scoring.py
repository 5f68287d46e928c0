"""Strokes that a language model over tokens makes of a class: do they sound like it, and are they new?

Conventions: the kits of the data stand in two halves (audiotok.tasks.drum_generation.kits). Of each half one model
learns the strokes, each after one id of its class (audiotok.lm.class_first), and makes as many of every class as it is
asked for, each with a seed of its own, until it ends them or up to the longest it has heard. Scores are over both
halves:

- Class: how often a judge names the class that was asked for. It is a logistic regression on mean and deviation of
  log-mel bands, in the whole and in thirds, of the *recordings* of the other half. Per cent; chance is one over the
  number of classes, and the ceiling (`_real`) the strokes that the model has learnt from, through the codec.
- Coverage and copies (audiotok.metrics.neighbours) in embeddings of aiSFX, against the strokes that the model has
  learnt, through the codec; KAD and FAD (kernel_distance, fad) against the recordings of them, so that what the codec
  loses counts; the mean over the two models. Of real ones (`_real`): the strokes of the other half through the codec,
  at most so many as were generated.
- Clips without a sound: those that end before their first frame, or of which no 50 ms reach -50 dB of full scale
  (audiotok.metrics.level).

What counts as what: a clip without a sound is of no class, and is embedded as silence. Codes that the decoder refuses
are failures and never a number. FAD takes more than 2,560 recordings in 512 dimensions, and the bundled data has 248,
on which it is undefined and says so.

A model that has learnt its strokes by heart scores like the real ones in all but copies: read these first.
Source: Naeem et al. 2020, Chung et al. 2025, Gui et al. 2024, as the modules of the metrics cite them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AssetUnavailable, MetricUndefined
from audiotok.files.progress import progress_bar
from audiotok.lm.class_first import ClassFirst
from audiotok.lm.model import AcousticLM
from audiotok.lm.sampling import write_clip
from audiotok.metrics.generated import ANSWERS, DRUMS
from audiotok.metrics.language_model import REAL
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.store.reader import TokenStore
from audiotok.tasks.drum_generation.kits import Judge, class_of, judge_of, kit_of
from audiotok.tasks.language_model import sounds
from audiotok.tasks.language_model.sampling import Sampling
from audiotok.tasks.language_model.sounds import EMBEDDED, Outcomes, SoundSet


@dataclass
class Strokes:
    """Strokes by id: their audio (None: without a sound) and the class they are of or were asked for."""

    sounds: dict[str, Audio | None] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sound: Audio | None, failure: str) -> None:
        """A stroke, or why the decoder refused it."""
        if failure:
            self.failures[name] = failure
        else:
            self.sounds[name] = sound

    def embedded(self, like: Clip, runs: Path) -> SoundSet:
        """Their embeddings. Raises AssetUnavailable, MetricUndefined."""
        [found] = sounds.embedded(self.sounds.items(), like, runs)
        return found


def asked(half: str, classes: Sequence[str], number: int) -> dict[str, str]:
    """Ids of the strokes that a model of one half is asked for -> their classes."""
    return {f"{half}-{name}-{place:02d}": name for name in classes for place in range(number)}


def generate(
    model: AcousticLM,
    layout: ClassFirst,
    codec: Codec,
    store: TokenStore,
    wanted: Mapping[str, str],
    sampling: Sampling,
    folder: Path,
) -> Strokes:
    """Strokes of the classes that are asked for; `folder` gets their tokens and audio, which are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    longest = max(range(len(store)), key=store.frames)
    found = Strokes(classes=dict(wanted))
    for name, drum in progress_bar(wanted.items(), desc=f"{codec.identifier}: strokes", unit="stroke", disable=None):
        path = folder / f"{name}.safetensors"
        if not path.exists():
            write_clip(
                model,
                layout,
                drum,
                max_frames=store.frames(longest),
                seed=sampling.seed_of(name),
                temperature=sampling.temperature,
                top_k=sampling.top_k,
            ).save(path)
        sound = sounds.hear(codec, Tokens.load(path), store.clip(longest).duration, path.with_suffix(".wav"))
        found.add(name, *sound)
    return found


def through(codec: Codec, store: TokenStore, folder: Path) -> Strokes:
    """The real strokes of a store, decoded into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Strokes(failures=dict(store.failures))
    for number in range(len(store)):
        clip = store.clip(number)
        found.classes[clip.id] = class_of(clip)
        found.add(clip.id, *sounds.hear(codec, store[number], clip.duration, folder / f"{clip.id}.wav"))
    return found


def measure(strokes: Sequence[Manifest], real: Sequence[Strokes], generated: Sequence[Strokes], runs: Path) -> Outcomes:
    """Scores of both halves, by what ends a metric's name. Each argument has one of half a and one of half b."""
    found: list[Outcomes] = []
    for this, other in ((0, 1), (1, 0)):
        judge = judge_of(strokes[other])
        own = {
            "class": named(judge, generated[this]),
            f"class{REAL}": named(judge, real[this]),
            "soundless": soundless(generated[this]),
        }
        found.append(own | _embedded(strokes[this], real[this], real[other], generated[this], runs))
    return {name: sounds.merged([half[name] for half in found]) for name in found[0]}


def results(outcomes: Outcomes, strokes: Manifest, codec: Codec, recipe: Recipe) -> list[Result]:
    """A Result per metric; intervals of real strokes go by kits."""
    kits = {clip.id: kit_of(clip) for clip in strokes}
    return [
        sounds.result(
            metric,
            outcomes[metric.name.partition("_")[2]],
            codec,
            recipe.signature_of(metric, strokes),
            kits,
            ("scikit-learn",),
        )
        for metric in ANSWERS[DRUMS]
    ]


def _embedded(strokes: Manifest, own: Strokes, other: Strokes, generated: Strokes, runs: Path) -> Outcomes:
    like = strokes.clips[0]
    try:
        [recordings] = sounds.embedded(((clip.id, data.read(clip, strokes.root)) for clip in strokes), like, runs)
        learnt, held_out, made = (one.embedded(like, runs) for one in (own, other, generated))
        found = sounds.compared(recordings, learnt, held_out, made)
    except (AssetUnavailable, MetricUndefined) as error:  # no weights, or no sound at all
        return sounds.unavailable(EMBEDDED, generated.classes, str(error))
    sounds.add_failures(found, own.failures, other.failures, generated.failures)
    return found


def named(judge: Judge, strokes: Strokes) -> ClipOutcomes:
    """Whether the judge names the class of each stroke; one without a sound is of none."""
    audible = {name: sound for name, sound in strokes.sounds.items() if sound is not None}
    said = dict(zip(audible, judge.names(list(audible.values())), strict=True)) if audible else {}
    return ClipOutcomes(
        {name: ClipScore(float(said.get(name) == strokes.classes[name])) for name in strokes.sounds},
        dict(strokes.failures),
    )


def soundless(strokes: Strokes) -> ClipOutcomes:
    """Whether each stroke is without a sound."""
    scores = {name: ClipScore(float(sound is None)) for name, sound in strokes.sounds.items()}
    return ClipOutcomes(scores, dict(strokes.failures))
