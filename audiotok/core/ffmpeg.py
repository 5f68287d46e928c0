"""Audio that FFmpeg (PyAV) decodes: AAC, WebM, telephone formats, MP3 and WAV that do not say their length."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import torch
from torch import Tensor

from audiotok.core.decoded import check_known_whole, floats, promised_seconds
from audiotok.core.mp3 import frames_present, without_tags
from audiotok.core.source import AudioBytes
from audiotok.errors import InvalidAudio

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: FFmpeg's names of codecs whose frames have checksums, which it compares only on request.
_WITH_CHECKSUMS = {"flac", "wavpack", "tta", "ac3", "eac3", "mlp", "truehd", "ape", "tak"}


class FFmpegReader:
    """A file by FFmpeg, from its beginning each time: these codecs carry state.

    `form`: FFmpeg's name of a format without a header; `declared`: frames by the file's header; `limit`: the same where
    FFmpeg would read chunks behind them as samples; `refused`: why libsndfile did not open it. Raises InvalidAudio
    where FFmpeg does not know the file either.
    """

    frames = None  # known at the end only
    of_integers = False

    def __init__(
        self,
        source: AudioBytes,
        form: str | None = None,
        *,
        declared: int | None = None,
        limit: int | None = None,
        refused: str = "",
    ) -> None:
        self._source, self._form, self._limit = source, form, limit
        self._declared = declared if limit is None else limit
        try:
            with opened_container(source, form) as container:
                if not container.streams.audio:
                    raise InvalidAudio("holds no audio")
                stream = container.streams.audio[0]
                if stream.codec_context is None:
                    raise InvalidAudio("holds audio of a kind that FFmpeg does not know: convert it to WAV or FLAC")
                check_known_whole(container)
                if container.format.name == "mp3" and refused:  # else `SndfileReader` has done so
                    frames_present(container)
                self.sample_rate: int = stream.rate
                self.channels: int = stream.codec_context.channels
        except av.FFmpegError as error:
            why = refused or error.strerror
            raise InvalidAudio(f"not readable as audio ({why}); is it cut, or not an audio file?") from error

    def pieces(self, start: int, end: int | None, seconds: int) -> Iterator[Tensor]:
        """[C, T] each, of about so many seconds, from sample `start` to `end`. Raises InvalidAudio."""
        if self._limit is not None:
            end = self._limit if end is None else min(end, self._limit)
        buffer: list[NDArray[np.float32]] = []
        position = held = 0
        try:
            with opened_container(self._source, self._form) as container:
                for block in self._blocks(container):
                    first, position = position, position + block.shape[1]
                    block = block[:, max(0, start - first) : None if end is None else end - first]
                    buffer.append(block)
                    held += block.shape[1]
                    if held >= seconds * self.sample_rate:
                        yield torch.from_numpy(np.concatenate(buffer, axis=1))
                        buffer, held = [], 0
                    if end is not None and position >= end:
                        break
        except av.FFmpegError as error:
            raise InvalidAudio(f"cut short or damaged ({error.strerror})") from error
        if held:
            yield torch.from_numpy(np.concatenate(buffer, axis=1))

    def _blocks(self, container: Any) -> Iterator[NDArray[np.float32]]:
        """[C, T] each. Raises InvalidAudio where less comes than the container promises."""
        stream = container.streams.audio[0]
        if stream.codec_context.name in _WITH_CHECKSUMS:
            stream.codec_context.options = {"err_detect": "crccheck+explode"}
        decoded = 0
        for frame in _frames(container, stream):
            if frame.sample_rate != self.sample_rate or frame.layout.nb_channels != self.channels:
                raise changes(self, frame.sample_rate, frame.layout.nb_channels)
            block = floats(frame)
            decoded += block.shape[1]
            yield block
        promised = promised_seconds(container, stream)
        if self._declared is not None:
            promised = self._declared / self.sample_rate
        if promised is not None and decoded / self.sample_rate < promised:
            raise InvalidAudio(f"cut short, it says {promised:.2f} s and {decoded / self.sample_rate:.2f} s are there")


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    for packet in container.demux(stream):
        if packet.size and container.format.name == "mp3":
            content = bytes(packet)
            audio = without_tags(content)
            if not audio:
                continue
            if len(audio) < len(content):
                packet = av.Packet(audio)
        yield from stream.codec_context.decode(packet) if packet.stream is None else packet.decode()


@contextmanager
def opened_container(source: AudioBytes, form: str | None = None) -> Iterator[Any]:
    """PyAV's container. Raises av.FFmpegError, and InvalidAudio where the file points before its beginning."""
    # A handle, not a name: FFmpeg would take some names for addresses. No protocol: playlists name other files.
    options = {"protocol_whitelist": "none"}
    try:
        with (
            source.opened() as file,
            av.open(file, format=form, options=options, metadata_errors="replace") as container,
        ):
            yield container
    except OSError as error:
        if error.errno != errno.EINVAL or isinstance(error, av.FFmpegError):
            raise
        raise InvalidAudio("cut short or damaged (it points before its beginning)") from error


def changes(before: Any, rate: int, channels: int) -> InvalidAudio:
    """`before`: what has the rate and the channels of the beginning."""
    return InvalidAudio(
        f"changes from {before.sample_rate} Hz, {before.channels} channel(s), to {rate} Hz, {channels}: split it "
        "where it changes"
    )
