"""Probes: how often a classifier that reads nothing but a clip's tokens names its class.

Conventions: accuracy in [0, 1], shown in per cent; higher is better; a clip weighs 1, and its score is the share of the
draws of folds in which it is named right. No group (voice, line, kit) is on both sides of a split. Controls and
references rank nobody: shuffled labels show what luck gives, smaller training sets whether more data would help, one
codebook alone where the information lies, and log-mel spectra what a filter bank says without any tokenizer.
Where words are read, word errors as audiotok.metrics.recognition counts them: per cent, lower is better.
Source: the head is a multinomial logistic regression on square roots of code shares (audiotok.tasks.probes.bag).
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from audiotok.metrics import distortion, dnsmos, recognition, speaker, spectral
from audiotok.metrics.base import ClipMetric, RecipeMetric, by_recipe
from audiotok.metrics.text import NORMALISER

HEAD = "head:bag|penalty:l2|c:30-by-k"
LETTER, VOICE, DRUM = "letter", "voice", "drum"
KEYWORD_12, FMA_GENRE = "keyword_12", "fma_genre"
ESC50, KEYWORD, SPEAKER, EMOTION, INTENT, GENRE = "esc50", "keyword", "speaker", "emotion", "intent", "genre"
WORDS_CLEAN, WORDS_OTHER, WORDS_COMMON_VOICE = "words_clean", "words_other", "words_common_voice"
#: End of a metric's name, of what is measured beside the score -> what its title adds, why it ranks nobody, and how
#: to read it.
BESIDE = {
    "shuffled": (
        ", shuffled labels",
        "a control",
        "The same probe after shuffling the labels: the accuracy that is reached by chance.",
    ),
    "quarter": (", a quarter of the training clips", "a learning curve", ""),
    "half": (", half of the training clips", "a learning curve", ""),
    "logmel": (", log-mel mean and deviation", "a reference without tokens", ""),
    "kmeans": (", log-mel by k-means", "a reference without tokens", ""),
}

_metric = partial(
    RecipeMetric,
    version=1,
    question="probe",
    unit="%",
    direction="higher",
    range=(0.0, 1.0),
    scale=100.0,
    tolerance=0.03,  # five letters: a few codes differ between machines, and with them what a classifier names
)
SCORES = {
    LETTER: _metric(
        name="probe_letter",
        chance=100 / 26,
        title="Letter",
        domains=("speech",),
        conditions=f"{HEAD}|folds:group-out|draws:1",
        explanation="Accuracy of recognising which of 26 letters is spoken, from the tokens of a voice not in the "
        "training data (six voices). Chance is 3.8 %; log-mel spectra give 22 %. High values mean that tokens "
        "represent sounds rather than voices.",
    ),
    VOICE: _metric(
        name="probe_voice",
        chance=10.0,
        title="Voice",
        sampled="lines",
        domains=("speech",),
        conditions=f"{HEAD}|folds:group-5|draws:3",
        explanation="Accuracy of identifying one of ten voices from the tokens of a line not in the training data. "
        "Chance is 10 %; log-mel spectra give 75 %. High values mean that tokens preserve speaker identity.",
    ),
    DRUM: _metric(
        name="probe_drum",
        chance=25.0,
        title="Drum",
        sampled="drum kits",
        domains=("audio",),
        conditions=f"{HEAD}|folds:group-5|draws:3",
        explanation="Accuracy of recognising kick, snare, tom, hat or cymbal from the tokens of a drum kit not in the "
        "training data. Always predicting the most frequent class gives 25 %; log-mel spectra give 74 %.",
    ),
}


def _published(
    name: str, title: str, domain: str, classes: int, folds: str, explanation: str, sampled: str = "speakers"
) -> RecipeMetric:
    """Accuracy on a corpus that people have from its publisher, over the publisher's own folds or split."""
    return _metric(
        name=f"probe_{name}",
        chance=100 / classes,
        title=title,
        domains=(domain,),
        conditions=f"{HEAD}|folds:{folds}|draws:1",
        explanation=explanation,
        sampled=sampled,
    )


