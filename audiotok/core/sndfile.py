"""Audio that libsndfile decodes: WAV and its relatives, AIFF, CAF, AU, FLAC, Ogg, MP3."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, BinaryIO

import av
import numpy as np
import soundfile
import torch
from torch import Tensor

from audiotok.core.ffmpeg import changes, opened_container
from audiotok.core.mp3 import frames_present, stated_frames
from audiotok.core.source import AudioBytes
from audiotok.errors import InvalidAudio

#: libsndfile's names of formats in which a file that was cut is found; it reads others to wherever they end.
_KNOWN_WHOLE = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "OGG", "MP3", "NIST", "HTK", "SDS"}
_MP3_PADDING = 4 * 1152  # samples that an encoder may add at both ends, and a Xing header take away
_NO_LENGTH = 1 << 40  # frames; libsndfile's answer for a FLAC stream of unknown length is larger


class NotBySndfile(Exception):
    """libsndfile does not open the file, for the reason given, or reads only a part of it."""


class SndfileReader:
    """A file by libsndfile, the streams of an Ogg file one after another.

    `streams`: (first byte, bytes) of those of an Ogg file; `declared`: frames by the file's header. Raises
    NotBySndfile, and InvalidAudio where the file was cut.
    """

    sample_rate: int
    channels: int

    def __init__(self, source: AudioBytes, streams: Sequence[tuple[int, int]], declared: int | None) -> None:
        self._source = source
        apart = len(streams) > 1 or any(begin for begin, _ in streams)  # else the file is read by its name
        self._streams: Sequence[tuple[int, int | None]] = streams if apart else [(0, None)]
        self.frames = 0  # as many as libsndfile promises
        try:
            for part in self._streams:
                with self._opened(*part) as sound:
                    if self.frames and (sound.samplerate, sound.channels) != (self.sample_rate, self.channels):
                        raise changes(self, sound.samplerate, sound.channels)
                    self.sample_rate, self.channels = sound.samplerate, sound.channels
                    self.frames += sound.frames
                    kind, subtype = sound.format, sound.subtype
        except soundfile.LibsndfileError as error:
            raise NotBySndfile(error.error_string) from error
        self.of_integers = subtype.startswith("PCM_")  # which are finite and within full scale, whatever they are
        mpeg_in_wav = kind != "MP3" and subtype == "MPEG_LAYER_III"  # its length is a guess
        if self.frames > _NO_LENGTH or mpeg_in_wav:
            raise NotBySndfile
        if kind not in _KNOWN_WHOLE:
            raise InvalidAudio(f"{kind} files are not read, since a cut one does not show: convert it to WAV or FLAC")
        if declared is not None and self.frames < declared:
            raise InvalidAudio(f"cut short, its header says {declared} frames and {self.frames} are there")
        if kind == "MP3" and not self._mp3_agrees():
            raise NotBySndfile

    def pieces(self, start: int, end: int | None, seconds: int) -> Iterator[Tensor]:
        """[C, T] each, of so many seconds, from sample `start` to `end`. Raises InvalidAudio."""
        skip = start
        left = (self.frames if end is None else min(end, self.frames)) - skip
        for part in self._streams:
            with self._opened(*part) as file:
                if skip >= file.frames:
                    skip -= file.frames
                    continue
                try:
                    self._skip(file, skip)
                    skip = 0
                    while left > 0:
                        # `read` allocates anew; `blocks` would return old samples where decoding stops.
                        block = file.read(min(left, seconds * self.sample_rate), dtype="float32", always_2d=True)
                        if not len(block):
                            break
                        left -= len(block)
                        yield torch.from_numpy(np.ascontiguousarray(block.T))
                except (soundfile.LibsndfileError, RuntimeError) as error:
                    raise InvalidAudio(f"cut short or damaged ({error})") from error

    def _skip(self, file: soundfile.SoundFile, frames: int) -> None:
        if file.seekable():
            if frames:  # FLAC decodes its first frame once more where 0 is sought
                file.seek(frames)
            return
        while frames > 0:  # telephone codecs, which are decoded from the beginning
            frames -= len(file.read(min(frames, self.sample_rate), dtype="float32")) or frames

    @contextmanager
    def _opened(self, first: int = 0, size: int | None = None) -> Iterator[soundfile.SoundFile]:
        """`first`, `size`: of the bytes that are read, where it is not the whole file."""
        with self._source.opened() as file:
            if size is not None:
                file.seek(first)
                given: Any = io.BytesIO(file.read(size))
            elif self._source.path is None or self._source.suffix == ".raw":
                given = _nameless(file)
            else:  # bytes: a name that is not UTF-8 cannot be encoded again by soundfile
                given = os.fsencode(self._source.path)
            with soundfile.SoundFile(given) as opened:
                yield opened

    def _mp3_agrees(self) -> bool:
        """Whether as many samples are in the MPEG frames as libsndfile expects from the first one."""
        try:
            with opened_container(self._source) as container:
                present = frames_present(container)
        except av.FFmpegError as error:
            raise InvalidAudio(f"not readable as MP3 ({error.strerror}); is it cut?") from error
        with self._source.opened() as file:
            stated = stated_frames(file)
        if stated is None:
            if present.behind:
                raise InvalidAudio(
                    f"cut short, or the {present.behind} bytes behind its MPEG frames are no audio: get it again, or "
                    "cut them off"
                )
            return present.samples == self.frames  # libsndfile's is a guess from the bit rate
        if present.count + 1 < stated:  # some encoders count the header as a frame
            raise InvalidAudio(f"cut short, its header says {stated} MPEG frames and {present.count} are there")
        if present.samples < self.frames:
            raise InvalidAudio(f"cut short, its header says {self.frames} samples and {present.samples} are there")
        return present.samples - self.frames <= _MP3_PADDING


def _nameless(file: BinaryIO) -> Any:
    """The file without its name: soundfile takes every file that is named .raw for one without a header."""
    return SimpleNamespace(
        **{name: getattr(file, name) for name in ("read", "readinto", "seek", "tell") if hasattr(file, name)}
    )
