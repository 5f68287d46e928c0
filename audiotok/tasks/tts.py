"""Text to speech: can the words be made out that a language model over tokens says when it is given their text?

Conventions: one model per tokenizer, with the trunk, hours of audio and batches of all others, trained on the training
split's clips and their texts (audiotok.lm.text_first). It reads out texts of test clips that training never held, in
languages that it did; with no voice to imitate, since only the words are asked for. Each clip is sampled with a seed
of its own, decoded, and transcribed in the clip's language by the default recogniser:

- WER and CER against the text (audiotok.metrics.recognition): per cent, errors and words summed over the clips, lower
  is better, from 0 with no upper end.
- Clips without an end: those that reach the length of the longest clip of training, and are cut there. Clips without a
  sound: those that end before their first frame, or whose audio is silent. Per cent of the clips, lower is better.

WER and CER are also taken of the real recording through the same codec, under names that end in `_real`: what a perfect
model would get, never ranked.

What counts as what: to say nothing where words were asked for is to leave out all of them, so a clip without a sound
has every word (every character) deleted, 100 %. A clip without an end is transcribed up to the cut, and what is said
beyond the text counts as insertions. Codes that the decoder refuses, and a recogniser that fails or does not know the
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
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from audiotok import data
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData, InvalidOption, reason
from audiotok.lm.pattern import Pattern
from audiotok.lm.text_first import TextFirst, speak, spelled
from audiotok.metrics.base import ClipMetric, ClipScore, Waveform
from audiotok.metrics.speaking import ANCHOR, HEARD, SOUNDLESS, UNENDED, of_real
from audiotok.metrics.text import normalise
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.tasks.continuation_clips import Following, clip_seed, evenly, listen
from audiotok.tasks.judging import REAL, Judged, judge, result, signal, why_silent
from audiotok.tasks.tts_training import Voice, why_unusable


@dataclass(frozen=True)
class Saying:
    """How texts are read out, the same for every tokenizer of a comparison."""

    temperature: float = 1.0  # 0 takes the likeliest code each time
    top_k: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.temperature < 0 or (self.top_k is not None and self.top_k < 1):
            raise InvalidOption(f"expected a temperature of 0 or more and top_k of at least 1, got {self}")

    @property
    def signature(self) -> str:
        """What of it belongs into a score's signature."""
        return f"sample_temperature:{self.temperature}|sample_top_k:{self.top_k or 'all'}|sample_seed:{self.seed}"


def audible(tokenizer: Tokenizer, pattern: Pattern) -> Codec:
    """The tokenizer, which has a decoder. Raises InvalidOption where nothing of it could be heard."""
    silent = why_silent(tokenizer, pattern)
    if silent or not isinstance(tokenizer, Codec):
        raise InvalidOption(f"{tokenizer.identifier} cannot be made to speak: {silent}")
    return tokenizer


def texts(speech: Manifest, longest: float, clips: int) -> tuple[Manifest, dict[str, str]]:
    """So many test clips whose texts are to be read out, as many of each language, 0 for all; and why others are not.

    `speech` has a training split; `longest` is in seconds. Raises InvalidData where no clip is left.
    """
    heard = {
        (clip.language, normalise(str(clip.text), str(clip.language)))
        for clip in speech.split("train")
        if not why_unusable(clip, longest)
    }
    languages = {language for language, _ in heard}
    left_out: dict[str, str] = {}
    left: list[Clip] = []
    for clip in speech.split("test"):
        why = why_unusable(clip, longest)
        if not why and clip.language not in languages:
            why = "training has no text in its language"
        if not why and (clip.language, normalise(str(clip.text), str(clip.language))) in heard:
            why = "training has heard its words"
        if why:
            left_out[clip.id] = why
        else:
            left.append(clip)
    if not left:
        reasons = ", ".join(sorted(set(left_out.values()))) or "there is no test split"
        raise InvalidData(f"{speech.name}: no test clip has a text that could be asked for: {reasons}")
    return Manifest.of(f"{speech.name}-new-texts", _of_each_language(left, clips), speech.root), left_out


def _of_each_language(clips: Sequence[Clip], number: int) -> list[Clip]:
    languages = sorted({str(clip.language) for clip in clips})
    chosen: list[Clip] = []
    for place, language in enumerate(languages):
        share = number * (place + 1) // len(languages) - number * place // len(languages)
        if share or not number:
            chosen += evenly([clip for clip in clips if clip.language == language], share)
    return chosen


