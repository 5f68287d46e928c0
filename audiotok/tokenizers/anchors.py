"""The anchors: the clean reference, a low-passed reference and Opus. None has tokens, none is ranked."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from audiotok.core.anchor import Anchor
from audiotok.core.audio import Audio, fit_length
from audiotok.errors import InvalidAudio, InvalidOption


class Reference(Anchor):
    """The clip itself: the best that any codec can do, and the check that a metric knows it."""

    def process(self, audio: Audio) -> tuple[Audio, Tensor | None]:
        return audio, None


class LowPass(Anchor):
    """The clip without its highs; at 3500 Hz the low anchor of MUSHRA (ITU-R BS.1534-3, annex 1).

    A linear-phase filter without delay: flat to the cutoff, 60 dB down from 8/7 of it (4 kHz) on.
    """

    def __init__(self, *, cutoff: int = 3500) -> None:
        if cutoff < 20:
            raise InvalidOption(f"cutoff must be at least 20 Hz, got {cutoff}")
        self._cutoff = cutoff

    def process(self, audio: Audio) -> tuple[Audio, Tensor | None]:
        from scipy.signal import firwin, kaiserord, oaconvolve

        stop = self._cutoff * 8 / 7
        if stop >= audio.sample_rate / 2:
            raise InvalidAudio(
                f"lowpass:cutoff={self._cutoff} needs more than {2 * stop:.0f} Hz, got {audio.sample_rate} Hz"
            )
        taps, beta = kaiserord(60, (stop - self._cutoff) / (audio.sample_rate / 2))
        taps |= 1  # odd, so that the delay is a whole number of samples
        window = firwin(taps, (self._cutoff + stop) / 2, window=("kaiser", beta), fs=audio.sample_rate)
        clips = [
            oaconvolve(clip.cpu().numpy(), window[None].astype(np.float32))[:, taps // 2 : taps // 2 + clip.shape[1]]
            for clip in audio.clips()
        ]
        filtered = [torch.from_numpy(np.ascontiguousarray(clip, np.float32)) for clip in clips]
        return Audio.from_clips(filtered, audio.sample_rate).to(audio.waveform.device), None


class Opus(Anchor):
    """libopus through PyAV: 20 ms frames, variable bitrate around `kbps`; the bits are those of its packets."""

    def __init__(self, *, kbps: Literal[6, 12, 24] = 12) -> None:
        self._kbps = kbps

    def process(self, audio: Audio) -> tuple[Audio, Tensor | None]:
        if audio.channels != 1:
            raise InvalidAudio(f"opus takes mono clips, got {audio.channels} channels; use audio.mono()")
        wide = audio.resample(_OPUS_RATE)
        coded = [_through_opus(clip[0].cpu(), 1000 * self._kbps) for clip in wide.clips()]
        decoded = Audio.from_clips([clip[None] for clip, _ in coded], _OPUS_RATE).resample(audio.sample_rate)
        clips = [fit_length(clip, int(n)) for clip, n in zip(decoded.clips(), audio.lengths, strict=True)]
        bits = torch.tensor([bits for _, bits in coded], dtype=torch.float64)
        return Audio.from_clips(clips, audio.sample_rate).to(audio.waveform.device), bits


_OPUS_RATE = 48000


def _through_opus(samples: Tensor, bits_per_second: int) -> tuple[Tensor, int]:
    """[T] at 48 kHz -> [T], aligned, and the bits of its packets.

    An Ogg file in memory: its header holds the encoder's delay, and PyAV's reader takes it off.
    """
    import av

    file = io.BytesIO()
    bits = 0
    with av.open(file, "w", "ogg") as writer:
        stream = writer.add_stream("libopus", rate=_OPUS_RATE, layout="mono")
        stream.bit_rate = bits_per_second
        frame = av.AudioFrame.from_ndarray(samples.numpy()[None], format="flt", layout="mono")
        frame.sample_rate = _OPUS_RATE
        for piece in (frame, None):
            for packet in stream.encode(piece):
                bits += 8 * packet.size
                writer.mux(packet)
    file.seek(0)
    with av.open(file, "r") as reader:
        decoded = np.concatenate([frame.to_ndarray().reshape(-1) for frame in reader.decode(audio=0)])
    return fit_length(torch.from_numpy(decoded.astype(np.float32))[None], len(samples))[0], bits
