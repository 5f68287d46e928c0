"""From a clip to its samples: find the file, verify its hash, decode the stretch that the clip is."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import torch
from torch import Tensor

from audiotok.core.audio import Audio, check_downmix, energy
from audiotok.core.audio_file import AudioFile
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.sources import asset
from audiotok.errors import AssetCorrupt, AssetMissing, AudiotokError, CannotWrite, InvalidAudio, InvalidData
from audiotok.files.assets import fetch as fetch_asset
from audiotok.files.assets import verified
from audiotok.files.places import is_remote
from audiotok.files.progress import progress_bar

_AT_ONCE = 60  # seconds that are decoded at a time


def fetch(manifest: Manifest) -> dict[str, str]:
    """Get and verify every file of a manifest, with a progress bar; {} when all are there.

    Returns clip id -> reason for the clips whose file could not be had or has another hash. Raises CannotWrite.
    """
    failures = {}
    for clip in progress_bar(manifest, desc=f"data {manifest.name}", unit="clip", disable=None):
        try:
            locate(clip, manifest.root)
        except CannotWrite:
            raise
        except AudiotokError as error:
            failures[clip.id] = str(error)
    return failures


def locate(clip: Clip, root: Path | None = None) -> Path:
    """The clip's file, its hash verified. `root`: the folder of a manifest whose clips come from a folder.

    Raises AssetMissing, AssetCorrupt, AssetUnavailable (no source could be reached), CannotWrite, InvalidData (a folder
    clip without `root`, or with one on object storage), UnknownName (no such source).
    """
    if clip.source != "folder":
        return fetch_asset(asset(clip))
    path = _in_folder(clip, root)
    if is_remote(path):
        raise InvalidData(f"clip {clip.id}: {path} lies on object storage, where `read` and `stretch` read it")
    if not path.is_file():
        raise AssetMissing(f"clip {clip.id}: {path} is not there; was the folder moved without its manifest?")
    if not verified(path, clip.sha256):
        raise _another_file(clip, path)
    return path


def _in_folder(clip: Clip, root: Path | None) -> Path:
    if root is None:
        raise InvalidData(f"clip {clip.id} comes from a folder: pass that folder as root")
    return root / clip.path


def _another_file(clip: Clip, path: Path) -> AssetCorrupt:
    return AssetCorrupt(f"clip {clip.id}: {path} is not the file of the manifest, which has sha256 {clip.sha256}")


def _downloaded(clip: Clip, path: Path) -> IO[bytes]:
    """A file of object storage as an unnamed temporary one, its hash verified. Raises as `locate` does, and OSError."""
    file = TemporaryFile()  # noqa: SIM115  # closed with the AudioFile that reads it
    try:
        with path.open("rb") as source:
            shutil.copyfileobj(source, file, 1 << 20)
    except FileNotFoundError as error:
        raise AssetMissing(f"clip {clip.id}: {path} is not there; was it moved without its manifest?") from error
    file.seek(0)
    if hashlib.file_digest(file, "sha256").hexdigest() != clip.sha256:
        raise _another_file(clip, path)
    return file


def read(clip: Clip, root: Path | None = None, *, stereo: bool = False) -> Audio:
    """One clip at its file's own rate: [1, 1, T], or with `stereo` [1, C, T] as the file has its channels.

    Mono is the mean of the channels. Raises what `locate` does, and InvalidAudio where the file cannot be decoded,
    is of another rate than the manifest says, or ends before the clip does.
    """
    waveform = _channels(clip, root) if stereo else samples(clip, root)
    return Audio.from_clips([waveform], clip.sample_rate)


def samples(clip: Clip, root: Path | None = None) -> Tensor:
    """[1, T] at the file's own rate, the mean of its channels: what `read` gives, for many clips. Raises as it does."""
    waveform = _channels(clip, root)
    if waveform.shape[0] == 1:
        return waveform
    try:
        return Audio.from_clips([waveform], clip.sample_rate).mono().waveform[0]
    except InvalidAudio as error:
        raise InvalidAudio(f"clip {clip.id}: {error}") from error


def _channels(clip: Clip, root: Path | None) -> Tensor:
    pieces = list(stretch(clip, root).pieces(_AT_ONCE))  # one for most clips, which then is not copied
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=1)


def stretch(clip: Clip, root: Path | None = None) -> AudioFile:
    """The clip's part of its file, to be read piece by piece. Raises as `read` does."""
    remote = clip.source == "folder" and root is not None and is_remote(root)
    source = _downloaded(clip, _in_folder(clip, root)) if remote else locate(clip, root)
    file = AudioFile(source, round(clip.start * clip.sample_rate), round(clip.end * clip.sample_rate))
    if file.sample_rate != clip.sample_rate:
        raise InvalidAudio(
            f"clip {clip.id}: the manifest says {clip.sample_rate} Hz, {clip.path} has {file.sample_rate} Hz"
        )
    return file


def probe(path: Path) -> tuple[int, int]:
    """(frames, Hz) of a whole file, decoded in pieces, for making manifests.

    Raises InvalidAudio where it is no audio, empty, cut, or its channels cancel each other.
    """
    file = AudioFile(path)
    frames, of_channels, of_mean = 0, 0.0, 0.0
    for piece in file.pieces():
        frames += piece.shape[1]
        of_channels += energy(piece)
        of_mean += energy(piece.mean(dim=0, keepdim=True))
    check_downmix(of_channels, of_mean)
    return frames, file.sample_rate
