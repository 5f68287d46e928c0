"""Likelihood pairs that need no download: made of the test clips of any data set with speakers and languages.

Both clips of a pair carry the same edits, at the same places, and are equally long and loud. A switch is asked both
ways, of the same four stretches: a1 a2 against a1 b2, and b1 b2 against b1 a2, as one item. Each stretch is then once
right and once wrong, so that a model which does not look across the cut, or only knows one voice better, is at chance.
Files that a model was trained on are left out. Where the sets say so, voices are new to it too; a switch of speakers
needs two in one language, which `small` does not have among its new ones, so there a voice may have been heard.

Words are not cut from clips: a synthetic voice says them (audiotok.tasks.lm_pairs.nonwords), the same ones for any data
set; the signature tells which list it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.data.draw import draw
from audiotok.data.manifest import Clip, Manifest, whole_file
from audiotok.errors import InvalidData, InvalidOption, UnknownName
from audiotok.files.json import read_json, write_json
from audiotok.files.progress import progress_bar
from audiotok.metrics.level import SILENT
from audiotok.metrics.likelihood_pairs import SETS
from audiotok.results.recipe import SEED
from audiotok.tasks import synthetic_voice
from audiotok.tasks.lm_pairs import nonwords, splicing
from audiotok.tasks.lm_pairs.scoring import Pair, PairSet
from audiotok.tasks.lm_pairs.splicing import (
    FADE,
    GAP,
    HALF,
    LEVEL,
    RATE,
    SpliceSource,
    Voice,
    at_level,
    decibel,
    splice,
)

VERSION = 1  # goes up when the same data gives other pairs
SNR = 5.0  # dB of speech over background, in each half
WHOLE = 2 * HALF - FADE  # samples of two halves that were joined


@dataclass(frozen=True)
class Made:
    """The waveforms of an item's pairs, (positive, negative) each, and what is known of them."""

    pairs: tuple[tuple[Tensor, Tensor], ...]
    languages: tuple[str, ...]  # of each pair's beginning
    speaker: str | None = None


def _speaker(source: SpliceSource) -> Iterator[Made]:
    voices = source.voices(HALF)
    for language in sorted({language for language, _ in voices}):
        yield from _switches(source, [voice for voice in voices if voice[0] == language])


def _language(source: SpliceSource) -> Iterator[Made]:
    voices = source.voices(HALF)
    for speaker in sorted({speaker for _, speaker in voices}):
        yield from _switches(source, [voice for voice in voices if voice[1] == speaker])


