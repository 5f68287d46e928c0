"""Mixtures of bundled clips, for enhancement and separation where no corpus is at hand: speech in noise, two voices.

A mixture is a line of a recipe: its clips by id and sha256, where each begins, how loud the second is. The recipe is
drawn from hashes of the clips' ids, the same everywhere, and its own hash names the folder of the cache where the audio
lies. Clips of `small`'s training split are for training, clips of its test split for testing, noises included.

Conventions: 16 kHz, 16 bit; 2 to 4 s, as long as the shorter voice; the second signal's root mean square is the first's
at a ratio in dB drawn evenly; where the sum would clip, all parts are scaled down alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audiotok.data.draw import draw
from audiotok.data.manifest import Clip, Manifest, whole_file
from audiotok.data.reading import read
from audiotok.errors import InvalidData
from audiotok.files.assets import cache_folder, locked
from audiotok.files.progress import progress_bar

VERSION = 1  # goes up when the audio of a recipe changes
RATE = 16000
SHORTEST, LONGEST = 2.0, 4.0  # seconds
PEAK = 0.95
COUNTS = {"train": 240, "test": 24}
MIXTURE = "mixture"
#: Name -> what the parts are called, and the ratio of the second to the first in dB, from and to.
NAMES: dict[str, tuple[tuple[str, ...], tuple[float, float]]] = {
    "small-noisy": (("speech",), (-15.0, 0.0)),
    "small-two-voices": (("first", "second"), (-3.0, 3.0)),
}


@dataclass(frozen=True)
class MixtureLine:
    """One mixture: two clips, each from a second of it on, and the second's level against the first's."""

    id: str
    split: str
    clips: tuple[str, str]
    sha256: tuple[str, str]  # of the clips' files
    starts: tuple[float, float]  # seconds after the clips' own
    seconds: float
    ratio: float  # dB


def load(name: str, small: Manifest) -> Manifest:
    """The mixtures and their clean parts as clips: `label` says which part, `group` of which mixture.

    Made once, from the clips of `small`, which are fetched where they are not there; processes that ask at once wait
    for the first of them.
    """
    lines = list(recipe(name, small))
    folder = cache_folder() / "mixtures" / f"{name}-{_digest(lines)[:16]}"
    path = folder / f"{name}.jsonl"
    clips = len(lines) * (1 + len(NAMES[name][0]))
    if (kept := _kept(path, clips)) is None:
        with locked(folder.name):
            if (kept := _kept(path, clips)) is None:
                folder.mkdir(parents=True, exist_ok=True)
                kept = Manifest.of(name, _made(name, lines, small, folder), folder)
                kept.save(path)
    return kept


def _kept(path: Path, clips: int) -> Manifest | None:
    """The manifest that was made; None where it has to be made, also where an earlier version wrote it in part."""
    if not path.is_file():
        return None
    try:
        found = Manifest.load(path)
    except InvalidData:
        return None
    return found if len(found) == clips else None


def recipe(name: str, small: Manifest) -> Iterator[MixtureLine]:
    """The lines of a data set of `NAMES`, training first."""
    parts, levels = NAMES[name]
    for split, count in COUNTS.items():
        of_split = small.split(split)
        voices = [clip for clip in draw(of_split.domain("speech")) if clip.duration >= SHORTEST]
        others = voices[count:] if len(parts) > 1 else list(draw(of_split.domain("music", "audio")))
        for number, voice in enumerate(voices[:count]):
            beside = [clip for clip in others if clip.speaker != voice.speaker or not clip.speaker]
            other = beside[number % len(beside)]
            yield _line(f"{split}-{number:04}", split, voice, other, levels, other.domain != "speech")


def _line(name: str, split: str, voice: Clip, other: Clip, levels: tuple[float, float], repeats: bool) -> MixtureLine:
    one, two = (value / 2**32 for value in np.frombuffer(hashlib.sha256(name.encode()).digest()[:8], dtype="<u4"))
    lengths = [voice.duration] if repeats else [voice.duration, other.duration]
    seconds = round(min(LONGEST, *lengths), 3)
    start = round(float(one) * max(0.0, other.duration - seconds), 3) if repeats else 0.0
    ratio = round(levels[0] + float(two) * (levels[1] - levels[0]), 2)
    clips, hashes = (voice.id, other.id), (voice.sha256, other.sha256)
    return MixtureLine(name, split, clips, hashes, (0.0, start), seconds, ratio)


def _digest(lines: Sequence[MixtureLine]) -> str:
    text = json.dumps([VERSION, RATE, PEAK, *(asdict(line) for line in lines)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _made(name: str, lines: Sequence[MixtureLine], small: Manifest, folder: Path) -> Iterator[Clip]:
    parts, _ = NAMES[name]
    by_id = {clip.id: clip for clip in small}
    for line in progress_bar(lines, desc=f"data {name}", unit="mixture", disable=None):
        clips = [by_id[clip] for clip in line.clips]
        samples = round(line.seconds * RATE)
        first, second = (_stretch(clip, start, samples, small) for clip, start in zip(clips, line.starts, strict=True))
        signals = mixed(first, second, line.ratio)
        for part, signal in zip((MIXTURE, *parts), signals, strict=False):
            speaker = clips[1].speaker if part == "second" else clips[0].speaker
            language = clips[1].language if part == "second" else clips[0].language
            path = folder / f"{line.id}-{part}.wav"
            soundfile.write(path, signal, RATE, subtype="PCM_16")
            known = {"split": line.split, "language": language, "speaker": speaker, "label": part, "group": line.id}
            yield whole_file(path, samples, RATE, domain="speech", **known)


def mixed(
    first: NDArray[np.float64], second: NDArray[np.float64], ratio: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """[T], [T] -> their sum, and both as they are in it; the second's level is `ratio` dB above the first's.

    What is silent stays silent.
    """
    levels = [float(np.sqrt(np.mean(signal**2))) for signal in (first, second)]
    second = second * (10 ** (ratio / 20) * levels[0] / levels[1] if all(levels) else 0.0)
    total = first + second
    scale = min(1.0, PEAK / max(float(np.abs(signal).max()) for signal in (total, first, second, [1e-9])))
    return total * scale, first * scale, second * scale


def _stretch(clip: Clip, start: float, samples: int, small: Manifest) -> NDArray[np.float64]:
    """[samples] from a second of the clip on; what ends before is repeated."""
    begins = clip.start + start
    part = replace(clip, start=begins, end=min(clip.end, begins + samples / RATE))
    return np.resize(read(part, small.root).mono().resample(RATE).numpy()[0].astype(np.float64), samples)
