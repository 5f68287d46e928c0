"""A probe is a row: which clips, by their labels, folds over which groups or the publisher's split, and the metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import PurePosixPath

from audiotok.data.manifest import Clip, Manifest
from audiotok.data.mixtures import MIXTURE
from audiotok.data.trials import TrialList, voxceleb1_trials
from audiotok.doors import unknown
from audiotok.errors import InvalidOption
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.probe import (
    DRUM,
    EMOTION,
    ENHANCE,
    ESC50,
    FMA_GENRE,
    GENRE,
    INTENT,
    KEYWORD,
    KEYWORD_12,
    LETTER,
    MAPPED,
    PUBLISHED,
    SCORES,
    SEPARATE,
    SOUNDS,
    SPEAKER,
    STEMS,
    VOICE,
    WORDS,
    WORDS_CLEAN,
    WORDS_COMMON_VOICE,
    WORDS_OTHER,
)
from audiotok.metrics.verification import EER, VERIFICATION
from audiotok.tasks.probes import folds
from audiotok.tasks.probes.folds import TEST, TRAIN


def group_of(clip: Clip) -> str | None:
    """The clip's group, else its speaker: no fold has one on both sides."""
    return clip.group or clip.speaker


def clip_itself(clip: Clip) -> str:
    """A clip as its own group, where the publisher keeps apart what belongs together and does not say what does."""
    return clip.id


def no_unit(clip: Clip) -> None:
    """A clip that belongs to nobody, or to two speakers: units are the clips then."""


def speaker_of(clip: Clip) -> str | None:
    """The clip's speaker, where groups are finer."""
    return clip.speaker


def speaker_or_itself(clip: Clip) -> str:
    """The clip's speaker; a clip in which nobody speaks is its own group."""
    return clip.speaker or clip.id


@dataclass(frozen=True)
class Probe:
    """One question to frozen tokens. Bundled clips have labels that begin with its name, as in "voice/Pirate";
    of a published corpus all labels are its classes.
    """

    name: str
    metric: RecipeMetric
    one_out: bool = False  # a fold for each group; else five folds over the groups, drawn anew
    draws: int = 1
    #: The groups that the publisher's folds are, all of them, where it has its own.
    official: tuple[str, ...] = ()
    #: "train" or "test" of a clip where the publisher has split the clips in two; None for neither (validation).
    split: Callable[[Clip], str | None] | None = None
    group: Callable[[Clip], str | None] = group_of
    #: What intervals take to be independent of a clip, its metric's `sampled`; None: the group.
    unit: Callable[[Clip], str | None] | None = None
    two_speakers: bool = False  # whether intervals are over the speakers of both parts of a mixture
    heads: tuple[str, ...] = ("bag", "net")  # that can read it; the first is its own
    #: Labels of the clean parts of a mixture, and whether they have an order, where tokens are mapped to tokens.
    parts: tuple[str, ...] = ()
    ordered: bool = True
    optional: bool = False  # whether a mixture may lack some of them
    #: The publisher's trials of a data set, where pairs of clips to test are scored and not the clips.
    trials: Callable[[Manifest], TrialList] | None = None
    #: The publisher's label -> class, where clips of other labels are left out; empty where each label is a class.
    classes: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def published(self) -> bool:
        """Whether its clips come from the publisher, in its folds or its split."""
        return bool(self.official or self.split)

    def clips(self, manifest: Manifest) -> list[Clip]:
        """Its clips of a manifest. One without a label is kept, to be named by `folds.check`."""
        if not self.published:
            return [clip for clip in manifest if label_of(clip, self)]
        sides = (clip for clip in manifest if self.split is None or self.split(clip) is not None)
        return [clip for clip in sides if not (self.classes and clip.label and clip.label not in self.classes)]

    def head(self, asked: str) -> str:
        """The head that is asked for, or the probe's own. Raises InvalidOption where it has no such head."""
        if asked and asked not in self.heads:
            raise InvalidOption(f"{self.name} has the heads {' or '.join(self.heads)}, not {asked}")
        return asked or self.heads[0]

    def unit_of(self, clip: Clip) -> str | None:
        """The unit that intervals take to be independent, as the `speaker` of a score; None for the clip itself."""
        return (self.unit or self.group)(clip)

    def tests(self, clip: Clip) -> bool:
        """Whether the clip is tested, and not trained on alone."""
        tested = self.split is None or self.split(clip) == TEST
        return tested and (not self.parts or clip.label == MIXTURE)


def own_split(clip: Clip) -> str | None:
    """As the corpus' own lists have it. What is for validation is neither trained on nor tested: nothing is chosen."""
    return clip.split if clip.split in (TRAIN, TEST) else None


def fault_filtered(clip: Clip) -> str | None:
    """GTZAN's split without copies, distorted files and artists on both sides (Kereliuk et al. 2015), as torchaudio
    lists it.
    """
    return _fault_filtered().get(PurePosixPath(clip.path).stem)


@cache
def _fault_filtered() -> dict[str, str]:
    from torchaudio.datasets import gtzan

    return {**dict.fromkeys(gtzan.filtered_train, TRAIN), **dict.fromkeys(gtzan.filtered_test, TEST)}


