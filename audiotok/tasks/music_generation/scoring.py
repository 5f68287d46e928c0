"""Music that a language model over tokens makes from nothing: is it like real music as a set, and is it new?

Conventions: one model per tokenizer learns the training clips of music (`train_lm`, packed rows). From the start of a
clip it writes clips of one length, each with a seed of its own. What is generated, and real music of tracks that
training has not (the test split) through the codec, are embedded by aiSFX in segments of 2.3 s, one every 1.2 s, and by
musicnn in segments of 3 s, one after the other, and held against the music of training:

- Coverage and copies (audiotok.metrics.neighbours) against its segments through the codec, by aiSFX; each is a count.
- KAD and FAD (kernel_distance, fad) against those of its recordings, by both, so that what the codec loses counts.
- Of real music (`_real`) as many segments are taken as were generated, evenly.
- Clips without a sound: those of which no 50 ms reach -50 dB of full scale (audiotok.metrics.level).

What counts as what: silence is embedded as silence. Codes that the decoder refuses are failures and never a number. FAD
by aiSFX is undefined with up to 2,560 segments of training or 1,536 generated: 220 clips of 10 s are enough, 219 are
not. By musicnn it is with up to 1,000 or 600: 201 clips are enough.

aiSFX was taught by effects, and hears timbre better than harmony; musicnn was taught by tags of music, which name
instruments, voices and styles. They have no more than 3 s, so that nothing here says whether the music goes anywhere.
Listen to it.
Source: Naeem et al. 2020, Chung et al. 2025, Gui et al. 2024, as the modules of the metrics cite them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Manifest
from audiotok.errors import MetricUndefined
from audiotok.files.progress import progress_bar
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sampling import write_clips
from audiotok.metrics.aisfx import AISFX
from audiotok.metrics.analysis import Analysis
from audiotok.metrics.generated import ANSWERS, BY_MUSICNN, MUSIC
from audiotok.metrics.language_model import REAL
from audiotok.metrics.musicnn import MUSICNN
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.analyse import why_unavailable
from audiotok.store.reader import TokenStore
from audiotok.tasks.language_model import sounds
from audiotok.tasks.language_model.sampling import Sampling
from audiotok.tasks.language_model.sounds import DISTANCES, EMBEDDED, Outcomes, SoundSet

#: Scores by each embedding, by what ends a metric's name.
SCORES = {AISFX: EMBEDDED, MUSICNN: tuple(name + BY_MUSICNN + end for name in DISTANCES for end in ("", REAL))}
BATCH = 16  # clips that are written side by side; another number may change some of their codes


def asked(number: int) -> list[str]:
    """Ids of the clips that a model is asked for."""
    return [f"music-{place:03d}" for place in range(number)]


def generate(
    model: AcousticLM,
    pattern: Pattern,
    codec: Codec,
    wanted: Sequence[str],
    seconds: float,
    sampling: Sampling,
    folder: Path,
) -> None:
    """Write the clips' tokens into `folder`, where they are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = max(1, round(seconds * codec.spec.frame_rate))
    batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
    for names in progress_bar(batches, desc=f"{codec.identifier}: music", unit="batch", disable=None):
        if all((folder / f"{name}.safetensors").exists() for name in names):
            continue
        made = write_clips(
            model,
            pattern,
            frames,
            [sampling.seed_of(name) for name in names],
            temperature=sampling.temperature,
            top_k=sampling.top_k,
        )
        for name, tokens in zip(names, made, strict=True):
            tokens.save(folder / f"{name}.safetensors")


def measure(
    codec: Codec,
    music: Manifest,
    train: TokenStore,
    test: TokenStore,
    wanted: Sequence[str],
    seconds: float,
    folder: Path,
    runs: Path,
) -> Outcomes:
    """Scores of the clips in `folder`, by what ends a metric's name; their audio is written beside them."""
    failures: dict[str, str] = {}
    silent: dict[str, ClipScore] = {}

    def generated() -> Iterator[tuple[str, Audio | None]]:
        for name in wanted:
            path = folder / f"{name}.safetensors"
            sound, failure = sounds.hear(codec, Tokens.load(path), seconds, path.with_suffix(".wav"))
            if failure:
                failures[name] = failure
                continue
            silent[name] = ClipScore(float(sound is None))
            yield name, sound

    like = music.clips[0]
    refused = dict(train.failures), dict(test.failures)
    heard = list(generated())
    found: Outcomes = {"soundless": ClipOutcomes(silent, dict(failures))}
    missing = {judge: why for judge in SCORES if (why := why_unavailable(judge))}
    for judge, why in missing.items():
        found |= sounds.unavailable(SCORES[judge], wanted, why)
    judges = [judge for judge in SCORES if judge not in missing]
    if not judges:
        return found

    def embedded(of: Iterable[tuple[str, Audio | None]]) -> dict[Analysis, SoundSet]:
        return dict(zip(judges, sounds.embedded(of, like, runs, judges), strict=True))

    compared: Outcomes = {}
    try:
        made, held_out = embedded(heard), embedded(_through(codec, test, refused[1]))
        recordings = embedded(_recordings(music.split("train")))
        if AISFX in judges:
            [learnt] = sounds.embedded(_through(codec, train, refused[0]), like, runs)
            compared |= sounds.compared(recordings[AISFX], learnt, held_out[AISFX], made[AISFX])
        if MUSICNN in judges:
            compared |= sounds.distances(recordings[MUSICNN], held_out[MUSICNN], made[MUSICNN], BY_MUSICNN)
    except MetricUndefined as error:  # no sound at all
        return found | sounds.unavailable([name for judge in judges for name in SCORES[judge]], wanted, str(error))
    sounds.add_failures(compared, *refused, failures)
    return found | compared


def results(outcomes: Outcomes, music: Manifest, codec: Codec, recipe: Recipe) -> list[Result]:
    """A Result per metric."""
    return [
        sounds.result(
            metric, outcomes[metric.name.partition("_")[2]], codec, recipe.signature_of(metric, music), groups={}
        )
        for metric in ANSWERS[MUSIC]
    ]


def _recordings(music: Manifest) -> Iterator[tuple[str, Audio | None]]:
    for clip in progress_bar(music, desc="recordings: embed", unit="clip", disable=None):
        yield clip.id, data.read(clip, music.root)


def _through(codec: Codec, store: TokenStore, refused: dict[str, str]) -> Iterator[tuple[str, Audio | None]]:
    """Real music through the codec; why it refuses a clip goes into `refused`."""
    for number in progress_bar(range(len(store)), desc=f"{codec.identifier}: embed", unit="clip", disable=None):
        clip = store.clip(number)
        sound, failure = sounds.hear(codec, store[number], clip.duration)
        if failure:
            refused[clip.id] = failure
        else:
            yield clip.id, sound
