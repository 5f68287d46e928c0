"""Continuations: what a language model over tokens says after a prompt of real speech, and how it is heard.

Conventions: a prompt of 3 s by a speaker whom training never heard, encoded alone, so that no code of it knows
what follows. The continuation lasts as long as the clip really goes on, up to a limit, or less where the model ends
the clip. Each clip is sampled with a seed of its own. Judged is what follows the prompt, without it, at 16 kHz:

- DNSMOS P.835 overall (audiotok.metrics.dnsmos): mean over the clips, higher is better.
- Speaker similarity (GE2E, audiotok.metrics.speaker) to the original prompt: mean, higher is better.
- Words said again, auto-BLEU-2 of the ASR model's transcript, and codes said again, of the coarsest codebook
  (audiotok.metrics.repetition): per cent, no direction.
- Length, seconds of continuation per second that was asked: per cent, no direction. It cannot fall to 0, since a model
  may not end a clip within its first second (MIN_SECONDS, which the evaluation models need): one that always ends as
  soon as it can has 37 % on the default clips. With the pattern coarse_first every clip has the full length.

All but the last are also taken of what the speaker really went on to say, through the same codec, under names that end
in `_real`: what a perfect model would get, never ranked.

There is no word error rate, since what a model freely says has no text. Held against what the speaker said, every
other sentence would be wrong. Held against a second ASR model, two of one family err alike: Whisper writes fluent
words for sounds that are none (Barański et al., "Investigation of Whisper ASR Hallucinations Induced by Non-Speech
Audio", ICASSP 2025), and no other family here knows all the languages. Decoded and encoded again, it would measure the
codec. Peers have word error rates where the text is given: AudioLM of real semantic tokens that are made sound, VALL-E
of a transcript, GSLM of resynthesis. Of continuations GSLM takes the transcript's perplexity under a text model, which
asks for one per language, and auto-BLEU, which does not and is here. An ASR model that hears fewer than two words is
a failure of auto-BLEU, and counted as such.

Undefined: all that is heard, for a tokenizer without a decoder and where sequences do not say how long their tokens
last; similarity to a prompt without voice.
Source: Lakhotia et al., "On Generative Spoken Language Modeling from Raw Audio", TACL 2021 (as long as the real rest;
auto-BLEU); Borsos et al., "AudioLM", 2022 (prompts of 3 s, speakers not heard in training).
"""

from __future__ import annotations

from pathlib import Path

from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import WRONG_FILE, MetricUndefined, is_machine_trouble, reason
from audiotok.files.progress import progress_bar
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern
from audiotok.metrics.continuation import ANCHOR, CODES_AGAIN, HEARD, LENGTH, of_real
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.metrics.repetition import repeated_ngrams
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.tasks.continuations.prompts import MIN_SECONDS, ContinuationSampling
from audiotok.tasks.continuations.samples import encode_prompt, generate, generated_seconds
from audiotok.tasks.language_model.generated import GeneratedClip, decode_generated
from audiotok.tasks.language_model.speech_scoring import REAL, evaluate, result, signal, why_silent, why_undefined


def measure(
    model: AcousticLM,
    pattern: Pattern,
    tokenizer: Tokenizer,
    chosen: Manifest,
    sampling: ContinuationSampling,
    folder: Path,
    runs: Path,
) -> dict[str, ClipOutcomes]:
    """Continue every clip into `folder` and score it; by name of the metric.

    What evaluation models find in a signal is kept in `runs`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = {metric.name + suffix: ClipOutcomes() for metric in (*HEARD, CODES_AGAIN) for suffix in ("", REAL)}
    outcomes[LENGTH.name] = ClipOutcomes()
    silent = why_silent(tokenizer, pattern)
    for clip in progress_bar(chosen, desc=f"{tokenizer.identifier}: continue", unit="clip", disable=None):
        try:
            prompt = encode_prompt(tokenizer, clip, chosen.root, sampling)
        except Exception as error:  # a tokenizer may raise anything; it is recorded, with the clip it fails on
            if is_machine_trouble(error) and not isinstance(error, WRONG_FILE):
                raise
            for found in outcomes.values():
                found.failures[clip.id] = reason(error)
            continue
        asked = prompt.rest.seconds
        generated = generate(
            *(model, pattern, prompt, clip, sampling, folder), seconds=asked, min_seconds=min(MIN_SECONDS, asked)
        )
        ground_truth = GeneratedClip(prompt.rest_tokens, 0, folder / f"{clip.id}-real.wav")
        length = min(generated_seconds(generated, prompt), asked)
        outcomes[LENGTH.name].scores[clip.id] = ClipScore(length, asked)
        before = signal(prompt.audio)
        undefined = {m: why for m in HEARD if m.full_reference and (why := why_undefined(m, before, clip, runs))}
        for suffix, continuation in (("", generated), (REAL, ground_truth)):
            _count(continuation, clip, outcomes[CODES_AGAIN.name + suffix])
            by_metric = {metric: outcomes[metric.name + suffix] for metric in HEARD if metric not in undefined}
            for metric, why in undefined.items():
                outcomes[metric.name + suffix].undefined[clip.id] = why
            if silent or not isinstance(tokenizer, Codec):
                for found in by_metric.values():
                    found.undefined[clip.id] = silent
                continue
            try:
                waveform = signal(decode_generated(tokenizer, continuation, asked))
            except Exception as error:  # a decoder may raise anything, here on codes that no encoder gave
                if is_machine_trouble(error):
                    raise
                for found in by_metric.values():
                    found.failures[clip.id] = reason(error)
                continue
            for metric, found in by_metric.items():
                evaluate(metric, waveform, clip, runs, found, reference=before)
    return outcomes


def results(
    outcomes: dict[str, ClipOutcomes],
    tokenizer: Tokenizer,
    chosen: Manifest,
    recipe: Recipe,
) -> list[Result]:
    """A Result per metric, and per metric of the real rest."""
    made = []
    for metric in (*HEARD, CODES_AGAIN, LENGTH):
        made.append(result(metric, outcomes[metric.name], tokenizer, chosen, recipe))
        if metric.name + REAL in outcomes:
            anchor = (of_real(metric)[1], ANCHOR)
            made.append(result(metric, outcomes[metric.name + REAL], tokenizer, chosen, recipe, anchor=anchor))
    return made


def _count(continuation: GeneratedClip, clip: Clip, found: ClipOutcomes) -> None:
    try:
        found.scores[clip.id] = repeated_ngrams(continuation.codes)
    except MetricUndefined as error:
        found.failures[clip.id] = str(error)
