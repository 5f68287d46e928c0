"""Likelihood pairs that others published, from the user's own folder; nothing is downloaded.

    swuggy:FOLDER       ZeroSpeech 2021's lexical task: gold.csv and the .wav files that it names, word or non-word
    sblimp:FOLDER       its syntactic task, laid out alike: grammatical sentence or not
    tstorycloze:FOLDER  Spoken StoryCloze with endings of other topics: 0_STORY_correct.wav, 1_STORY_incorrect.wav …
    sstorycloze:FOLDER  the same with the original StoryCloze's endings
    salmon:FOLDER       SALMon's eight parts: speaker_consistency/sample_0_0.wav (right), sample_0_1.wav …

For ZeroSpeech's tasks FOLDER holds gold.csv, or is the data set's root above lexical/dev and syntactic/dev.
Sources: Nguyen et al., "The Zero Resource Speech Benchmark 2021"; Hassid et al., "Textually Pretrained Speech Language
Models", 2023, slp-rl/SpokenStoryCloze; Maimon, Roth and Adi, "A Suite for Acoustic Language Model Evaluation", 2024,
slp-rl/salmon. All are scored by the mean over codes: see audiotok.tasks.lm_pairs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

from audiotok import data
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, UnknownName
from audiotok.tasks.lm_pairs.scoring import Pair, PairSet

#: SALMon's folders -> titles
SALMON = {
    "speaker_consistency": "SALMon: same speaker",
    "gender_consistency": "SALMon: same gender",
    "sentiment_consistency": "SALMon: same sentiment",
    "bg_domain_consistency": "SALMon: same background, others of its domain",
    "bg_all_consistency": "SALMon: same background, any other",
    "rir_consistency": "SALMon: same room",
    "sentiment_alignment": "SALMon: sentiment fits the words",
    "bg_alignment": "SALMon: background fits the words",
}
_SAMPLE = re.compile(r"sample_(\d+)_(\d+)")
_ENDING = re.compile(r"(\d+)_(.+)_(correct|incorrect)")

Found = list[tuple[str, str, Path, Path]]  # item, rest of the pair's id, positive, negative


def load(name: str) -> list[PairSet]:
    """The sets of `NAME:FOLDER`. Raises UnknownName, and InvalidData that says which layout is expected."""
    kind, _, where = name.partition(":")
    if kind not in PUBLISHED or not where:
        names = ", ".join(f"{kind}:FOLDER" for kind in PUBLISHED)
        raise UnknownName(f"no pairs are called {name!r}; published ones come as {names}")
    folder = Path(where).expanduser().absolute()
    if not folder.is_dir():
        raise InvalidData(f"{kind}: {folder} is not a folder; pass the folder of the published files")
    return PUBLISHED[kind](folder)


def _swuggy(folder: Path) -> list[PairSet]:
    folder, found = _gold(folder, "lexical/dev", ("id",))
    return [_pair_set("swuggy", "sWUGGY: word, not non-word", folder, found)]


def _sblimp(folder: Path) -> list[PairSet]:
    folder, found = _gold(folder, "syntactic/dev", ("type", "subtype", "id"))
    return [_pair_set("sblimp", "sBLIMP: grammatical, not ungrammatical", folder, found)]


def _gold(folder: Path, part: str, item: tuple[str, ...]) -> tuple[Path, Found]:
    """The folder that holds gold.csv, and its pairs: two rows of one item and voice, of which one is correct."""
    folder = folder if (folder / "gold.csv").is_file() else folder / part
    gold = folder / "gold.csv"
    if not gold.is_file():
        raise InvalidData(
            f"{gold} does not exist; pass the folder with gold.csv and its .wav files, or the folder above {part}"
        )
    with gold.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        wanted = {*item, "filename", "voice", "correct"}
        if missing := sorted(wanted - set(reader.fieldnames or ())):
            raise InvalidData(f"{gold}: no column {', '.join(missing)}; expected ZeroSpeech 2021's, {sorted(wanted)}")
        rows = list(reader)
    sides: dict[tuple[str, str], dict[str, Path]] = {}
    for number, row in enumerate(rows, start=2):
        key = ("-".join(row[column] or "" for column in item), row["voice"] or "")
        correct = str(row["correct"]).strip()
        if correct not in ("0", "1") or correct in sides.setdefault(key, {}):
            raise InvalidData(f"{gold}:{number}: expected one row with correct=1 and one with 0 for {key}")
        sides[key][correct] = folder / f"{str(row['filename']).removesuffix('.wav')}.wav"
    if odd := [key for key, pair in sides.items() if len(pair) < 2]:
        raise InvalidData(f"{gold}: expected one row with correct=1 and one with 0 for {odd[0]}")
    return folder, [(item, voice, pair["1"], pair["0"]) for (item, voice), pair in sides.items()]


def _story_cloze(name: str, title: str) -> Callable[[Path], list[PairSet]]:
    def load_stories(folder: Path) -> list[PairSet]:
        endings: dict[tuple[int, str, str], Path] = {}
        for path in sorted(folder.rglob("*.wav")):
            if match := _ENDING.fullmatch(path.stem):
                number, story, kind = match.groups()
                endings[int(number), story, kind] = path
        found: Found = []
        for (number, story, kind), path in sorted(endings.items()):
            other = (number + 1, story, "incorrect") if kind == "correct" else (number - 1, story, "correct")
            if other not in endings:
                raise InvalidData(f"{path} has no other ending; expected {other[0]}_{story}_{other[2]}.wav next to it")
            if kind == "correct":
                found.append((f"{number}-{story}", "", path, endings[other]))
        if not found:
            raise InvalidData(f"{folder} holds no 0_STORY_correct.wav and 1_STORY_incorrect.wav as {name} unpacks")
        return [_pair_set(name, title, folder, found)]

    return load_stories


def _salmon(folder: Path) -> list[PairSet]:
    return [_salmon_part(folder / part, part, title) for part, title in SALMON.items()]


def _salmon_part(folder: Path, part: str, title: str) -> PairSet:
    samples: dict[int, dict[int, Path]] = {}
    for path in sorted(folder.glob("*.wav")):
        if match := _SAMPLE.fullmatch(path.stem):
            samples.setdefault(int(match[1]), {})[int(match[2])] = path
    if not samples:
        raise InvalidData(
            f"{folder} holds no sample_0_0.wav; pass the folder with SALMon's parts in it: {', '.join(SALMON)}"
        )
    if odd := [number for number, options in samples.items() if set(options) != {0, 1}]:
        raise InvalidData(f"{folder}: expected sample_{odd[0]}_0.wav (right) and sample_{odd[0]}_1.wav, and no others")
    found = [(str(number), "", options[0], options[1]) for number, options in sorted(samples.items())]
    return _pair_set(f"salmon_{part}", title, folder, found)


PUBLISHED: dict[str, Callable[[Path], list[PairSet]]] = {
    "swuggy": _swuggy,
    "sblimp": _sblimp,
    "tstorycloze": _story_cloze("tstorycloze", "tStoryCloze: ending of the topic"),
    "sstorycloze": _story_cloze("sstorycloze", "sStoryCloze: sensible ending"),
    "salmon": _salmon,
}


def _pair_set(name: str, title: str, folder: Path, found: Found) -> PairSet:
    """Pairs of files below `folder`, every one read for its hash. A file that is no audio breaks its pair only."""
    for *_, positive, negative in found:
        for path in (positive, negative):
            if not path.is_file():
                raise InvalidData(f"{path} does not exist, but {name} needs it; was everything unpacked?")
    manifest, problems = data.make(folder, f"pairs-{name}", language="en", files="*.wav")
    clips = {clip.path: clip for clip in manifest}
    broken: dict[str, str] = {}
    used = []
    pairs = []
    for number, (item, rest, *paths) in enumerate(found):
        sides = []
        for path in paths:
            relative = path.relative_to(folder).as_posix()
            if relative in clips:
                used.append(clips[relative])
            else:
                broken[relative] = problems[relative]
            sides.append(clips[relative].id if relative in clips else relative)
        pair_id = f"{name}-{number:05d}-{rest}".rstrip("-")
        pairs.append(Pair(pair_id, f"{name}-{item}", sides[0], sides[1], language="en"))
    corpus = Manifest.of(manifest.name, {clip.id: clip for clip in used}.values(), manifest.root)
    return PairSet(
        name=name,
        title=title,
        pairs=tuple(pairs),
        clips=corpus,
        data=f"{name}@sha256:{corpus.sha256[:12]}",
        rule="code",
        broken=broken,
    )