def measure(
    voice: Voice,
    layout: TextFirst,
    codec: Codec,
    chosen: Manifest,
    saying: Saying,
    folder: Path,
    runs: Path,
    heard: Sequence[ClipMetric] = HEARD,
) -> dict[str, Judged]:
    """Read every text out and judge it; by name of the metric.

    `folder` gets <clip>.safetensors, <clip>.wav and <clip>-real.wav, which are not made again; what the judges find in
    a signal is kept in `runs`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    judged = {metric.name + suffix: Judged() for metric in heard for suffix in ("", REAL)}
    judged |= {UNENDED.name: Judged(), SOUNDLESS.name: Judged()}
    for clip in tqdm(chosen, desc=f"{codec.identifier}: speak", unit="clip", disable=None):
        own = [judged[metric.name] for metric in heard]
        said = _say(voice, layout, clip, saying, folder / f"{clip.id}.safetensors")
        judged[UNENDED.name].scores[clip.id] = ClipScore(float(int(said.lengths[0]) >= voice.max_frames))
        try:
            sound = _sound(codec, said, folder / f"{clip.id}.wav", voice.longest)
        except Exception as error:  # noqa: BLE001  # a decoder may raise anything, here on codes that no encoder gave
            for found in (*own, judged[SOUNDLESS.name]):
                found.failures[clip.id] = reason(error)
        else:
            judged[SOUNDLESS.name].scores[clip.id] = ClipScore(float(sound is None))
            for metric, found in zip(heard, own, strict=True):
                _judge(metric, sound, clip, runs, found)
        real = [judged[metric.name + REAL] for metric in heard]
        try:
            tokens = codec.encode(data.read(clip, chosen.root)).to("cpu")
            sound = _sound(codec, tokens, folder / f"{clip.id}-real.wav", clip.duration)
        except Exception as error:  # noqa: BLE001  # a tokenizer may raise anything; it is recorded, with the clip it fails on
            for found in real:
                found.failures[clip.id] = reason(error)
            continue
        for metric, found in zip(heard, real, strict=True):
            _judge(metric, sound, clip, runs, found)
    return judged


def results(
    judged: dict[str, Judged],
    codec: Codec,
    chosen: Manifest,
    left_out: dict[str, str],
    conditions: str,
    recipe: Recipe,
    heard: Sequence[ClipMetric] = HEARD,
) -> list[Result]:
    """A Result per metric, and per metric of the real recordings.

    `left_out` is what `texts` gives; `conditions` are fields of the signature, of training and of `Saying`.
    """
    made = [
        result(metric, judged[metric.name], codec, chosen, conditions, recipe)
        for metric in (*heard, UNENDED, SOUNDLESS)
    ]
    for metric in heard:
        # What a real recording sounds like does not depend on the model.
        anchor = (of_real(metric)[1], ANCHOR)
        made.append(result(metric, judged[metric.name + REAL], codec, chosen, "", recipe, anchor=anchor))
    return [replace(one, undefined=left_out) for one in made]


def _say(voice: Voice, layout: TextFirst, clip: Clip, saying: Saying, path: Path) -> Tokens:
    """Once; then from its file."""
    if not path.exists():
        speak(
            voice.model,
            layout,
            spelled(str(clip.text), str(clip.language)),
            max_frames=voice.max_frames,
            seed=clip_seed(clip.id, saying.seed),
            temperature=saying.temperature,
            top_k=saying.top_k,
        ).save(path)
    return Tokens.load(path)


def _sound(codec: Codec, tokens: Tokens, wav: Path, seconds: float) -> Waveform | None:
    """What is heard of it, so many seconds at most; None where that is nothing."""
    if not int(tokens.lengths[0]):
        return None
    sound = signal(listen(codec, Following(tokens, 0, wav), seconds))
    return sound if np.any(sound) else None


def _judge(metric: ClipMetric, sound: Waveform | None, clip: Clip, runs: Path, found: Judged) -> None:
    if sound is None:
        found.scores[clip.id] = metric.score({}, {"text": np.array("")}, clip)
    else:
        judge(metric, sound, clip, runs, found)