#: Probes of data that people have from its publishers, with their folds. On no board: the clips are not bundled.
PUBLISHED = {
    ESC50: _published(
        *(ESC50, "ESC-50", "audio", 50, "official-5"),
        "Accuracy of classifying the tokens into the 50 sound classes of ESC-50, over its five official folds, which "
        "share no recording. Chance is 2 %.",
        sampled="folds",
    ),
    KEYWORD: _published(
        *(KEYWORD, "Keyword", "speech", 35, "official-split"),
        "Accuracy of recognising the 35 words of Speech Commands from the tokens, on the official test list, whose "
        "speakers are not in the training data. Chance is 2.9 %.",
    ),
    KEYWORD_12: _published(
        *(KEYWORD_12, "Keyword, twelve classes", "speech", 12, "official-split"),
        "Accuracy of recognising ten words, another word or silence from the tokens, on the test archive of Speech "
        "Commands, which has about the same number of clips per class. Chance is 8.3 %.",
        sampled="speakers and clips of silence",
    ),
    SPEAKER: _published(
        *(SPEAKER, "Speaker", "speech", 1251, "official-split"),
        "Accuracy of identifying one of VoxCeleb1's 1,251 speakers from the tokens of a video not in the training "
        "data (iden_split). Chance is 0.08 %.",
        sampled="videos",
    ),
    EMOTION: _published(
        *(EMOTION, "Emotion", "speech", 4, "official-10"),
        "Accuracy of recognising neutral, angry, sad or happy (including excited) from the tokens of an IEMOCAP "
        "speaker who is not in the training data, over all ten speakers. Chance is 25 %.",
    ),
    INTENT: _published(
        *(INTENT, "Intent", "speech", 18, "official-split"),
        "Accuracy of recognising one of SLURP's 18 scenarios from the tokens of a request not in the training data. "
        "Chance is 5.6 %.",
        sampled="requests",
    ),
    FMA_GENRE: _published(
        *(FMA_GENRE, "Genre, FMA", "music", 8, "official-split"),
        "Accuracy of recognising the eight genres of fma_small from the tokens, on FMA's official test split, whose "
        "artists are not in the training data. Chance is 12.5 %.",
        sampled="artists",
    ),
    GENRE: _published(
        *(GENRE, "Genre", "music", 10, "fault-filtered"),
        "Accuracy of recognising GTZAN's ten genres from the tokens, on the fault-filtered split, which has no "
        "duplicates and no artist in both training and test data. Chance is 10 %.",
    ),
}


_words = partial(
    _metric,
    version=2,
    direction="lower",
    range=(0.0, math.inf),
    domains=("speech",),
    weight="count",
    conditions=f"folds:official-split|normaliser:{NORMALISER}",
)
#: Word errors of an ASR model that reads tokens, on corpora that people have.
WORDS = {
    WORDS_CLEAN: _words(
        name="probe_words_clean",
        title="Words, LibriSpeech clean",
        explanation="Word error rate on LibriSpeech test-clean of a two-layer bidirectional LSTM that is trained to "
        "transcribe the tokens of train-clean-100 into characters.",
    ),
    WORDS_OTHER: _words(
        name="probe_words_other",
        title="Words, LibriSpeech other",
        explanation="Word error rate on LibriSpeech test-other of a two-layer bidirectional LSTM that is trained to "
        "transcribe the tokens of train-clean-100 into characters.",
    ),
    WORDS_COMMON_VOICE: _words(
        name="probe_words_common_voice",
        title="Words, Common Voice",
        explanation="Word error rate on the test split of a language of Common Voice of a two-layer bidirectional "
        "LSTM that is trained to transcribe the tokens of the training split into characters.",
    ),
}


ENHANCE, SEPARATE, STEMS, SOUNDS = "enhance", "separate", "stems", "sounds"
_MAPS = {
    ENHANCE: ("Enhancement", "speech"),
    SEPARATE: ("Separation", "speech"),
    STEMS: ("Separation of music", "music"),
    SOUNDS: ("Separation of sounds", "audio"),
}
_PREDICTED = (
    "The output is decoded from the tokens that the probe predicts from the tokens of a mixture: errors of the "
    "prediction are included."
)
_SCORED_BY = {
    "speech": ("dwer", "dnsmos_ovrl", "speaker_ge2e"),
    "music": ("si_sdr", "mel_distance"),
    "audio": ("si_sdr", "mel_distance"),
}