def voxceleb1_o(clip: Clip) -> str | None:
    """VoxCeleb1's 40 speakers whose names begin with E are tested, id10270 to id10309; all others are trained on."""
    return TEST if str(clip.speaker) in _VOXCELEB1_O else TRAIN


def _librispeech(tested: str, clip: Clip) -> str | None:
    """The part of LibriSpeech's folder that is used: 100 hours to train on, one of the subsets to test."""
    subsets = {"train-clean-100": TRAIN, tested: TEST}
    return next((subsets[part] for part in PurePosixPath(clip.path).parts if part in subsets), None)


OFFLINE = (
    Probe(LETTER, SCORES[LETTER], one_out=True),
    Probe(VOICE, SCORES[VOICE], draws=3),
    Probe(DRUM, SCORES[DRUM], draws=3),
)
_EMOTIONS = {"neu": "neutral", "ang": "angry", "sad": "sad", "hap": "happy", "exc": "happy"}
_FMA_SMALL = {
    name: name
    for name in ("Electronic", "Experimental", "Folk", "Hip-Hop", "Instrumental", "International", "Pop", "Rock")
}
_IEMOCAP_SPEAKERS = tuple(f"Ses0{session}{sex}" for session in range(1, 6) for sex in "FM")
_VOXCELEB1_O = {f"id{number}" for number in range(10270, 10310)}
#: By name: those of the bundled data, and those of data that people have from its publishers.
PROBES = {probe.name: probe for probe in OFFLINE} | {
    probe.name: probe
    for probe in (
        Probe(ESC50, PUBLISHED[ESC50], one_out=True, official=tuple(f"fold{n}" for n in range(1, 6))),
        Probe(KEYWORD, PUBLISHED[KEYWORD], split=own_split),
        Probe(KEYWORD_12, PUBLISHED[KEYWORD_12], split=own_split, group=speaker_or_itself),
        Probe(SPEAKER, PUBLISHED[SPEAKER], split=own_split),
        Probe(
            *(VERIFICATION, EER),
            split=voxceleb1_o,
            group=speaker_of,
            heads=("verify",),
            trials=voxceleb1_trials,
        ),
        Probe(EMOTION, PUBLISHED[EMOTION], one_out=True, official=_IEMOCAP_SPEAKERS, classes=_EMOTIONS),
        Probe(INTENT, PUBLISHED[INTENT], split=own_split),
        Probe(WORDS_CLEAN, WORDS[WORDS_CLEAN], split=partial(_librispeech, "test-clean"), heads=("ctc",)),
        Probe(WORDS_OTHER, WORDS[WORDS_OTHER], split=partial(_librispeech, "test-other"), heads=("ctc",)),
        Probe(WORDS_COMMON_VOICE, WORDS[WORDS_COMMON_VOICE], split=own_split, heads=("ctc",)),
        Probe(ENHANCE, MAPPED[ENHANCE], split=own_split, unit=speaker_of, heads=("map",), parts=("speech",)),
        Probe(
            *(SEPARATE, MAPPED[SEPARATE]),
            split=own_split,
            unit=no_unit,
            two_speakers=True,
            heads=("map",),
            parts=("first", "second"),
            ordered=False,
        ),
        Probe(STEMS, MAPPED[STEMS], split=own_split, heads=("map",), parts=("vocals", "drums", "bass", "other")),
        Probe(
            *(SOUNDS, MAPPED[SOUNDS]),
            split=own_split,
            unit=no_unit,
            heads=("map",),
            parts=("background", "foreground0", "foreground1", "foreground2"),
            ordered=False,
            optional=True,
        ),
        Probe(FMA_GENRE, PUBLISHED[FMA_GENRE], split=own_split, classes=_FMA_SMALL),
        Probe(GENRE, PUBLISHED[GENRE], split=fault_filtered, group=clip_itself, unit=no_unit),
    )
}


def chosen(names: Iterable[str]) -> tuple[Probe, ...]:
    """The probes of these names, each once. Raises UnknownName."""
    names = tuple(dict.fromkeys(names))
    if odd := [name for name in names if name not in PROBES]:
        raise unknown("probe", odd[0], PROBES)
    return tuple(PROBES[name] for name in names)


def label_of(clip: Clip, probe: Probe) -> str:
    """The clip's class, "" where it is no clip of this probe."""
    if probe.published:
        return probe.classes.get(clip.label or "", clip.label or "")
    name, _, label = (clip.label or "").partition("/")
    return label if name == probe.name else ""


def check_clips(probe: Probe, clips: Sequence[Clip], name: str) -> None:
    """Raises InvalidData where labels, groups or splits allow no honest score."""
    labels, groups = [label_of(clip, probe) for clip in clips], [probe.group(clip) for clip in clips]
    if probe.split:
        splits = [str(probe.split(clip)) for clip in clips]
        if "bag" in probe.heads:
            folds.check_split(labels, groups, splits, name)
        else:
            folds.check_sides(groups, splits, name)
        return
    folds.check(labels, groups, name)
    if probe.official:
        folds.check_official(groups, probe.official, name)
