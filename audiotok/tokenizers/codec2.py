"""Codec 2 (David Rowe): a sinusoidal vocoder for radio, 700 to 3200 bit/s, as the indices of its own quantizers.

libcodec2 packs a frame's indices into a bit string; `_FIELDS` is their order and width, from the pack() calls of
codec2.c (version 1.2). All but 700C's are Gray coded there, to soften bit errors; here they are plain indices.
"""

from __future__ import annotations

import _ctypes
import ctypes
import shutil
import tempfile
from functools import cache
from typing import Literal

import numpy as np
import pycodec2
import torch
from numpy.typing import NDArray
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import Coder, FrameCodec
from audiotok.core.tokens import TokenSpec
from audiotok.errors import MissingDependency

_VOICED, _PITCH, _ENERGY, _PITCH_ENERGY = 1, 7, 5, 8  # bits; the last is a joint vector quantizer
_LSP = (4, 4, 4, 4, 4, 4, 4, 3, 3, 2)  # one scalar quantizer per line spectral pair, low to high
_LSP_DIFFERENCES = (5,) * 10
_LSP_STAGES = (9, 9, 9)  # predictive multi-stage vector quantizer

#: Bits of each index of a frame. Modes 2400 and 1200 send 2 and 1 spare bits more, always 0, which are no tokens.
_FIELDS = {
    3200: (_VOICED, _VOICED, _PITCH, _ENERGY, *_LSP_DIFFERENCES),
    2400: (_VOICED, _VOICED, _PITCH_ENERGY, *_LSP),
    1600: (_VOICED, _VOICED, _PITCH, _ENERGY, _VOICED, _VOICED, _PITCH, _ENERGY, *_LSP),
    1400: (_VOICED, _VOICED, _PITCH_ENERGY, _VOICED, _VOICED, _PITCH_ENERGY, *_LSP),
    1300: (_VOICED, _VOICED, _VOICED, _VOICED, _PITCH, _ENERGY, *_LSP),
    1200: (_VOICED, _VOICED, _PITCH_ENERGY, _VOICED, _VOICED, _PITCH_ENERGY, *_LSP_STAGES),
    700: (9, 9, 4, 6),  # 700C: two stages of a vector quantizer of the spectrum, energy, pitch (0: unvoiced)
}
_LIBRARY_MODES = {3200: 0, 2400: 1, 1600: 2, 1400: 3, 1300: 4, 1200: 5, 700: 8}  # codec2.h


class Codec2(FrameCodec):
    """Modes by their nominal bit/s; 2400 and 1200 cost 2300 and 1175 without their spare bits, 700 is mode 700C.

    Encoding agrees with upstream to the bit, decoding with upstream in a process of its own (see `_Decoder`).
    """

    card = TokenizerCard(
        title="Codec 2",
        summary="A sinusoidal vocoder for digital radio: pitch, voicing, energy and line spectral pairs.",
        paper="https://www.rowetel.com/wordpress/?page_id=452",
        code="https://github.com/drowe67/codec2",
        code_licence="LGPL-2.1-only",
        licence="LGPL-2.1-only",
        domains=("speech",),
        encoder="DSP",
        decoder="DSP",
        representation="T-F",
        quantizer="SQ",
        rate="fixed",
        streamable=True,
    )

    def __init__(self, *, mode: Literal[3200, 2400, 1600, 1400, 1300, 1200, 700] = 3200) -> None:
        self._mode: int = mode
        self._samples = pycodec2.Codec2(mode).samples_per_frame()
        self.spec = TokenSpec(
            sample_rate=8000,
            frame_rate=8000 / self._samples,
            codebook_sizes=tuple(2**bits for bits in _FIELDS[mode]),
        )
        self.decode_sample_rate = 8000

    def _encoder(self) -> Coder:
        codec = pycodec2.Codec2(self._mode)

        def encode(samples: Tensor) -> Tensor:
            pcm = (samples * 32768).round().clamp(-32768, 32767).numpy().astype(np.int16)
            frames = [codec.encode(frame) for frame in pcm.reshape(-1, self._samples)]
            return torch.from_numpy(_unpack(np.frombuffer(b"".join(frames), np.uint8), self._mode))

        return encode

    def _decoder(self) -> Coder:
        decoder = _Decoder(self._mode, self._samples)

        def decode(codes: Tensor) -> Tensor:
            frames = _pack(codes.numpy(), self._mode)
            return torch.from_numpy(
                np.concatenate([decoder.decode(frame.tobytes()) for frame in frames]) / np.float32(32768)
            )

        return decode


