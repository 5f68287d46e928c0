"""Write the bundled manifests, `mini` and `small`, from the Debian packages that contain their files.

    python recipes/make_manifests.py

The same packages always give the same bytes: nothing is drawn at random, choices follow the sha256 of the files.

Excluded, because the text is not what is spoken (among the prompts and dialogues that have a text at all):
- a prompt that the English list describes instead of quoting ("[this is a simple beep tone]"), in every language;
- a text with anything in brackets, with "?" in place of a letter lost in editing, or without letters;
- the folders silence/ (nothing is spoken) and letters/ (the name of a letter is not its text);
- a text with fewer than 0.3 or more than 1.5 times the median letters per second of its source (for texts of five words
  or more): only a part of the text, or other words, are spoken;
- a prompt without a text, in the packages that have texts;
- a file that is empty or damaged in its package.

Splits. A prompt's name, a dialogue's level and a track determine the split, so that translations, takes and
neighbouring clips stay together: about 15% test, 5% valid. Music tracks of which mini has an excerpt are in test. Clips
of `mini` are in test, and no train or valid clip has the text of a test clip in the same language. The voices of
asterisk-es-co, asterisk-fr-armelle and librivox are in test only and therefore unseen.

Speakers: asterisk-en and -es have one (allison), -fr june, -it carlo, -ru ivrvoice; fillets has two main voices per
language (small, big) and many voices in minor parts (other).
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from audiotok.data.manifest import Clip, Manifest
from audiotok.data.reading import probe, read
from audiotok.data.sources import SOURCES
from audiotok.errors import InvalidAudio
from audiotok.files.assets import cache_folder, file_sha256
from audiotok.files.sources import Debian

OUT = Path(__file__).parent.parent / "audiotok" / "data" / "manifests"
PROMPTS_A_LANGUAGE = 7  # in mini
MUSIC_TRACKS = 12  # in mini
EXCERPT = 10.0  # seconds of each
MUSIC_PIECE = 20.0  # seconds, in small
SHORTEST = 1.2  # seconds of speech, in small: shorter prompts are single words, and would be a third of the list
VOICES = {"en": "allison", "es": "allison", "fr": "june", "it": "carlo", "ru": "ivrvoice"}
#: Sonic Pi's families of samples that are music; the others are sounds.
MUSICAL = ("loop", "guit", "bass", "tabla")


def main() -> None:
    prompts = _said(list(_asterisk()))
    sounds = list(_sonic_pi())
    mini = [*_mini_prompts(prompts), *_librivox(), *_mini_music(), *(clip for clip in sounds if _in_mini(clip))]
    mini = [replace(clip, split="test") for clip in mini]
    _save("mini", mini)
    speech = [*prompts, *_other_voices(), *_said(list(_fillets())), *_librivox()]
    speech = [clip for clip in speech if clip.duration >= SHORTEST]
    _save("small", _apart(speech, mini) + _tracks_apart(list(_wesnoth()), mini) + sounds)


def _save(name: str, clips: list[Clip]) -> None:
    manifest = Manifest.of(name, sorted(clips, key=lambda clip: (clip.domain, clip.language or "", clip.id)))
    OUT.mkdir(exist_ok=True)
    manifest.save(OUT / f"{name}.jsonl")
    for domain in ("speech", "music", "audio"):
        for split in ("train", "valid", "test"):
            chosen = manifest.domain(domain).split(split)
            if len(chosen):
                print(f"{name} {domain} {split}: {len(chosen)} clips, {sum(c.duration for c in chosen) / 60:.1f} min")


def _asterisk() -> Iterator[Clip]:
    described = _described()
    for language, speaker in VOICES.items():
        texts = _texts(language)
        for path in _files(f"asterisk-{language}", ".g722"):
            name = path.removesuffix(".g722")
            if name in described or name.startswith(("silence/", "letters/")) or not _quotes(texts.get(name, "")):
                continue
            for clip in _whole(f"asterisk-{language}", path, "speech", _split(name)):
                yield replace(clip, text=_one_line(texts[name]), language=language, speaker=speaker)


def _texts(language: str) -> dict[str, str]:
    package = f"asterisk-core-sounds-{language}"
    path = Debian(package, f"usr/share/doc/{package}/core-sounds-{language}.txt.gz").get(cache_folder())
    lines = gzip.decompress(path.read_bytes()).decode("utf-8-sig").splitlines()
    pairs = (line.partition(":") for line in lines if not line.startswith(";"))
    return {name.strip(): text.strip() for name, colon, text in pairs if colon}


def _described() -> set[str]:
    """Prompts that hold no speech: the English list describes them in brackets."""
    return {name for name, text in _texts("en").items() if re.fullmatch(r"[\[(<].*[\])>]", text)}


def _other_voices() -> Iterator[Clip]:
    """Voices whose packages have no texts."""
    described = _described()
    for source, language, suffix in (
        ("asterisk-es-co", "es", ".gsm"),
        ("asterisk-fr-armelle", "fr", ".gsm"),
        ("asterisk-it-menardi", "it", ".wav"),
    ):
        for path in _files(source, suffix):
            name = path.removesuffix(suffix)
            if name not in described and not name.startswith(("silence/", "letters/")):
                split = _split(name) if language == "it" else "test"
                for clip in _whole(source, path, "speech", split):
                    yield replace(clip, language=language, speaker=source.rpartition("-")[2])


def _fillets() -> Iterator[Clip]:
    scripts = Debian("fillets-ng-data", "").unpacked(cache_folder()) / "usr/share/games/fillets-ng/script"
    quoted = r'"((?:[^"\\]|\\.)*)"'
    pattern = re.compile(rf"dialogId\({quoted},\s*{quoted},\s*{quoted}\)\s*dialogStr\({quoted}\)")
    for language in ("cs", "nl"):
        lines = {}
        for script in sorted(scripts.glob(f"*/dialogs_{language}.lua")):
            for name, font, _, text in pattern.findall(script.read_text(encoding="utf-8")):
                lines[script.parent.name, name] = (font.removeprefix("font_"), text.replace('\\"', '"'))
        for path in _files(f"fillets-{language}", ".ogg"):
            level, file = path.partition("/")[0], Path(path).stem
            font, text = lines.get((level, file), ("", ""))
            if not _quotes(text):
                continue
            speaker = f"fillets-{language}-{font if font in ('small', 'big') else 'other'}"
            for clip in _whole(f"fillets-{language}", path, "speech", _split(level)):
                yield replace(clip, text=_one_line(text), language=language, speaker=speaker)


def _librivox() -> Iterator[Clip]:
    source = SOURCES["librivox"]
    transcription = Debian(source.package, f"{source.folder}/transcription").get(cache_folder()).read_text()
    for text, name in re.findall(r"<s> (.*) </s> \((.*)\)", transcription):
        for clip in _whole("librivox", f"{name}.wav", "speech", "test"):
            yield replace(clip, text=text, language="en", speaker="librivox-sense-and-sensibility")


def _wesnoth() -> Iterator[Clip]:
    """Every track, cut into pieces; what is left over at its end is dropped."""
    for track in _tracks():
        for number in range(int(track.duration // MUSIC_PIECE)):
            yield _cut(track, number * MUSIC_PIECE, MUSIC_PIECE)


@functools.cache
def _tracks() -> list[Clip]:
    return [
        clip
        for path in _files("wesnoth", ".ogg")
        for clip in _whole("wesnoth", path, "music", "valid" if _split(path) == "valid" else "train")
    ]


def _sonic_pi() -> Iterator[Clip]:
    for path in _files("sonic-pi", ".flac"):
        family = path.partition("_")[0]
        for clip in _whole("sonic-pi", path, "music" if family in MUSICAL else "audio", "train"):
            yield replace(clip, label=family, split="test" if _in_mini(clip) else "train")


def _in_mini(clip: Clip) -> bool:
    return clip.duration >= (5.0 if clip.domain == "music" else 1.0)


def _mini_prompts(prompts: list[Clip]) -> Iterator[Clip]:
    """The first of each language by hash that are 2-12 s, eight words or more, spelled out, and unlike."""
    for language in VOICES:
        chosen: list[Clip] = []
        for clip in sorted((c for c in prompts if c.language == language and c.split == "test"), key=_order):
            words = _words(clip)
            fits = 2 <= clip.duration <= 12 and len(words) >= 8 and not re.search(r"[\d#*@&%$+=]", clip.text or "")
            if fits and all(_overlap(words, _words(other)) < 0.5 for other in chosen):
                chosen.append(clip)
        if len(chosen) < PROMPTS_A_LANGUAGE:
            raise SystemExit(f"{language}: only {len(chosen)} prompts fit mini, {PROMPTS_A_LANGUAGE} are wanted")
        yield from chosen[:PROMPTS_A_LANGUAGE]


def _mini_music() -> Iterator[Clip]:
    """Ten seconds of the first tracks by hash, a third into each, where that is no silence."""
    tracks = sorted((track for track in _tracks() if track.duration >= 60), key=_order)
    excerpts = (_cut(track, round(track.duration / 3), EXCERPT) for track in tracks)
    audible = (clip for clip in excerpts if float(read(clip).waveform.square().mean()) > 1e-4)  # -40 dB
    return (clip for _, clip in zip(range(MUSIC_TRACKS), audible, strict=False))


def _apart(speech: list[Clip], mini: list[Clip]) -> list[Clip]:
    """A clip with the text of a test clip of its language is test too."""
    held_out = {(c.language, " ".join(_words(c))) for c in [*speech, *mini] if c.split == "test" and c.text}
    return [replace(c, split="test") if c.text and (c.language, " ".join(_words(c))) in held_out else c for c in speech]


def _tracks_apart(music: list[Clip], mini: list[Clip]) -> list[Clip]:
    """The tracks with an excerpt in mini, and the excerpts themselves, are music's test split."""
    excerpts = [clip for clip in mini if clip.source == "wesnoth"]
    held_out = {clip.path for clip in excerpts}
    return excerpts + [replace(clip, split="test") if clip.path in held_out else clip for clip in music]


