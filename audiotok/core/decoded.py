"""Frames that FFmpeg (PyAV) decodes, as arrays, and how long its containers say that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np

from audiotok.errors import InvalidAudio

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Containers whose headers know their length -> seconds that an encoder's delay may take from it.
_KNOWS_LENGTH = {
    "matroska": 0.25,
    "mp4": 0.25,
    "asf": 0.25,
    "aiff": 0.0,
    "au": 0.0,
    "caf": 0.0,
    "wav": 0.001,
    "flac": 0.0,
    "avi": 0.25,
    "sox": 0.0,
    "tta": 0.001,
    "wv": 0.001,
    "ape": 0.001,
    "tak": 0.001,
    "mpc": 0.25,
    "mpc8": 0.25,
    "dsf": 0.25,
}
#: Streams of frames without a length, in which most cuts show as a frame that is not whole, telephone formats, and
#: containers that `ogg_streams` and `declared_frames` check.
_OTHERS = {"mp3", "aac", "amr", "amrnb", "amrwb", "gsm", "g722", "ogg", "w64", "nistsphere"}


def floats(frame: Any) -> NDArray[np.float32]:
    """[C, T] of a decoded frame, integers scaled by their full range."""
    try:
        array = frame.to_ndarray()
    except ValueError as error:  # 64-bit integers
        raise InvalidAudio(
            f"holds samples of an unusual kind, {frame.format.name}: convert it to WAV or FLAC"
        ) from error
    if not frame.format.is_planar:
        array = array.reshape(-1, frame.layout.nb_channels).T
    if array.dtype == np.uint8:
        return (array.astype(np.float32) - np.float32(128)) / np.float32(128)
    if array.dtype.kind == "i":
        return (array / -float(np.iinfo(array.dtype).min)).astype(np.float32)
    return np.ascontiguousarray(array, dtype=np.float32)


def check_known_whole(container: Any) -> None:
    """Raises InvalidAudio for formats in which FFmpeg reads a cut file to wherever it ends."""
    names = set(container.format.name.split(","))
    if not names & (_KNOWS_LENGTH.keys() | _OTHERS):
        raise InvalidAudio(
            f"{container.format.name} files are not read, since a cut one does not show: convert it to WAV or FLAC"
        )


def promised_seconds(container: Any, stream: Any) -> float | None:
    """The least that must come, by the header; None where the length is unknown or a guess from the bit rate."""
    delay = next((_KNOWS_LENGTH[name] for name in container.format.name.split(",") if name in _KNOWS_LENGTH), None)
    if delay is None:
        return None
    if stream.duration is not None:
        return float(stream.duration * stream.time_base) - delay
    if container.duration is not None and len(container.streams) == 1:
        return float(container.duration / av.time_base) - delay
    return None
