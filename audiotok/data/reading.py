"""From a clip to its samples: find the file, verify its hash, decode the stretch that the clip is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.sources import asset
from audiotok.errors import AudiotokError, InvalidAudio, InvalidData, MissingDependency
from audiotok.files.assets import AssetCorrupt, AssetUnavailable, verified
from audiotok.files.assets import fetch as fetch_asset

#: Suffixes of headerless or telephone formats that libsndfile does not open -> PyAV's name of the format.
_WITH_PYAV = {".g722": "g722", ".gsm": "gsm"}


def fetch(manifest: Manifest) -> dict[str, str]:
    """Get and verify every file of a manifest, with a progress bar; {} when all are there.

    Returns clip id -> reason for the clips whose file could not be had or has another hash.
    """
    failures = {}
    for clip in tqdm(manifest, desc=f"data {manifest.name}", unit="clip", disable=None):
        try:
            locate(clip, manifest.root)
        except AudiotokError as error:
            failures[clip.id] = str(error)
    return failures


def locate(clip: Clip, root: Path | None = None) -> Path:
    """The clip's file, its hash verified. `root`: the folder of a manifest whose clips come from a folder.

    Raises AssetUnavailable, AssetCorrupt, InvalidData (a folder clip without `root`), UnknownName (no such source).
    """
    if clip.source != "folder":
        return fetch_asset(asset(clip))
    if root is None:
        raise InvalidData(f"clip {clip.id} comes from a folder: pass that folder as root")
    path = root / clip.path
    if not path.is_file():
        raise AssetUnavailable(f"clip {clip.id}: {path} is not there; was the folder moved without its manifest?")
    if not verified(path, clip.sha256):
        raise AssetCorrupt(f"clip {clip.id}: {path} is not the file of the manifest, which has sha256 {clip.sha256}")
    return path


def read(clip: Clip, root: Path | None = None, *, stereo: bool = False) -> Audio:
    """One clip at its file's own rate: [1, 1, T], or with `stereo` [1, C, T] as the file has its channels.

    Mono is the mean of the channels. Raises what `locate` does, and InvalidAudio where the file cannot be decoded,
    is of another rate than the manifest says, or ends before the clip does.
    """
    path = locate(clip, root)
    start, end = round(clip.start * clip.sample_rate), round(clip.end * clip.sample_rate)
    suffix = Path(clip.path).suffix.lower()
    decode = _decode_pyav if suffix in _WITH_PYAV else _decode_soundfile
    samples, rate = decode(path, suffix, start, end)
    if rate != clip.sample_rate:
        raise InvalidAudio(f"clip {clip.id}: the manifest says {clip.sample_rate} Hz, {path} has {rate} Hz")
    if len(samples) != end - start:
        raise InvalidAudio(f"clip {clip.id}: {path} ends before {clip.end} s")
    audio = Audio.from_array(torch.from_numpy(np.ascontiguousarray(samples.T)), rate)
    return audio if stereo else audio.mono()


def probe(path: Path) -> tuple[int, int]:
    """(frames, Hz) of a whole file, for making manifests. Raises InvalidAudio where it is no audio, empty or cut."""
    suffix = path.suffix.lower()
    if suffix in _WITH_PYAV:
        samples, rate = _decode_pyav(path, suffix, 0, None)
        return len(samples), rate
    audio = Audio.load(path)
    return int(audio.lengths[0]), audio.sample_rate


def _decode_soundfile(path: Path, suffix: str, start: int, end: int) -> tuple[NDArray[np.float32], int]:
    """[T, C] of the stretch."""
    try:
        with soundfile.SoundFile(path) as file:
            if start >= file.frames:
                return np.empty((0, file.channels), np.float32), file.samplerate
            file.seek(start)
            return file.read(end - start, dtype="float32", always_2d=True), file.samplerate
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise InvalidAudio(f"{path}: not readable as audio ({error}); is it cut, or not an audio file?") from error


def _decode_pyav(path: Path, suffix: str, start: int, end: int | None) -> tuple[NDArray[np.float32], int]:
    """[T, 1] of the stretch. The whole file is decoded: these codecs carry state from its beginning."""
    try:
        import av
    except ModuleNotFoundError as error:
        raise MissingDependency(f'{suffix} files need PyAV; install it with: pip install "audiotok[data]"') from error
    try:
        with av.open(str(path), format=_WITH_PYAV[suffix]) as container:
            blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
            rate = container.streams.audio[0].rate
    except av.FFmpegError as error:
        raise InvalidAudio(f"{path}: not readable as {suffix} audio ({error})") from error
    if not blocks:
        raise InvalidAudio(f"{path}: holds no samples")
    samples = np.concatenate(blocks).astype(np.float32) / np.float32(32768)  # both decoders give 16-bit PCM
    return samples[start:end, None], rate
