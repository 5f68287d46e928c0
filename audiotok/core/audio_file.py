"""Audio files decoded piece by piece, so that memory does not grow with their length.

libsndfile decodes what it knows; FFmpeg (PyAV) what libsndfile does not know (AAC, WebM, telephone formats) or reads
only in part (MP3 without a Xing header, streams that do not say their length). Ogg streams one after another are
decoded each by libsndfile. A file that was cut is an error, found before or while it is read.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import av
import numpy as np
import soundfile
import torch
from torch import Tensor

from audiotok.core.containers import UnknownLength, check_one_flac, declared_frames
from audiotok.core.decoded import floats, promised_seconds
from audiotok.core.mp3 import has_xing, samples_present
from audiotok.core.ogg import ogg_streams
from audiotok.core.samples import check_finite, check_samples, checked_rate
from audiotok.errors import InvalidAudio, machine_trouble_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE_SECONDS = 10
#: Suffixes of formats without a header -> FFmpeg's name of the format.
HEADERLESS = {".g722": "g722", ".gsm": "gsm"}
_HEADERS = (b"RIFF", b"RF64", b"FORM", b"fLaC", b"OggS", b".snd", b"caff", b"ID3")
#: libsndfile's names of formats in which a file that was cut is found; it reads others to wherever they end.
_KNOWN_WHOLE = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "OGG", "MP3", "NIST", "HTK", "SDS"}
_MP3_PADDING = 4 * 1152  # samples that an encoder may add at both ends, and a Xing header take away
_NO_LENGTH = 1 << 40  # frames; libsndfile's answer for a FLAC stream of unknown length is larger


class AudioFile:
    """A stretch of an audio file (by default all of it), read as often as `pieces` is called.

    `start` and `end` are in samples of the file; `any_scale` takes floats at the scale of integers. Raises InvalidAudio
    where it is no audio or was cut, MachineTrouble where it may not be read.
    """

    sample_rate: int  # Hz
    channels: int

    def __init__(
        self, source: str | Path | IO[bytes], start: int = 0, end: int | None = None, *, any_scale: bool = False
    ) -> None:
        self._check = check_finite if any_scale else check_samples
        self._source = Path(source) if isinstance(source, (str, Path)) else source
        self._start, self._end = start, end
        self.name = printable(self._source) if isinstance(self._source, Path) else f"<{type(source).__name__}>"
        self._declared: int | None = None  # frames, by the file's header
        self._refused = ""  # why libsndfile did not open it
        self._frames: int | None = None  # where libsndfile reads it, as many as it promises
        self._streams: Sequence[tuple[int, int | None]] = [(0, None)]  # (first byte, bytes) of each, None: all
        self._of_integers = False  # which are finite and within full scale, whatever they are
        with in_file(self.name):
            self._check_there()
            self._format = self._headerless()
            if self._format is not None or not self._by_libsndfile():
                self._by_ffmpeg()
            checked_rate(self.sample_rate)

    def pieces(self, seconds: int = PIECE_SECONDS) -> Iterator[Tensor]:
        """[C, T] float32 each, of about so many seconds.

        Raises InvalidAudio where the file ends early or holds unfit samples.
        """
        read = 0
        for piece in self._libsndfile_pieces(seconds) if self._frames is not None else self._ffmpeg_pieces(seconds):
            read += piece.shape[1]
            if not self._of_integers:
                with in_file(self.name):
                    self._check(piece)
            yield piece
        if self._end is not None and read < self._end - self._start:
            raise InvalidAudio(f"{self.name}: ends before {self._end / self.sample_rate:g} s, where the clip ends")
        if self._end is None and self._frames is not None and read < self._frames - self._start:
            raise InvalidAudio(f"{self.name}: cut short, its header says {self._frames} frames")
        if not read:
            raise InvalidAudio(f"{self.name}: holds no samples")

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file as bytes. Raises MachineTrouble where it may not be read."""
        if not isinstance(self._source, Path):
            self._source.seek(0)
            yield cast(BinaryIO, self._source)
            return
        with machine_trouble_at(self.name):
            file = self._source.open("rb")
        with file:
            yield file

    @contextmanager
    def _sound_file(self, first: int = 0, size: int | None = None) -> Iterator[soundfile.SoundFile]:
        """`first`, `size`: of the bytes that are read, where it is not the whole file."""
        with self._opened() as file:
            # Bytes: a name that is not UTF-8 cannot be encoded again by soundfile.
            given: Any = os.fsencode(self._source) if isinstance(self._source, Path) else file
            if size is not None:
                file.seek(first)
                given = io.BytesIO(file.read(size))
            with soundfile.SoundFile(given) as opened:
                yield opened

    def _check_there(self) -> None:
        """Raises InvalidAudio where the path is that of no regular file."""
        if isinstance(self._source, Path):
            try:
                there, exists = self._source.is_file(), self._source.exists()
            except OSError as error:  # as for a name that is too long
                raise InvalidAudio(f"cannot be opened ({error.strerror})") from error
            if not there:
                raise InvalidAudio("is not a regular file, as audio must be" if exists else "no such file")

    def _headerless(self) -> str | None:
        """FFmpeg's name of the format where the suffix decides. Raises InvalidAudio where the file is empty."""
        with self._opened() as file:
            begin = file.read(4)
        if not begin:
            raise InvalidAudio("is empty: 0 bytes")
        suffix = self._source.suffix.lower() if isinstance(self._source, Path) else ""
        return None if begin.startswith(_HEADERS) else HEADERLESS.get(suffix)

    def _by_libsndfile(self) -> bool:
        """Whether libsndfile reads all of it; sets rate, channels and the number of frames if so."""
        with self._opened() as file:
            streams = ogg_streams(file)
            try:
                self._declared = declared_frames(file)
            except UnknownLength:
                return False
        if len(streams) > 1:
            self._streams = streams
        frames = 0
        try:
            for part in self._streams:
                with self._sound_file(*part) as sound:
                    if frames and (sound.samplerate, sound.channels) != (self.sample_rate, self.channels):
                        raise self._changes(sound.samplerate, sound.channels)
                    self.sample_rate, self.channels, frames = sound.samplerate, sound.channels, frames + sound.frames
                    kind, seekable, integers = sound.format, sound.seekable(), sound.subtype.startswith("PCM_")
                    mpeg_in_wav = kind != "MP3" and sound.subtype == "MPEG_LAYER_III"  # its length is a guess
        except soundfile.LibsndfileError as error:
            self._refused = error.error_string
            return False
        if not seekable or frames > _NO_LENGTH or mpeg_in_wav:
            return False
        if kind not in _KNOWN_WHOLE:
            raise InvalidAudio(f"{kind} files are not read, since a cut one does not show: convert it to WAV or FLAC")
        if self._declared is not None and frames < self._declared:
            raise InvalidAudio(f"cut short, its header says {self._declared} frames and {frames} are there")
        if kind == "MP3" and not self._mp3_agrees(frames):
            return False
        if kind == "FLAC":
            with self._opened() as file:
                check_one_flac(file)
        self._frames, self._of_integers = frames, integers
        return True

    def _mp3_agrees(self, frames: int) -> bool:
        """Whether as many samples are in the MPEG frames as libsndfile expects from the first one."""
        try:
            with self._container() as container:
                present = samples_present(container)
        except av.FFmpegError as error:
            raise InvalidAudio(f"not readable as MP3 ({error.strerror}); is it cut?") from error
        with self._opened() as file:
            if not has_xing(file):
                return present == frames  # libsndfile's is a guess from the bit rate
        if present < frames:
            raise InvalidAudio(f"cut short, its header says {frames} frames and {present} are there")
        return present - frames <= _MP3_PADDING

    def _by_ffmpeg(self) -> None:
        """Rate and channels as FFmpeg says. Raises InvalidAudio where it does not know the file either."""
        try:
            with self._container() as container:
                if not container.streams.audio:
                    raise InvalidAudio("holds no audio")
                stream = container.streams.audio[0]
                if stream.codec_context is None:
                    raise InvalidAudio("holds audio of a kind that FFmpeg does not know: convert it to WAV or FLAC")
                self.sample_rate, self.channels = stream.rate, stream.codec_context.channels
        except av.FFmpegError as error:
            why = self._refused or error.strerror
            raise InvalidAudio(f"not readable as audio ({why}); is it cut, or not an audio file?") from error

    @contextmanager
    def _container(self) -> Iterator[Any]:
        # A handle, not a name: FFmpeg would take some names for addresses. No protocol: playlists name other files.
        options = {"protocol_whitelist": "none"}
        try:
            with (
                self._opened() as file,
                av.open(file, format=self._format, options=options, metadata_errors="replace") as container,
            ):
                yield container
        except OSError as error:
            if error.errno != errno.EINVAL or isinstance(error, av.FFmpegError):
                raise
            raise InvalidAudio("cut short or damaged (it points before its beginning)") from error

    def _changes(self, rate: int, channels: int) -> InvalidAudio:
        return InvalidAudio(
            f"changes from {self.sample_rate} Hz, {self.channels} channel(s), to {rate} Hz, {channels}: split it where "
            "it changes"
        )

    def _libsndfile_pieces(self, seconds: int) -> Iterator[Tensor]:
        skip, frames = self._start, self._frames or 0
        left = (frames if self._end is None else min(self._end, frames)) - skip
        for part in self._streams:
            with self._sound_file(*part) as file:
                if skip >= file.frames:
                    skip -= file.frames
                    continue
                try:
                    if skip:  # FLAC decodes its first frame once more where 0 is sought
                        file.seek(skip)
                    skip = 0
                    while left > 0:
                        # `read` allocates anew; `blocks` would return old samples where decoding stops.
                        block = file.read(min(left, seconds * self.sample_rate), dtype="float32", always_2d=True)
                        if not len(block):
                            break
                        left -= len(block)
                        yield torch.from_numpy(np.ascontiguousarray(block.T))
                except (soundfile.LibsndfileError, RuntimeError) as error:
                    raise InvalidAudio(f"{self.name}: cut short or damaged ({error})") from error

    def _ffmpeg_pieces(self, seconds: int) -> Iterator[Tensor]:
        """Decoded from the beginning wherever the stretch begins: these codecs carry state."""
        buffer: list[NDArray[np.float32]] = []
        position = held = 0
        try:
            with self._container() as container:
                for block in self._ffmpeg_blocks(container):
                    first, position = position, position + block.shape[1]
                    block = block[:, max(0, self._start - first) : None if self._end is None else self._end - first]
                    buffer.append(block)
                    held += block.shape[1]
                    if held >= seconds * self.sample_rate:
                        yield torch.from_numpy(np.concatenate(buffer, axis=1))
                        buffer, held = [], 0
                    if self._end is not None and position >= self._end:
                        break
        except av.FFmpegError as error:
            raise InvalidAudio(f"{self.name}: cut short or damaged ({error.strerror})") from error
        if held:
            yield torch.from_numpy(np.concatenate(buffer, axis=1))

    def _ffmpeg_blocks(self, container: Any) -> Iterator[NDArray[np.float32]]:
        """[C, T] each. Raises InvalidAudio where less comes than the container promises."""
        stream = container.streams.audio[0]
        decoded = 0
        for frame in container.decode(stream):
            if frame.sample_rate != self.sample_rate or frame.layout.nb_channels != self.channels:
                raise InvalidAudio(f"{self.name}: {self._changes(frame.sample_rate, frame.layout.nb_channels)}")
            with in_file(self.name):
                block = floats(frame)
            decoded += block.shape[1]
            yield block
        promised = promised_seconds(container, stream)
        if self._declared is not None:
            promised = self._declared / self.sample_rate
        if promised is not None and decoded / self.sample_rate < promised:
            raise InvalidAudio(
                f"{self.name}: cut short, it says {promised:.2f} s and {decoded / self.sample_rate:.2f} s are there"
            )


@contextmanager
def in_file(name: str | None) -> Iterator[None]:
    """InvalidAudio of what is done within says the file's name; None: there is no file."""
    try:
        yield
    except InvalidAudio as error:
        if name is None:
            raise
        raise InvalidAudio(f"{name}: {error}") from error


def printable(path: Path) -> str:
    """The name of a file, bytes that are not UTF-8 as \\xNN."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a character, which a table may hold and no file system
        return str(path).encode("utf-8", "backslashreplace").decode()
