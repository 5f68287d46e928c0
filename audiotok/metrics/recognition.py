"""Recognition error rates: do the words survive, in the transcript of an ASR model?

Conventions: 16 kHz speech; per cent; lower is better; from 0 with no upper end (insertions count: WER can pass 100).
WER and CER compare the transcript of the reconstruction with the manifest's text, dWER with the transcript of the
reference audio by the same ASR model, which cancels what that model gets wrong anyway. Errors are substitutions,
deletions and insertions of the least costly alignment (jiwer), over the words (CER: characters, the spaces between
words among them) of the text, or for dWER of the reference's transcript; over a set, errors and words are summed
first. Both sides are normalised by `audiotok.metrics.text`. In languages written without spaces, a word is a character,
and CER counts no spaces, not even those between embedded Latin words. The language is the manifest's, never guessed.
Undefined: no text (WER, CER), no words in the reference's transcript (dWER), no language or one that the ASR model
does not know, silence.
Source: jiwer for the alignment; faster-whisper, SpeechBrain or transformers for the transcripts.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from audiotok.data.languages import language_code
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidData, MetricUndefined
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.asr_models import ASR_MODELS, DEFAULT, ASRModel, Transcriber
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, validate
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.text import NORMALISER, PACKAGES, characters, normalise


def word_errors(reference: str, hypothesis: str, language: str) -> ClipScore:
    """Two texts -> ClipScore(errors, words). Raises MetricUndefined where the reference has no words.

    >>> word_errors("the cat sat", "a cat sat down", "en")  # one substitution, one insertion
    ClipScore(total=2.0, weight=3.0)
    """
    said = _some(normalise(reference, language), reference)
    return _score(needs("jiwer").process_words(said, normalise(hypothesis, language)))


def character_errors(reference: str, hypothesis: str, language: str) -> ClipScore:
    """Two texts -> ClipScore(errors, characters). Raises MetricUndefined where the reference has no words.

    >>> character_errors("the cat sat", "the catsat", "en")  # a space
    ClipScore(total=1.0, weight=11.0)
    >>> character_errors("今天天气很好", "今天 天汽很好", "zh")  # one of six characters; the space is none
    ClipScore(total=1.0, weight=6.0)
    """
    said = _some(characters(reference, language), reference)
    return _score(needs("jiwer").process_characters(said, characters(hypothesis, language)))


def transcript(asr_model: ASRModel) -> Analysis:
    """The analysis that WER, CER and dWER share: {"text": the transcript, as the ASR model writes it}."""
    return Analysis(
        name=f"transcript-{asr_model.name}",
        version=asr_model.version,
        run=_transcribe,
        load=asr_model.load,
        sample_rate=SAMPLE_RATE,
        signature=f"recogniser:{asr_model.name}|{asr_model.settings}|normaliser:{NORMALISER}",
        packages=(*asr_model.packages, *PACKAGES, "jiwer"),
    )


def metrics(asr_model: ASRModel) -> tuple[ClipMetric, ...]:
    """WER, CER and dWER by this ASR model; `wer` is by the default one, `wer_whisper_small` by another."""
    suffix = "" if asr_model is DEFAULT else "_" + asr_model.name.replace("-", "_").replace(".", "_")
    by = "" if asr_model is DEFAULT else f" ({asr_model.name})"
    metric = partial(
        ClipMetric,
        version=2,
        question="intelligibility",
        unit="%",
        direction="lower",
        range=(0.0, math.inf),
        domains=("speech",),
        analysis=transcript(asr_model),
        evaluation_models=asr_model.evaluation_models,
        licence=asr_model.licence,
        reference=asr_model.reference,
        weight="count",
        tolerance=0.05,  # decoders differ in their last bits between CPUs; a word more or less in twenty errors
        scale=100.0,
    )
    return (
        metric(
            name=f"wer{suffix}",
            title=f"WER{by}",
            explanation="Word error rate of an ASR model on the output, against the reference text. The errors of the "
            "ASR model itself are included; 0 is best, and values above 100 % are possible.",
            score=_wer,
        ),
        metric(
            name=f"cer{suffix}",
            title=f"CER{by}",
            explanation="Character error rate of an ASR model on the output, against the reference text. The errors "
            "of the ASR model itself are included.",
            score=_cer,
        ),
        metric(
            name=f"dwer{suffix}",
            title=f"dWER{by}",
            explanation="Word error rate against the same ASR model's transcript of the reference: the errors caused "
            "by the tokenizer.",
            score=_dwer,
            weight_tolerance=0.25,  # words that the ASR model finds in the reference
            full_reference=True,
            headline=10 if asr_model is DEFAULT else None,
        ),
    )


def _transcribe(waveform: Waveform, sample_rate: int, clip: Clip, model: Transcriber) -> Features:
    validate(waveform, sample_rate)
    language = _language(clip)
    if language not in model.languages:
        raise MetricUndefined(f"the ASR model does not know the language {language!r}")
    return {"text": np.array(model.transcribe(waveform, language))}


def _wer(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return word_errors(_text(clip), str(estimate["text"]), _language(clip))


def _cer(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return character_errors(_text(clip), str(estimate["text"]), _language(clip))


def _dwer(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return word_errors(str(reference["text"]), str(estimate["text"]), _language(clip))


def _text(clip: Clip) -> str:
    if clip.text is None:
        raise MetricUndefined("the manifest has no text for this clip")
    return clip.text


def _language(clip: Clip) -> str:
    if clip.language is None:
        raise MetricUndefined("the manifest has no language for this clip")
    try:
        return language_code(clip.language)
    except InvalidData as error:
        raise MetricUndefined(str(error)) from error


def _some(normalised: str, text: str) -> str:
    if not normalised:
        raise MetricUndefined(f"no words to compare with: {text!r} is empty once normalised")
    return normalised


def _score(counts: object) -> ClipScore:
    """The ratio of errors of a jiwer output, which carries the same counts for words and for characters."""
    hits, substitutions, deletions, insertions = (
        int(getattr(counts, name)) for name in ("hits", "substitutions", "deletions", "insertions")
    )
    return ClipScore(float(substitutions + deletions + insertions), float(hits + substitutions + deletions))


METRICS: tuple[ClipMetric, ...] = tuple(metric for asr_model in ASR_MODELS for metric in metrics(asr_model))
