"""Text to speech: can the words be made out that a language model over tokens says when it is given their text?

Conventions: one model per tokenizer, with the backbone, hours of audio and batches of all others, trained on the
training split's clips and their texts (audiotok.lm.text_first). It reads out texts of test clips that training never
held, in languages that it did; with no voice to imitate, since only the words are asked for. Each clip is sampled with
a seed of its own, decoded, and transcribed in the clip's language by the default ASR model:

- WER and CER against the text (audiotok.metrics.recognition): per cent, errors and words summed over the clips, lower
  is better, from 0 with no upper end.
- Clips without an end: those that reach the longest clip that training takes, and are cut there. Clips without a
  sound: those that end before their first frame, or whose audio is silent: no 50 ms of it reach -50 dB of full scale
  (audiotok.metrics.level). Per cent of the clips, lower is better.

WER and CER are also taken of the real recording through the same codec, under names that end in `_real`: what a perfect
model would get, never ranked.

What counts as what: to say nothing where words were asked for is to leave out all of them, so a clip without a sound
has every word (every character) deleted, 100 %. A clip without an end is transcribed up to the cut, and what is said
beyond the text counts as insertions. Codes that the decoder refuses, and an ASR model that fails or does not know the
language, are failures and never a number. Clips without a text, without a language, without a word, longer than
training allows, of a language that training has not, or whose words training has heard are not asked for.

A Whisper that hears no speech writes some all the same (see audiotok.tasks.continuations), so noise can cost more than
silence: near and above 100 %, differences mean nothing. And it hears some languages better than others: a score is read
beside its anchor, language by language.

Undefined: a tokenizer without a decoder, and sequences that do not say how long their tokens last; both are refused.
Source: Mousavi et al., "Discrete Audio Tokens: More Than a Survey!", 2025 (DATES), which compares tokenizers by the
speech of a model like that of Wang et al., "Neural Codec Language Models are Zero-Shot Text to Speech Synthesizers",
2023 (VALL-E); VALL-E has phonemes for text and a recording for a voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from audiotok import data
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import WRONG_FILE, is_machine_trouble, reason
from audiotok.files.progress import progress_bar
from audiotok.lm.sampling import write_clip
from audiotok.lm.text_first import TextFirst, spelled
from audiotok.metrics.analysis import Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.level import is_heard
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.metrics.speaking import ANCHOR, HEARD, SOUNDLESS, UNENDED, of_real
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.tasks.language_model.generated import GeneratedClip, decode_generated
from audiotok.tasks.language_model.sampling import Sampling
from audiotok.tasks.language_model.speech_scoring import RATE, REAL, evaluate, result, signal
from audiotok.tasks.tts_probe.training import TTSModel


def measure(
    model: TTSModel,
    layout: TextFirst,
    codec: Codec,
    chosen: Manifest,
    sampling: Sampling,
    folder: Path,
    runs: Path,
    metrics: Sequence[ClipMetric] = HEARD,
) -> dict[str, ClipOutcomes]:
    """Read every text out and score it, and the real recordings of them; by name of the metric.

    `folder` gets <clip>.safetensors, <clip>.wav and <clip>-real.wav, which are not made again; what evaluation
    models find in a signal is kept in `runs`.
    """
    spoken = read_out(model, layout, codec, chosen, sampling, folder, runs, metrics)
    return spoken | real_recordings(codec, chosen, folder, runs, metrics)


def read_out(
    model: TTSModel,
    layout: TextFirst,
    codec: Codec,
    chosen: Manifest,
    sampling: Sampling,
    folder: Path,
    runs: Path,
    metrics: Sequence[ClipMetric] = HEARD,
) -> dict[str, ClipOutcomes]:
    """`measure` of what the model says alone."""
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = {name: ClipOutcomes() for name in (*(metric.name for metric in metrics), UNENDED.name, SOUNDLESS.name)}
    for clip in progress_bar(chosen, desc=f"{codec.identifier}: speak", unit="clip", disable=None):
        spoken = _say(model, layout, clip, sampling, folder / f"{clip.id}.safetensors")
        outcomes[UNENDED.name].scores[clip.id] = ClipScore(float(int(spoken.lengths[0]) >= model.max_frames))
        try:
            sound = _sound(codec, spoken, folder / f"{clip.id}.wav", model.longest)
        except Exception as error:  # a decoder may raise anything, here on codes that no encoder gave
            if is_machine_trouble(error):
                raise
            for name in (*(metric.name for metric in metrics), SOUNDLESS.name):
                outcomes[name].failures[clip.id] = reason(error)
            continue
        outcomes[SOUNDLESS.name].scores[clip.id] = ClipScore(float(sound is None))
        for metric in metrics:
            _judge(metric, sound, clip, runs, outcomes[metric.name])
    return outcomes


def real_recordings(
    codec: Codec, chosen: Manifest, folder: Path, runs: Path, metrics: Sequence[ClipMetric] = HEARD
) -> dict[str, ClipOutcomes]:
    """`measure` of the real recordings through the codec alone."""
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = {metric.name + REAL: ClipOutcomes() for metric in metrics}
    for clip in progress_bar(chosen, desc=f"{codec.identifier}: real", unit="clip", disable=None):
        try:
            tokens = codec.encode(data.read(clip, chosen.root)).to("cpu")
            sound = _sound(codec, tokens, folder / f"{clip.id}-real.wav", clip.duration)
        except Exception as error:  # a tokenizer may raise anything; it is recorded, with the clip it fails on
            if is_machine_trouble(error) and not isinstance(error, WRONG_FILE):
                raise
            for found in outcomes.values():
                found.failures[clip.id] = reason(error)
            continue
        for metric in metrics:
            _judge(metric, sound, clip, runs, outcomes[metric.name + REAL])
    return outcomes


def results(
    outcomes: dict[str, ClipOutcomes],
    codec: Codec,
    chosen: Manifest,
    left_out: dict[str, str],
    recipe: Recipe,
    metrics: Sequence[ClipMetric] = HEARD,
) -> list[Result]:
    """A Result per metric, and per metric of the real recordings.

    `left_out` is what `choose_texts` gives.
    """
    made = [result(metric, outcomes[metric.name], codec, chosen, recipe) for metric in (*metrics, UNENDED, SOUNDLESS)]
    for metric in metrics:
        anchor = (of_real(metric)[1], ANCHOR)
        made.append(result(metric, outcomes[metric.name + REAL], codec, chosen, recipe, anchor=anchor))
    return [replace(one, undefined=left_out) for one in made]


def _say(model: TTSModel, layout: TextFirst, clip: Clip, sampling: Sampling, path: Path) -> Tokens:
    """The clip's tokens, sampled once and then read from their file."""
    if not path.exists():
        write_clip(
            model.model,
            layout,
            spelled(str(clip.text), str(clip.language)),
            max_frames=model.max_frames,
            seed=sampling.seed_of(clip.id),
            temperature=sampling.temperature,
            top_k=sampling.top_k,
        ).save(path)
    return Tokens.load(path)


def _sound(codec: Codec, tokens: Tokens, wav: Path, seconds: float) -> Waveform | None:
    """The audio that is judged, `seconds` at most; None where there is none."""
    if not int(tokens.lengths[0]):
        return None
    sound = signal(decode_generated(codec, GeneratedClip(tokens, 0, wav), seconds))
    return sound if is_heard(sound, RATE) else None


def _judge(metric: ClipMetric, sound: Waveform | None, clip: Clip, runs: Path, found: ClipOutcomes) -> None:
    if sound is None:
        found.scores[clip.id] = metric.score({}, {"text": np.array("")}, clip)
    else:
        evaluate(metric, sound, clip, runs, found)