def _files(source: str, suffix: str) -> list[str]:
    place = SOURCES[source]
    folder = Debian(place.package, "").unpacked(cache_folder()) / place.folder
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob(f"*{suffix}"))


def _whole(source: str, path: str, domain: str, split: str) -> Iterator[Clip]:
    """The file as one clip, or none where it cannot be read: a few are empty or damaged in their packages."""
    place = SOURCES[source]
    file = Debian(place.package, f"{place.folder}/{path}").get(cache_folder())
    try:
        frames, rate = probe(file)
    except InvalidAudio as error:
        print(f"left out: {source} {path}: {error}", flush=True)
        return
    clip_id = f"{source}-{re.sub(r'[^A-Za-z0-9._-]+', '_', str(Path(path).with_suffix('')))}"
    end = round(frames / rate, 6)
    yield Clip(clip_id, source, path, file_sha256(file), 0.0, end, rate, domain, split, licence=place.licence)


def _cut(track: Clip, start: float, duration: float) -> Clip:
    return replace(track, id=f"{track.id}-{start:.0f}s-{duration:.0f}s", start=float(start), end=start + duration)


def _split(group: str) -> str:
    share = int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) / 16**8
    return "test" if share < 0.15 else "valid" if share < 0.2 else "train"


def _order(clip: Clip) -> str:
    return clip.sha256


def _quotes(text: str) -> bool:
    """Whether a text is what is said, as far as the text alone can tell."""
    return not re.search(r"[\[\](){}<>]|\w\?\s*[^\W\d_A-ZÀ-Ý]", text) and bool(re.search(r"[^\W\d_]", text))


def _said(clips: list[Clip]) -> list[Clip]:
    """The clips that can hold the words of their text, by the pace of their source. A digit counts as six letters."""
    paces = {c.id: sum(6 if x.isdigit() else x.isalpha() for x in c.text or "") / c.duration for c in clips}
    usual = {
        source: statistics.median(paces[c.id] for c in clips if c.source == source and len(_words(c)) >= 5)
        for source in {c.source for c in clips}
    }
    return [c for c in clips if 0.3 * usual[c.source] <= paces[c.id] <= 1.5 * usual[c.source]]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _words(clip: Clip) -> list[str]:
    return re.findall(r"\w+", (clip.text or "").casefold())


def _overlap(one: list[str], other: list[str]) -> float:
    return len(set(one) & set(other)) / len(set(one) | set(other))


if __name__ == "__main__":
    main()
