"""Sounds that a language model makes, held as a set against real ones by their embeddings.

A set is embedded in rows (segments) that belong to clips. Scores of clips sum over their rows; a distance of two sets
is one number without scores of clips. Where a number is undefined, every clip it was asked of is, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined, is_machine_trouble, reason
from audiotok.files.provenance import versions
from audiotok.metrics.aisfx import AISFX, SAMPLE_RATE
from audiotok.metrics.analysis import Analysis
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.fad import Embeddings, extrapolated
from audiotok.metrics.kernel_distance import kernel_distance
from audiotok.metrics.language_model import REAL
from audiotok.metrics.level import is_heard
from audiotok.metrics.neighbours import copies, covered
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.analyse import analyse
from audiotok.runs.identity import describe
from audiotok.runs.result import of_clips, of_set
from audiotok.tasks.language_model.generated import GeneratedClip, decode_generated

Outcomes = dict[str, ClipOutcomes]  # by what ends a metric's name: "coverage", "kad_real"
DISTANCES: dict[str, Callable[[Embeddings, Embeddings], float]] = {"fad": extrapolated, "kad": kernel_distance}
#: Every score of embeddings, and those of real sounds.
EMBEDDED = ("coverage", f"coverage{REAL}", "copies", *(name + end for name in DISTANCES for end in ("", REAL)))


@dataclass(frozen=True)
class SoundSet:
    """Embeddings of some clips, and which clip each row is of."""

    rows: Embeddings  # [N, D]
    clips: tuple[str, ...]  # [N]

    def evenly(self, number: int) -> SoundSet:
        """`number` rows, evenly spaced; all of them where there are fewer."""
        number = min(number, len(self.clips))
        places = [i * len(self.clips) // number for i in range(number)]
        return SoundSet(self.rows[places], tuple(self.clips[i] for i in places))

    def scores(self, found: NDArray[np.bool_]) -> dict[str, ClipScore]:
        """[N] -> of each clip, how many of its rows are so."""
        totals: dict[str, float] = dict.fromkeys(self.clips, 0.0)
        weights = dict(totals)
        for clip, one in zip(self.clips, found, strict=True):
            totals[clip] += float(one)
            weights[clip] += 1.0
        return {clip: ClipScore(totals[clip], weights[clip]) for clip in totals}


def embedded(
    sounds: Iterable[tuple[str, Audio | None]], like: Clip, runs: Path, by: Sequence[Analysis] = (AISFX,)
) -> list[SoundSet]:
    """The set of these clips by each analysis; one without a sound is silence.

    like: a clip of the data; runs: keeps what is found. Raises AssetUnavailable, MetricUndefined where there are none.
    """
    rows: list[list[Embeddings]] = [[] for _ in by]
    clips: list[list[str]] = [[] for _ in by]
    for clip, sound in sounds:
        for analysis, found, of in zip(by, rows, clips, strict=True):
            rate = analysis.sample_rate or SAMPLE_RATE
            waveform = np.zeros(1, np.float32) if sound is None else sound.mono().resample(rate).numpy()[0]
            found.append(analyse(analysis, waveform, rate, like, runs)["embeddings"])
            of += [clip] * len(found[-1])
    if not all(rows):
        raise MetricUndefined("there is no sound to embed")
    return [SoundSet(np.concatenate(found), tuple(of)) for found, of in zip(rows, clips, strict=True)]


def compared(recordings: SoundSet, coded: SoundSet, held_out: SoundSet, generated: SoundSet) -> Outcomes:
    """Scores of a generated set beside those of real sounds that training has not heard.

    recordings: that training has heard, as they are; coded: the same through the codec; held_out: others through the
    codec, of which as many rows are taken as were generated. Distances are to the recordings, so that what the codec
    loses counts; coverage and copies are of what the model could hear of them.
    """
    found = distances(recordings, held_out, generated)
    found["copies"] = _each(generated, partial(copies, coded.rows, held_out.rows, generated.rows))
    for ending, one in (("", generated), (REAL, held_out.evenly(len(generated.clips)))):
        found[f"coverage{ending}"] = _each(coded, partial(covered, coded.rows, one.rows))
    return found


def distances(recordings: SoundSet, held_out: SoundSet, generated: SoundSet, by: str = "") -> Outcomes:
    """The distances alone, as in `compared`; `by`: what ends their names before REAL."""
    return {
        name + by + ending: _together(one, partial(distance, recordings.rows, one.rows))
        for ending, one in (("", generated), (REAL, held_out.evenly(len(generated.clips))))
        for name, distance in DISTANCES.items()
    }


def merged(parts: Sequence[ClipOutcomes]) -> ClipOutcomes:
    """Outcomes of several models: all their clips, and of one number per model the mean, if each of them has it."""
    whole = ClipOutcomes()
    for part in parts:
        whole.scores |= part.scores
        whole.failures |= part.failures
        whole.undefined |= part.undefined
    values = [part.value for part in parts if part.value is not None]
    if values and len(values) == len(parts):
        whole.value, whole.n = float(np.mean(values)), sum(part.n for part in parts)
    return whole


def add_failures(
    outcomes: Outcomes, coded: Mapping[str, str], held_out: Mapping[str, str], generated: Mapping[str, str]
) -> None:
    """Record why clips are missing in the sets that `compared` or `distances` has scored."""
    for name in outcomes:
        of = coded if name.startswith("coverage") else held_out if name.endswith(REAL) else generated
        outcomes[name].failures |= of


def unavailable(names: Iterable[str], judged: Iterable[str], why: str) -> Outcomes:
    """Outcomes of scores whose model could not be had."""
    judged = list(judged)
    return {name: ClipOutcomes(failures=dict.fromkeys(judged, why)) for name in names}


def hear(codec: Codec, tokens: Tokens, seconds: float, wav: Path | None = None) -> tuple[Audio | None, str]:
    """The audio of a clip's tokens, `seconds` at most, or why the decoder refused them; None and "" where it has no
    frame or is silent (audiotok.metrics.level). `wav`: where it is kept, not to be decoded again.
    """
    if not int(tokens.lengths[0]):
        return None, ""
    try:
        if wav:
            sound = decode_generated(codec, GeneratedClip(tokens, 0, wav), seconds)
        else:
            whole = codec.decode(tokens).to("cpu")
            end = round(seconds * whole.sample_rate)
            sound = Audio.from_clips([whole.clips()[0][:, :end]], whole.sample_rate)
    except Exception as error:  # a decoder may raise anything, here on codes that no encoder gave
        if is_machine_trouble(error):
            raise
        return None, reason(error)
    return (sound if is_heard(sound.waveform.numpy(), sound.sample_rate) else None), ""


def result(
    metric: RecipeMetric,
    found: ClipOutcomes,
    codec: Codec,
    signature: str,
    groups: Mapping[str, str | None],
    packages: Sequence[str] = (),
) -> Result:
    """A metric's Result; `groups`: the kit or the like of a clip, by which intervals go."""
    made = of_clips(
        metric,
        [ScoredClip(clip, score.total, score.weight, groups.get(clip)) for clip, score in sorted(found.scores.items())],
        tokenizer=codec.identifier,
        domain=metric.domains[0],
        signature=signature,
        provenance=describe(codec) | versions(("transformers", *packages)),
        failures=found.failures,
        undefined=found.undefined,
        unranked=metric.why_unranked(codec.card.trained_with),
    )
    return of_set(made, found)


def _each(of: SoundSet, score: Callable[[], NDArray[np.bool_]]) -> ClipOutcomes:
    try:
        return ClipOutcomes(scores=of.scores(score()))
    except MetricUndefined as error:
        return ClipOutcomes(undefined=dict.fromkeys(of.clips, str(error)))


def _together(of: SoundSet, score: Callable[[], float]) -> ClipOutcomes:
    clips = dict.fromkeys(of.clips)
    try:
        return ClipOutcomes(value=score(), n=len(clips))
    except MetricUndefined as error:
        return ClipOutcomes(undefined=dict.fromkeys(clips, str(error)))
