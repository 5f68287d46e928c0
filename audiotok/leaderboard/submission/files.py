"""Which files a submission may hold: the known ones, each of its kind and size, none of them a link.

    card.yaml  results.jsonl  timings.jsonl  <recipe>.jsonl  conformance.json  environment.json
    samples/<clip>.ogg (flac, mp3, opus, wav)        tokens/<clip>.safetensors
    <recipe>/<clip>.ogg, of a recipe whose language models can be listened to

Looked at from outside only: names, sizes and first bytes. Nothing is followed, unpacked or run.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from audiotok import tasks
from audiotok.data.manifest import Clip, Manifest
from audiotok.leaderboard.submission import token_set
from audiotok.leaderboard.submission.check_samples import MAX_SAMPLE_BYTES, SAMPLE_SUFFIXES
from audiotok.leaderboard.submission.parse import CARD, CONFORMANCE, MAX_CARD_BYTES, MAX_TEXT_BYTES, results_limit
from audiotok.leaderboard.submission.problem import Problem
from audiotok.results.frame import ENVIRONMENT, RESULTS, TIMINGS
from audiotok.tasks.suites import OPTIONAL_FILES, SAMPLED, SuitePart

#: Clips per domain whose tokens go along, for anyone to decode and score again.
VERIFIED_CLIPS = 4
#: Language of the page and of most of its readers.
LANGUAGE = "en"
MAX_TOKENS_BYTES = 16 << 20
MAX_FOLDER_BYTES = 128 << 20
MAX_FILES = 400
#: Every file at the top -> how large it may be.
TOP = {
    CARD: MAX_CARD_BYTES,
    **{name: results_limit(name) for name in (RESULTS, TIMINGS, *OPTIONAL_FILES)},
    CONFORMANCE: MAX_TEXT_BYTES,
    ENVIRONMENT: MAX_TEXT_BYTES,
    token_set.FILE: token_set.MAX_BYTES,
}
#: Folder -> the suffixes in it, and how large a file may be.
FOLDERS = {
    **dict.fromkeys(("samples", *SAMPLED), (SAMPLE_SUFFIXES, MAX_SAMPLE_BYTES)),
    "tokens": ((".safetensors",), MAX_TOKENS_BYTES),
}

_PICKLES = {".bin", ".ckpt", ".dill", ".joblib", ".npy", ".npz", ".pickle", ".pkl", ".pt", ".pth"}
_ARCHIVES = {".7z", ".bz2", ".gz", ".jar", ".rar", ".tar", ".tgz", ".whl", ".xz", ".zip", ".zst"}
_ARCHIVE_BYTES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd")
_AUDIO_BYTES = {
    ".ogg": (b"OggS",),
    ".opus": (b"OggS",),
    ".flac": (b"fLaC",),
    ".wav": (b"RIFF",),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
}


def chosen(clips: Iterable[Clip], per_domain: int, secret: str = "") -> list[Clip]:
    """The first clips of each domain in the order of the hashes of their ids: the same for everybody, unless a secret
    goes into the hashes."""
    ordered = _shuffled(clips, secret)
    domains = sorted({clip.domain for clip in ordered})
    return [clip for domain in domains for clip in [c for c in ordered if c.domain == domain][:per_domain]]


def listened_by_all(manifest: Manifest) -> list[Clip]:
    """The clips that every submission has audio of, so that all can be compared by ear: the first of each domain, and
    the first in the page's language."""
    ordered = _shuffled(manifest)
    english = [clip for clip in ordered if clip.domain == "speech" and clip.language == LANGUAGE]
    return list(dict.fromkeys([*english[:1], *chosen(manifest, 1)]))


def listened(manifest: Manifest, number: int) -> list[Clip]:
    """`number` clips to listen to, the same for everybody and in that order: each language before one comes again."""
    counts: Counter[str | None] = Counter()
    ordered: list[tuple[int, int, Clip]] = []
    for clip in _shuffled(manifest):
        ordered.append((counts[clip.language], len(ordered), clip))
        counts[clip.language] += 1
    return [clip for *_, clip in sorted(ordered, key=lambda placed: placed[:2])[:number]]


