"""Write the bundled manifest `probes-mini`: three classification tasks of short clips, with fixed folds.

    python recipes/make_probes.py

The same packages always give the same bytes: nothing is drawn at random, choices follow the sha256 of the files.

letter  which of the 26 letters is named; six voices, four of them English and two French; folds by voice
voice   which of ten speakers speaks; 35 lines that all ten speak, most in English; folds by line, so that no line is
        in training and test
drum    kick, snare, tom, hat or cymbal; twelve drum kits; folds by kit

Excluded are files that are identical to another one (packages share files), synthetic voices, rim shots and sticks.
From each kit, only the first six files of a class by hash are used. Drum strokes are cut after two seconds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase
from xml.etree import ElementTree

from audiotok.data.manifest import Clip, Manifest
from audiotok.data.reading import probe
from audiotok.data.sources import SOURCES
from audiotok.errors import InvalidAudio
from audiotok.files.assets import cache_folder, file_sha256
from audiotok.files.sources import Debian

OUT = Path(__file__).parent.parent / "audiotok" / "data" / "manifests" / "probes-mini.jsonl"
#: Packs of ten different actors. Robot is synthetic, Classic and Russian_pl share files with Default and Default_pl.
VOICES = (
    *("British", "Default", "HillBilly", "Mobster", "Pirate", "Russian", "Singer", "Surfer"),
    *("Default_es", "Default_pl"),
)
LANGUAGES = {"Default_es": "es", "Default_pl": "pl"}
#: The first that fits an instrument's name, in lower case.
DRUMS = {
    "": r"rim|stick|click|roll|beats_",
    "kick": r"kick|bass ?drum",
    "snare": r"snare",
    "tom": r"\btom|tomh",
    "hat": r"hat\b|hi-hat|\bhh\b|ohh\b",
    "cymbal": r"crash|ride|china|splash|cymbal",
}
STROKES = 6  # of a kit and class
STROKE_SECONDS = 2.0
#: Voice -> source, path of a letter, language.
LETTERS = {
    "allison": ("asterisk-en", "letters/{lower}.g722", "en"),
    "klettres-en": ("klettres", "en/alpha/{upper}.ogg", "en"),
    "klettres-en_GB": ("klettres", "en_GB/alpha/{lower}.ogg", "en"),
    "tuxpaint-en_GB": ("tuxpaint", "symbols/alphabets/english/filled/uppercase/{upper}_filled_en_GB.ogg", "en"),
    "june": ("asterisk-fr", "letters/{lower}.g722", "fr"),
    "klettres-fr": ("klettres", "fr/alpha/a-{number}.ogg", "fr"),
}


def main() -> None:
    clips = [*_letters(), *_voices(), *_drums()]
    manifest = Manifest.of(OUT.stem, sorted(_distinct(clips), key=lambda clip: (str(clip.label), clip.id)))
    manifest.save(OUT)
    for task in ("letter", "voice", "drum"):
        chosen = [clip for clip in manifest if str(clip.label).startswith(task)]
        minutes = sum(clip.duration for clip in chosen) / 60
        classes = Counter(str(clip.label).partition("/")[2] for clip in chosen)
        print(f"{task}: {len(chosen)} clips, {minutes:.1f} min, {len({c.group for c in chosen})} groups, {classes}")


def _letters() -> Iterator[Clip]:
    for voice, (source, path, language) in LETTERS.items():
        for number, letter in enumerate(ascii_lowercase):
            file = path.format(lower=letter, upper=letter.upper(), number=number)
            yield replace(
                _clip(source, file, f"letter-{voice}-{letter}", "speech"),
                **{"label": f"letter/{letter}", "text": letter, "language": language, "speaker": voice, "group": voice},
            )


def _voices() -> Iterator[Clip]:
    """Lines by their files' names; takes of one line, Ow1 to Ow4, are one."""
    said = {voice: {path.stem for path in _folder("hedgewars", voice).glob("*.ogg")} for voice in VOICES}
    for line in sorted(set.intersection(*said.values())):
        for voice in VOICES:
            yield replace(
                _clip("hedgewars", f"{voice}/{line}.ogg", f"voice-{voice}-{line}", "speech"),
                **{"label": f"voice/{voice}", "language": LANGUAGES.get(voice, "en"), "speaker": voice},
                group=line.rstrip("0123456789"),
            )


def _drums() -> Iterator[Clip]:
    for kit in sorted(path.name for path in _folder("hydrogen-drumkits", "").iterdir()):
        found: defaultdict[str, list[Clip]] = defaultdict(list)
        for name, file in _strokes(kit):
            drum = next((drum for drum, pattern in DRUMS.items() if re.search(pattern, name.lower())), "")
            if drum:
                slug = re.sub(r"[^A-Za-z0-9._-]+", "_", f"{kit}-{Path(file).stem}")
                clip = _clip("hydrogen-drumkits", f"{kit}/{file}", f"drum-{slug}", "audio")
                end = min(clip.end, STROKE_SECONDS)
                found[drum].append(replace(clip, label=f"drum/{drum}", group=kit, end=end))
        for strokes in found.values():
            yield from sorted(_distinct(strokes), key=lambda clip: clip.sha256)[:STROKES]


def _strokes(kit: str) -> Iterator[tuple[str, str]]:
    """(instrument's name, its file), of every layer. Hydrogen's files have a namespace since version 0.9.7."""
    for instrument in ElementTree.parse(_folder("hydrogen-drumkits", kit) / "drumkit.xml").iter():
        if instrument.tag.rpartition("}")[2] == "instrument":
            texts = [(node.tag.rpartition("}")[2], node.text or "") for node in instrument.iter()]
            name = next((text for tag, text in texts if tag == "name"), "")
            yield from ((name, text) for tag, text in texts if tag == "filename")


def _distinct(clips: list[Clip]) -> Iterator[Clip]:
    """The first clip of each file's bytes, and of each id."""
    seen: set[str] = set()
    for clip in clips:
        if not seen & {clip.sha256, clip.id}:
            seen |= {clip.sha256, clip.id}
            yield clip


def _folder(source: str, below: str) -> Path:
    place = SOURCES[source]
    return Debian(place.package, "").unpacked(cache_folder()) / place.folder / below


def _clip(source: str, path: str, clip_id: str, domain: str) -> Clip:
    file = _folder(source, path)
    try:
        frames, rate = probe(file)
    except InvalidAudio as error:
        raise SystemExit(f"{source} {path}: {error}") from error
    licence = SOURCES[source].licence
    return Clip(clip_id, source, path, file_sha256(file), 0.0, round(frames / rate, 6), rate, domain, licence=licence)


if __name__ == "__main__":
    main()
