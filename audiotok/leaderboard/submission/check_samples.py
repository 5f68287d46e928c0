"""Whether the decoded audio of a clip is as long as the clip: another sound is no sample of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import soundfile

from audiotok.data.manifest import Clip
from audiotok.leaderboard.submission.parse import decoded_frames
from audiotok.leaderboard.submission.problem import Problem

APART_S = 0.5  # that formats and frames may add or leave out


def check_samples(samples: Mapping[str, Path], clips: Mapping[str, Clip]) -> Iterator[Problem]:
    """`samples`: clip id -> audio; those of recipes, recipe/clip id, have no length to be held against."""
    for name, path in samples.items():
        clip = clips.get(name)
        if clip and abs((found := _seconds(path)) - clip.duration) > APART_S:
            reason = f"expected the {clip.duration:.2f} s of the clip, got {found:.2f} s"
            yield Problem(f"{path.parent.name}/{path.name}", "", reason)


def _seconds(path: Path) -> float:
    with soundfile.SoundFile(path) as file:
        return decoded_frames(file) / float(file.samplerate)