def sampled_clips(part: SuitePart) -> list[Clip]:
    """The clips of a task that a row may hold audio of."""
    task = tasks.get(part.task)
    manifest = task.clips(part.data) if task.samples else None
    return listened(manifest, task.samples.clips) if manifest and task.samples else []


def _shuffled(clips: Iterable[Clip], secret: str = "") -> list[Clip]:
    return sorted(clips, key=lambda clip: hashlib.sha256(f"{secret}{clip.id}".encode()).digest())


def write_sample(source: Path, target: Path) -> None:
    """Vorbis at high quality: a lossless copy of full-band music would weigh a megabyte."""
    import soundfile

    waveform, sample_rate = soundfile.read(source, dtype="float32", always_2d=True)
    soundfile.write(target, waveform, sample_rate, format="OGG", subtype="VORBIS", compression_level=0.2)


def check_files(folder: Path, clips: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """Problems of the files that are there. `clips`: the ids that a folder's files may be named after."""
    size = 0
    paths = list(islice(_walk(folder), MAX_FILES + 1))
    if len(paths) > MAX_FILES:
        yield Problem(".", "", f"expected at most {MAX_FILES} files, got more")
        return
    for path in paths:
        relative = path.relative_to(folder).as_posix()
        status = path.lstat()
        size += status.st_size
        if reason := _entry_fault(path, relative, status, clips):
            yield Problem(relative, "", reason)
    if size > MAX_FOLDER_BYTES:
        yield Problem(".", "", f"expected at most {MAX_FOLDER_BYTES} bytes in all, got {size}")


def _walk(folder: Path) -> Iterator[Path]:
    """Everything below, links not followed, no deeper than a submission goes."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False) and entry.name in FOLDERS:
            for inner in sorted(os.scandir(entry.path), key=lambda entry: entry.name):
                yield Path(inner.path)


def _entry_fault(path: Path, relative: str, status: os.stat_result, clips: Mapping[str, Collection[str]]) -> str:
    parts = PurePosixPath(relative).parts
    if stat.S_ISLNK(status.st_mode):
        return "expected a file, got a symbolic link"
    if stat.S_ISDIR(status.st_mode):
        return "" if relative in FOLDERS else f"expected no folders but {', '.join(FOLDERS)}"
    if not stat.S_ISREG(status.st_mode):
        return "expected a file, got a device, socket or pipe"
    if relative in FOLDERS:
        return "expected a folder, got a file"
    if status.st_nlink > 1:
        return f"expected a file of its own, got a hard link, one of {status.st_nlink}"
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(9)
    # Safetensors begin with the length of their header, whose bytes may be anybody's magic number.
    magic = b"" if suffix == ".safetensors" and start[8:] == b"{" else start
    if suffix in _ARCHIVES or magic.startswith(_ARCHIVE_BYTES):
        return "an archive: submit the files themselves"
    if suffix in _PICKLES or (magic[:1] == b"\x80" and magic[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")):
        return "a pickle file runs code when it is opened: submit tokens as .safetensors"
    if len(parts) == 1:
        if relative not in TOP:
            return f"unknown file; a submission holds {', '.join((*TOP, *(f'{name}/' for name in FOLDERS)))}"
        limit = TOP[relative]
    else:
        suffixes, limit = FOLDERS[parts[0]]
        if path.suffix not in suffixes:
            return f"unknown file; {parts[0]}/ holds {', '.join(suffixes)}"
        if path.stem not in clips.get(parts[0], ()):
            return f"expected the id of a clip of the data set as name, got {path.stem!r}"
        if path.suffix in _AUDIO_BYTES and not start.startswith(_AUDIO_BYTES[path.suffix]):
            return f"expected {path.suffix[1:]} audio, but the file does not begin like it"
    if status.st_size > limit:
        return f"expected at most {limit} bytes, got {status.st_size}"
    return "" if status.st_size else "expected content, the file is empty"
