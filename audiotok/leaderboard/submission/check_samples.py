"""Audio in a submission: it can be played, and is as long as its clip, since another sound is no sample of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import soundfile

from audiotok.data.manifest import Clip
from audiotok.leaderboard.submission.problem import MAX_PROBLEMS, Problem

#: Audio that every current browser decodes.
SAMPLE_SUFFIXES = (".flac", ".mp3", ".ogg", ".opus", ".wav")
MAX_SAMPLE_BYTES = 2 << 20
MAX_SAMPLE_SECONDS = 120
SAMPLE_RATES = (4000, 192_000)  # Hz
_CLIP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
APART_S = 0.5  # that formats and frames may add or leave out


def samples_in(folder: Path) -> Iterator[tuple[Path, str]]:
    """(file, why it is no sample or "") of every file in a folder, as far as problems are collected."""
    if folder.is_symlink():
        yield folder, "expected a folder, got a link"
    elif folder.is_dir():
        for path in islice(sorted(folder.iterdir()), MAX_PROBLEMS):
            yield path, _sample_fault(path)


def check_samples(samples: Mapping[str, Path], clips: Mapping[str, Clip]) -> Iterator[Problem]:
    """`samples`: clip id -> audio; those of recipes, recipe/clip id, have no length to be held against."""
    for name, path in samples.items():
        clip = clips.get(name)
        if clip and abs((found := _seconds(path)) - clip.duration) > APART_S:
            reason = f"expected the {clip.duration:.2f} s of the clip, got {found:.2f} s"
            yield Problem(f"{path.parent.name}/{path.name}", "", reason)


def _seconds(path: Path) -> float:
    with soundfile.SoundFile(path) as file:
        return _decoded_frames(file) / float(file.samplerate)


def _sample_fault(path: Path) -> str:
    if path.is_symlink() or not path.is_file() or path.suffix not in SAMPLE_SUFFIXES:
        return f"expected an audio file, one of {', '.join(SAMPLE_SUFFIXES)}"
    if not _CLIP.fullmatch(path.stem):
        return "expected the clip's id as name (letters, digits, '.', '_', '-')"
    if path.stat().st_size > MAX_SAMPLE_BYTES:
        return f"expected at most {MAX_SAMPLE_BYTES} bytes, got {path.stat().st_size}"
    return _audio_fault(path)


def _audio_fault(path: Path) -> str:
    """Why a file cannot be played or drawn, "" where it can."""
    try:
        with soundfile.SoundFile(path) as file:
            low, high = SAMPLE_RATES
            if not low <= file.samplerate <= high or file.channels > 2:
                return (
                    f"expected mono or stereo audio of {low} to {high} Hz, got {file.channels} channels at "
                    f"{file.samplerate} Hz"
                )
            frames = _decoded_frames(file, MAX_SAMPLE_SECONDS * file.samplerate)
            if frames > MAX_SAMPLE_SECONDS * file.samplerate:
                return f"expected at most {MAX_SAMPLE_SECONDS} s of audio, got more"
    except (soundfile.LibsndfileError, ValueError) as error:
        return f"expected {path.suffix[1:]} audio, it cannot be decoded: {str(error).rpartition(': ')[2][:100]}"
    return "" if frames else "expected audio, the file holds no samples"


def _decoded_frames(file: soundfile.SoundFile, most: float = math.inf) -> int:
    """Frames that can be decoded, counted block by block until there are more than `most`: a header may promise
    anything."""
    frames = 0
    while frames <= most and (block := len(file.read(1 << 16, dtype="int16"))):
        frames += block
    return frames
