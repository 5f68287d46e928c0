"""Speech of a language's sentences and pairs by a synthetic voice, as a data set of audio files.

Every sentence is brought to one loudness. The files are made on each machine, which may round differently, so their
manifest's hash is the machine's; the language's own hash (audiotok.tasks.lexicon.language) names the data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, islice
from pathlib import Path

import soundfile

from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip, Manifest, whole_file
from audiotok.files.atomic import atomic_write
from audiotok.files.progress import progress_bar
from audiotok.tasks import synthetic_voice
from audiotok.tasks.lexicon.language import NAME, Language, sha256
from audiotok.tasks.lm_pairs.splicing import RATE, at_level

AT_ONCE = 32  # sentences handed to the threads before the minutes are counted again
SIDES = ("right", "wrong")


def speak(language: Language, minutes: float, runs: Path, workers: int = 1) -> Manifest:
    """`minutes` of sentences as the split "train", the pairs as the split "test"; made once below `runs`.

    Clips of a pair are called after it, with -right or -wrong behind. Raises AssetUnavailable, MissingDependency.
    """
    folder = runs / "speech" / f"{language.name}-{sha256(language.items, language.contexts)[:12]}"
    path = folder / f"{language.name}-{minutes:g}-minutes.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        synthetic_voice.say("a")  # once, so that threads do not all open the voice
        with ThreadPoolExecutor(workers) as pool:
            said = list(_pairs(language))
            spoken = pool.map(partial(_clip, folder, "test"), *zip(*said, strict=True))
            desc = f"{language.name}: speak pairs"
            pairs = list(progress_bar(spoken, total=len(said), desc=desc, unit="clip", disable=None))
            clips = [*_sentences(language, 60 * minutes, folder, pool), *pairs]
        Manifest.of(path.stem, clips).save(path)
    return Manifest.load(path)


def speak_texts(languages: Sequence[Language], number: int, runs: Path) -> Manifest:
    """`number` texts of each language (Language.texts), called after their half; made once below `runs`.

    Raises AssetUnavailable, MissingDependency.
    """
    folder = runs / "speech" / f"{NAME}-texts-{sha256(languages[0].items, languages[0].contexts)[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    clips = [
        _clip(folder, "test", f"{language.half}-text-{place:02d}", text)
        for language in languages
        for place, text in enumerate(language.texts(number))
    ]
    return Manifest.of(f"{NAME}-texts", clips, folder)


def _pairs(language: Language) -> Iterator[tuple[str, str]]:
    for pair in language.asked():
        yield from ((f"{pair.id}-{side}", getattr(pair, side)) for side in SIDES)


def _sentences(language: Language, seconds: float, folder: Path, pool: ThreadPoolExecutor) -> list[Clip]:
    """The first sentences that last so long together."""
    clips: list[Clip] = []
    spoken = 0.0
    named = ((f"sentence-{number:05d}", said) for number, said in zip(count(), language.sentences(), strict=False))
    with progress_bar(total=round(seconds), desc=f"{language.name}: speak", unit="s", disable=None) as bar:
        while some := list(islice(named, AT_ONCE)):
            for clip in pool.map(partial(_clip, folder, "train"), *zip(*some, strict=True)):
                clips.append(clip)
                spoken += clip.duration
                bar.update(min(round(spoken), bar.total) - bar.n)
                if spoken >= seconds:
                    return clips
    return clips


def _clip(folder: Path, split: str, clip_id: str, phonemes: str) -> Clip:
    path = folder / f"{clip_id}.flac"
    if not path.exists():
        wave = Audio.from_array(synthetic_voice.say(phonemes), synthetic_voice.RATE).resample(RATE).waveform[0, 0]
        with atomic_write(path, ".flac") as partial_path:
            Audio.from_array(at_level(wave), RATE).save(partial_path)
    frames = soundfile.info(path).frames
    speaker = synthetic_voice.SPEAKER
    return whole_file(path, frames, RATE, domain="speech", split=split, text=phonemes, language="en", speaker=speaker)
