"""Audio files decoded piece by piece, so that memory does not grow with their length.

libsndfile decodes what it knows; FFmpeg (PyAV) what libsndfile does not know (AAC, WebM, telephone formats) or reads
only in part (MP3 without a Xing header, streams that do not say their length). Ogg streams one after another are
decoded each by libsndfile. A file that was cut is an error, found before or while it is read.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import av
from torch import Tensor

from audiotok.core.chunks import UnknownLength
from audiotok.core.containers import declared_frames
from audiotok.core.ffmpeg import FFmpegReader
from audiotok.core.flac import Checksum, StreamInfo, check_flac
from audiotok.core.ogg import ogg_streams
from audiotok.core.samples import check_finite, check_samples, checked_rate
from audiotok.core.sndfile import NotBySndfile, SndfileReader
from audiotok.core.source import AudioBytes
from audiotok.errors import AudiotokError, InvalidAudio, is_machine_trouble, reason

PIECE_SECONDS = 10
#: Suffixes of formats without a header -> FFmpeg's name of the format.
HEADERLESS = {".g722": "g722", ".gsm": "gsm"}
#: Suffixes of samples without a header, for which decoders assume a rate.
RAW = {".raw", ".pcm", ".al", ".alaw", ".ul", ".ulaw", ".sb", ".sw", ".ub", ".uw", ".sln"}
_HEADERS = (
    *(b"RIFF", b"RIFX", b"RF64", b"BW64", b"riff", b"FORM", b"caff", b".snd", b"dns.", b"NIST"),
    *(b"fLaC", b"OggS", b"ID3", b"wvpk", b"TTA1", b"\x1aE\xdf\xa3"),
)


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
        self._start, self._end = start, end
        file = Path(source) if isinstance(source, (str, Path)) else source
        self.name = printable(file) if isinstance(file, Path) else f"<{type(source).__name__}>"
        with in_file(self.name), _decoding("damaged, its header cannot be read"):
            self._reader, self._flac = _reader(AudioBytes(file, self.name))
            self.sample_rate, self.channels = checked_rate(self._reader.sample_rate), self._reader.channels

    def pieces(self, seconds: int = PIECE_SECONDS) -> Iterator[Tensor]:
        """[C, T] float32 each, of about so many seconds.

        Raises InvalidAudio where the file ends early or holds unfit samples. The MD5 of FLAC (a fifth of the time of
        decoding) is compared where the whole file is read without `end`, thus not for clips of a manifest: `probe`
        compared it for the file with the hash that the manifest states.
        """
        read, frames = 0, self._reader.frames
        whole = self._start == 0 and self._end is None
        checksum = Checksum(self._flac) if self._flac and whole else None
        with in_file(self.name), _decoding("damaged, it cannot be decoded"):
            for piece in self._reader.pieces(self._start, self._end, seconds):
                read += piece.shape[1]
                if not self._reader.of_integers:
                    self._check(piece)
                if checksum:
                    checksum.update(piece)
                yield piece
            if self._end is not None and read < self._end - self._start:
                raise InvalidAudio(f"ends before {self._end / self.sample_rate:g} s, where the clip ends")
            if self._end is None and frames is not None and read < frames - self._start:
                raise InvalidAudio(f"cut short, its header says {frames} frames")
            if not read:
                raise InvalidAudio("holds no samples")
            if checksum:
                checksum.check()


def _reader(source: AudioBytes) -> tuple[SndfileReader | FFmpegReader, StreamInfo | None]:
    """libsndfile where it reads all of the file, else FFmpeg; with the stream info of FLAC. Raises InvalidAudio."""
    source.check_there()
    form = _headerless(source)
    if form is not None:
        return FFmpegReader(source, form), None
    with source.opened() as file:
        streams = ogg_streams(file)
        try:
            declared = declared_frames(file)
        except UnknownLength as unknown:
            return FFmpegReader(source, limit=unknown.frames), None
        flac = check_flac(file)
    try:
        return SndfileReader(source, streams, declared), flac
    except NotBySndfile as why:
        return FFmpegReader(source, declared=declared, refused=str(why)), flac


def _headerless(source: AudioBytes) -> str | None:
    """FFmpeg's name of the format where the suffix decides. Raises InvalidAudio where the file is empty or raw."""
    with source.opened() as file:
        begin = file.read(8)
    if not begin:
        raise InvalidAudio("is empty: 0 bytes")
    if begin.startswith(_HEADERS) or begin[4:] == b"ftyp":
        return None
    if source.suffix in RAW:
        raise InvalidAudio("no header: the rate and format of the samples are unknown; convert it to WAV or FLAC")
    return HEADERLESS.get(source.suffix)


@contextmanager
def _decoding(failure: str) -> Iterator[None]:
    """InvalidAudio for whatever a decoder raises on a file, so that one bad file costs no others.

    The machine's troubles stay what they are, but for a place that no file has (EINVAL), where a header leads.
    """
    try:
        yield
    except AudiotokError:
        raise
    except Exception as error:  # decoders may raise anything, as on impossible sizes in a header
        of_file = isinstance(error, av.FFmpegError) or getattr(error, "errno", None) == errno.EINVAL
        if is_machine_trouble(error) and not of_file:
            raise
        raise InvalidAudio(f"{failure} ({reason(error)})") from error


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
