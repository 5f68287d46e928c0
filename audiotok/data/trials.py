"""Trials of VoxCeleb1: pairs of clips that are of one speaker or of two, as veri_test.txt lists them (VoxCeleb1-O).

A line is "1 id10270/5r0dWxy17C8/00001.wav id10270/8jEAjG6SegY/00008.wav": 1 for one speaker, 0 for two, and two files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from audiotok.core.audio_file import printable
from audiotok.data.layouts.labelled_speech import TRIALS, voxceleb1_list
from audiotok.data.layouts.tables import read_text
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData
from audiotok.files.assets import file_sha256


@dataclass(frozen=True)
class Trial:
    """Two clips, and whether they are of one speaker."""

    line: int  # of the list, from 1 on
    same: bool
    first: Clip
    second: Clip

    @property
    def id(self) -> str:
        """The trial's name in results.

        >>> from types import SimpleNamespace as Clip
        >>> Trial(7, True, Clip(id="a"), Clip(id="b")).id
        'line 7: a, b'
        """
        return f"line {self.line}: {self.first.id}, {self.second.id}"


@dataclass(frozen=True)
class TrialList:
    """A publisher's list of trials, in its order."""

    trials: tuple[Trial, ...]
    sha256: str  # of the file

    @property
    def conditions(self) -> str:
        """The field of a signature."""
        return f"trials:{len(self.trials)}@sha256:{self.sha256[:12]}"


NO_TRIALS = TrialList((), "")


def voxceleb1_trials(manifest: Manifest) -> TrialList:
    """The trials of the folder that the manifest was read from.

    Raises InvalidData where the list is not there or empty, and with the line that is no trial, names a clip that is
    not in the manifest, or says of two speakers that they are one.
    """
    table = voxceleb1_list(manifest.root, TRIALS) if manifest.root else None
    if table is None:
        raise InvalidData(
            f"{manifest.name}: no {TRIALS} in {printable(manifest.root) if manifest.root else 'its folder'} or in its "
            "meta/; VoxCeleb1's page has it, under speaker verification"
        )
    clips = {"/".join(PurePosixPath(clip.path).parts[-3:]): clip for clip in manifest}
    lines = enumerate(read_text(table).splitlines(), start=1)
    trials = tuple(_trial(line, number, clips, table.name) for number, line in lines if line.strip())
    if not trials:
        raise InvalidData(f"{printable(table)}: holds no trial")
    return TrialList(trials, file_sha256(table))


def _trial(text: str, line: int, clips: dict[str, Clip], name: str) -> Trial:
    kind, *files = text.split()
    if kind not in ("0", "1") or len(files) != 2:
        raise InvalidData(f"{name}:{line}: expected 0 or 1 and two files, got {text[:100]!r}")
    if missing := [file for file in files if file not in clips]:
        raise InvalidData(f"{name}:{line}: {missing[0]} is not among the clips; is part of the corpus elsewhere?")
    first, second = (clips[file] for file in files)
    if (kind == "1") != (first.speaker == second.speaker):
        number = "one speaker" if kind == "1" else "two speakers"
        raise InvalidData(f"{name}:{line}: says {number}, of {first.speaker} and {second.speaker}")
    return Trial(line, kind == "1", first, second)