def scored_by(probe: str) -> tuple[ClipMetric, ...]:
    """The metrics of the parts that a map from tokens to tokens has named, the first of which stands for the probe."""
    modules = (recognition, dnsmos, speaker, distortion, spectral)
    by_name = {metric.name: metric for module in modules for metric in module.METRICS}
    return tuple(by_name[name] for name in _SCORED_BY[_MAPS[probe][1]])


#: What is heard of a map: its output, the codec on the clean parts, the codec on the mixture.
KINDS = ("", "ceiling", "floor")


def of_parts(metric: ClipMetric, probe: str, kind: str = "") -> RecipeMetric:
    """A metric of the parts that a map has named, or of its "ceiling" (the codec on the clean signal) or "floor" (the
    codec on the mixture), which rank nobody.
    """
    titles = {"": "", "ceiling": ", codec on the clean signal", "floor": ", codec on the mixture"}
    return by_recipe(
        metric,
        name="_".join(filter(None, ("probe", probe, metric.name, kind))),
        version=2,
        title=f"{_MAPS[probe][0]}: {metric.title}{titles[kind]}",
        short="",
        question="probe",
        unranked=f"the {kind} of a score" if kind else "",
        explanation=metric.explanation if kind else f"{metric.explanation} {_PREDICTED}",
        weight="some",
        domains=(_MAPS[probe][1],),
        sampled="songs" if probe == STEMS else "speakers",
    )


MAPPED = {probe: of_parts(scored_by(probe)[0], probe) for probe in _MAPS}


def beside(metric: RecipeMetric, name: str) -> RecipeMetric:
    """A control, a reference or a part of a learning curve of a score, by a name of `BESIDE`."""
    title, why, explanation = BESIDE[name]
    title = f"{metric.title}{title}"
    conditions = metric.conditions
    if name == "logmel":  # which reads no bag
        conditions = conditions.replace(HEAD, "head:logmel-moments|penalty:l2|c:30")
    return replace(
        metric,
        name=f"{metric.name}_{name}",
        title=title,
        conditions=conditions,
        unranked=why,
        explanation=explanation,
    )


def of_codebook(metric: RecipeMetric, codebook: int) -> RecipeMetric:
    """The score of one codebook alone."""
    name, title = f"{metric.name}_codebook_{codebook}", f"{metric.title}, codebook {codebook} alone"
    folds, _, _ = metric.conditions.partition("|draws:")
    conditions = f"{folds}|draws:1"  # one draw, however many the score has
    return replace(metric, name=name, title=title, conditions=conditions, unranked="a part of a score", explanation="")


def by_training(metric: RecipeMetric, conditions: str) -> RecipeMetric:
    """The score of a probe whose only head is trained by gradient. conditions: how."""
    return replace(metric, conditions="|".join(filter(None, (conditions, metric.conditions))))


def characters(metric: RecipeMetric) -> RecipeMetric:
    """Errors of characters beside those of words."""
    name, title = f"{metric.name}_characters", f"{metric.title}, characters"
    return replace(metric, name=name, title=title, unranked="a part of a score", explanation="")


def by_net(metric: RecipeMetric, conditions: str, draws: int) -> RecipeMetric:
    """The score of another head, a second opinion beside that of the bag. conditions: how the net was trained."""
    folds = next(part for part in metric.conditions.split("|") if part.startswith("folds:"))
    return replace(
        metric,
        name=f"{metric.name}_net",
        title=f"{metric.title}, read by a net",
        conditions=f"{conditions}|{folds}|draws:{draws}",
        unranked="another head",
        explanation="The same probe with a small neural network instead of the bag-of-codes classifier.",
    )


#: The leaderboard's columns; the task measures more, which depends on the system.
METRICS: tuple[RecipeMetric, ...] = (
    *SCORES.values(),
    *(beside(metric, "shuffled") for metric in SCORES.values()),
    *PUBLISHED.values(),
    *WORDS.values(),
    *(of_parts(metric, probe) for probe in MAPPED for metric in scored_by(probe)),
)