def _switches(source: SpliceSource, voices: list[Voice]) -> Iterator[Made]:
    """A half is always joined to one of another clip; where clips are few, each is a first half and a second half."""
    clips = source.voices(HALF)
    couples, share = source.couples(voices)
    for one, other in couples:
        # Voices recorded at different rates would be told apart by their band.
        widest = min(clip.sample_rate for voice in (one, other) for clip in clips[voice])
        a, b = (source.stretches(clips[voice], HALF, 2 * share, widest) for voice in (one, other))
        number = min(len(a), len(b))
        for i in range(min(share, number) if number > 1 else 0):
            j = (i + number // 2) % number
            yield Made(
                (
                    (splice(a[i], a[j]), splice(a[i], b[j])),
                    (splice(b[i], b[j]), splice(b[i], a[j])),
                ),
                (one[0], other[0]),
                one[1] if one[1] == other[1] else None,
            )


def _background(source: SpliceSource) -> Iterator[Made]:
    sounds = list(_sounds(source))
    if len({label for label, *_ in sounds}) < 2:
        return
    for number, ((language, speaker), speech) in enumerate(source.unheard(WHOLE)):
        at = number % len(sounds)
        label, p1, p2 = sounds[at]
        _, q1, q2 = next(sound for sound in sounds[at:] + sounds if sound[0] != label)
        yield Made(
            (
                (speech + splice(p1, p2), speech + splice(p1, q2)),
                (speech + splice(q1, q2), speech + splice(q1, p2)),
            ),
            (language, language),
            speaker,
        )


def _sounds(source: SpliceSource) -> Iterator[tuple[str, Tensor, Tensor]]:
    """(label, half, half): two stretches of one sound of a second or more, repeated where it is too short."""
    for clip in source.clips.domain("audio"):
        if clip.duration < 1:
            continue
        wave = splicing.read(clip, source.clips.root)
        wave = wave.repeat(-(-(2 * HALF + GAP) // len(wave)))
        halves = wave[:HALF], wave[HALF + GAP : 2 * HALF + GAP]
        if min(map(decibel, halves)) > SILENT:
            yield clip.label or clip.id, at_level(halves[0], LEVEL - SNR), at_level(halves[1], LEVEL - SNR)


def _order(source: SpliceSource) -> Iterator[Made]:
    for (language, speaker), stretch in source.unheard(2 * HALF + GAP):
        halves = stretch[:HALF], stretch[HALF + GAP :]
        if min(map(decibel, halves)) > SILENT:
            first, second = map(at_level, halves)
            yield Made(((splice(first, second), splice(second, first)),), (language,), speaker)


def _reversal(source: SpliceSource) -> Iterator[Made]:
    for (language, speaker), stretch in source.unheard(WHOLE):
        yield Made(((stretch, stretch.flip(0)),), (language,), speaker)


def _word(source: SpliceSource) -> Iterator[Made]:
    for changes in nonwords.items()[: source.limit]:
        yield Made(tuple(nonwords.pair(*change) for change in changes), ("en",) * len(changes), synthetic_voice.SPEAKER)


#: name -> what makes the items, and what they need; likelihood_pairs.SETS has how they are asked for.
OFFLINE: dict[str, tuple[Callable[[SpliceSource], Iterator[Made]], str]] = {
    "speaker": (_speaker, "two speakers of one language"),
    "language": (_language, "one speaker of two languages"),
    "background": (_background, "new voices, and sounds of two labels in the domain audio"),
    nonwords.NAME: (_word, ""),
    "order": (_order, "new voices"),
    "reversal": (_reversal, "new voices"),
}


def made_as(name: str, limit: int) -> str:
    """Fields of a signature: how many items a set has of each language, and by which version of this module."""
    settings = f"items:{limit}|pairs:v{VERSION}"
    return f"{settings}|words:{nonwords.sha256()[:12]}" if name == nonwords.NAME else settings


def make(name: str, corpus: Manifest, training: Manifest, runs: Path, limit: int = 40) -> PairSet:
    """The pairs of a name of OFFLINE as audio files below `runs`, made once; the same data gives the same pairs.

    `limit`: items of each language. `training` are the clips that the models learn from. Raises UnknownName, and
    InvalidData where the corpus has not got what the pairs are made of.
    """
    if name not in OFFLINE:
        raise UnknownName(f"no pairs are called {name!r}; offline there are {', '.join(OFFLINE)}")
    if limit < 1:
        raise InvalidOption(f"items of a language must be at least 1, got {limit}")
    build, needed = OFFLINE[name]
    word = name == nonwords.NAME  # the same ones for any data set
    origin = f"{name}-{nonwords.sha256()[:12]}" if word else f"{corpus.name}-{corpus.sha256[:12]}"
    folder = runs / "pairs" / origin / f"{name}.v{VERSION}-{limit}-without-{training.sha256[:12]}"
    if not (folder / "pairs.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        learnt = {clip.sha256 for clip in training}
        clips = tuple(clip for clip in corpus.split("test") if clip.sha256 not in learnt)
        unseen = draw(Manifest(corpus.name, clips, corpus.root), seed=SEED)
        heard = frozenset(clip.speaker for clip in training if clip.speaker is not None)
        if not _write(folder, name, build(SpliceSource(unseen, heard, limit))):
            raise InvalidData(
                f"{corpus.name} gives no {name} pairs: they need {needed}, with clips of 1.5 s (a switch) or 3.1 s "
                "in the test split that were not trained on"
            )
    return PairSet(
        name=name,
        title=SETS[name].title,
        pairs=tuple(Pair(**values) for values in read_json(folder / "pairs.json")),
        clips=Manifest.load(folder / f"pairs-{name}.jsonl"),
        data=f"{corpus.name}@sha256:{corpus.sha256[:12]}",
        settings=made_as(name, limit),
        together=SETS[name].together,
        unranked=SETS[name].unranked,
    )


def _write(folder: Path, name: str, made: Iterator[Made]) -> int:
    """Audio, its manifest, and last the pairs, which say that all is there. Returns their number."""
    pairs: list[Pair] = []
    clips: list[Clip] = []
    for number, item in enumerate(progress_bar(made, desc=f"make {name} pairs", unit="item", disable=None)):
        # One factor for all of an item, which is therefore still equally loud.
        peak = max(1.0, *(float(wave.abs().max()) for pair in item.pairs for wave in pair))
        item_id = f"{name}-{number:04d}"
        for letter, waves, language in zip("ab", item.pairs, item.languages, strict=False):
            sides = [
                _write_clip(folder, f"{item_id}{letter}-{side}", wave / peak, language, item.speaker)
                for side, wave in zip(("positive", "negative"), waves, strict=True)
            ]
            clips += sides
            positive, negative = (side.id for side in sides)
            pairs.append(Pair(f"{item_id}{letter}", item_id, positive, negative, language, item.speaker))
    if pairs:
        Manifest.of(f"pairs-{name}", clips).save(folder / f"pairs-{name}.jsonl")
        write_json(folder / "pairs.json", [asdict(pair) for pair in pairs])
    return len(pairs)


def _write_clip(folder: Path, clip_id: str, wave: Tensor, language: str, speaker: str | None) -> Clip:
    path = folder / f"{clip_id}.flac"
    Audio.from_array(wave, RATE).save(path)
    return whole_file(path, len(wave), RATE, domain="speech", language=language, speaker=speaker)