def _unpack(packed: NDArray[np.uint8], mode: int) -> NDArray[np.int64]:
    """[n * bytes per frame] -> [K, n] indices."""
    fields = _FIELDS[mode]
    frame_bytes = _frame_bytes(mode)
    bits = np.unpackbits(packed.reshape(-1, frame_bytes), axis=1)
    codes = np.empty((len(fields), len(bits)), np.int64)
    for k, (field, start) in enumerate(zip(fields, _starts(fields), strict=True)):
        plain = bits[:, start : start + field]
        if mode != 700:
            plain = np.bitwise_xor.accumulate(plain, axis=1)  # Gray: each bit is flipped by the one above it
        codes[k] = plain @ (1 << np.arange(field)[::-1])
    return codes


def _pack(codes: NDArray[np.int64], mode: int) -> NDArray[np.uint8]:
    """[K, n] -> [n, bytes per frame], inverse of `_unpack`."""
    fields = _FIELDS[mode]
    bits = np.zeros((codes.shape[1], 8 * _frame_bytes(mode)), np.uint8)
    for code, field, start in zip(codes, fields, _starts(fields), strict=True):
        sent = code if mode == 700 else code ^ (code >> 1)
        bits[:, start : start + field] = sent[:, None] >> np.arange(field)[::-1] & 1
    return np.packbits(bits, axis=1)


def _starts(fields: tuple[int, ...]) -> list[int]:
    return [sum(fields[:k]) for k in range(len(fields))]


@cache
def _frame_bytes(mode: int) -> int:
    return pycodec2.Codec2(mode).bytes_per_frame()


class _Decoder:
    """libcodec2's decoder in a copy of the library of its own.

    The library draws the phases of unvoiced harmonics from one generator per process, which starts the same but cannot
    be seeded again, so that pycodec2 decodes a clip differently each time. A copy loaded afresh begins as a new process
    would (1.5 ms), and clips that are decoded in turns do not disturb each other.
    """

    def __init__(self, mode: int, samples: int) -> None:
        with tempfile.NamedTemporaryFile(suffix=".so") as copy:
            with open(_library_path(), "rb") as library:
                shutil.copyfileobj(library, copy)
            copy.flush()
            self._library = ctypes.CDLL(copy.name)
        self._library.codec2_create.restype = ctypes.c_void_p
        self._state = ctypes.c_void_p(self._library.codec2_create(_LIBRARY_MODES[mode]))
        self._samples = samples

    def decode(self, frame: bytes) -> NDArray[np.int16]:
        """One packed frame -> [samples]"""
        pcm = np.empty(self._samples, np.int16)
        self._library.codec2_decode(self._state, pcm.ctypes.data_as(ctypes.c_void_p), frame)
        return pcm

    def __del__(self) -> None:
        self._library.codec2_destroy(self._state)
        _ctypes.dlclose(self._library._handle)


class _SymbolInfo(ctypes.Structure):
    """Dl_info of dladdr(3)."""

    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


@cache
def _library_path() -> str:
    """Path of the libcodec2 that pycodec2 is linked with, wherever its wheel or the system put it."""
    symbol = ctypes.CDLL(pycodec2.pycodec2.__file__).codec2_create
    info = _SymbolInfo()
    if not ctypes.CDLL(None).dladdr(ctypes.cast(symbol, ctypes.c_void_p), ctypes.byref(info)):
        raise MissingDependency(
            "which file libcodec2 was loaded from cannot be told; reinstall pycodec2 from its wheel"
        )
    return info.file.decode()
