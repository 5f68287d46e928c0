"""A batch of clips, checked once at the door so that nothing behind it has to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr
import torch
from torch import Tensor

from audiotok.core.audio_file import AudioFile
from audiotok.core.samples import check_finite, check_samples, checked_rate
from audiotok.errors import CannotWrite, InvalidAudio
from audiotok.files.atomic import atomic_write

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Audio:
    """Clips of one sample rate and channel count, padded to the longest with zeros.

    >>> audio = Audio.from_clips([torch.zeros(1, 16000), torch.zeros(1, 8000)], sample_rate=16000)
    >>> audio.waveform.shape, audio.lengths.tolist()
    (torch.Size([2, 1, 16000]), [16000, 8000])
    """

    waveform: Tensor  # [B, C, T] float32, nominally in [-1, 1]
    lengths: Tensor  # [B] int64, samples, 1 <= length <= T
    sample_rate: int  # Hz

    def __post_init__(self) -> None:
        wave, lengths = self.waveform, self.lengths
        if not isinstance(wave, Tensor) or wave.ndim != 3 or wave.dtype != torch.float32:
            came = f"{wave.dtype} {list(wave.shape)}" if isinstance(wave, Tensor) else type(wave).__name__
            raise InvalidAudio(f"waveform must be a float32 tensor [B, C, T], got {came}")
        if wave.shape[0] == 0 or wave.shape[1] == 0 or wave.shape[2] == 0:
            raise InvalidAudio(f"waveform is empty: {list(wave.shape)}; at least one sample is needed")
        if lengths.shape != wave.shape[:1] or lengths.dtype != torch.int64:
            raise InvalidAudio(f"lengths must be int64 [B={wave.shape[0]}], got {lengths.dtype} {list(lengths.shape)}")
        if int(lengths.min()) < 1 or int(lengths.max()) > wave.shape[2]:
            raise InvalidAudio(f"lengths must lie in 1..{wave.shape[2]}, got {lengths.tolist()}")
        object.__setattr__(self, "sample_rate", checked_rate(self.sample_rate))
        check_finite(wave)

    @classmethod
    def from_clips(cls, clips: Sequence[Tensor], sample_rate: int) -> Audio:
        """[C, T_i] each -> one padded batch. Raises InvalidAudio where the channel counts differ."""
        if not clips:
            raise InvalidAudio("no clips: a batch needs at least one")
        if len({clip.shape[0] for clip in clips}) > 1:
            raise InvalidAudio(f"clips of one batch need one channel count, got {[clip.shape[0] for clip in clips]}")
        lengths = torch.tensor([clip.shape[-1] for clip in clips], dtype=torch.int64, device=clips[0].device)
        if len(clips) == 1:
            return cls(clips[0][None], lengths, sample_rate)
        waveform = clips[0].new_empty(len(clips), clips[0].shape[0], max(clip.shape[-1] for clip in clips))
        for row, clip in zip(waveform, clips, strict=True):
            row[:, : clip.shape[1]] = clip
            row[:, clip.shape[1] :] = 0
        return cls(waveform, lengths, sample_rate)

    @classmethod
    def from_array(cls, array: Tensor | NDArray[Any], sample_rate: int | None) -> Audio:
        """[T], [C, T] or [B, C, T], float or integer PCM -> Audio without padding.

        Integer PCM is scaled by its full range (int16 / 32768); floats at the scale of integers are refused. A
        two-dimensional array is channels first; one with more than 8 channels is refused, since it is more likely
        [B, T] or [T, C].
        """
        if sample_rate is None:
            raise InvalidAudio("an array has no sample rate of its own: pass sample_rate=, in Hz")
        tensor = array if isinstance(array, Tensor) else _tensor_of(np.asarray(array))
        if tensor.dtype in (torch.int16, torch.int32):
            tensor = tensor.float() / (torch.iinfo(tensor.dtype).max + 1)
        elif not tensor.is_floating_point():
            raise InvalidAudio(f"samples must be floats, int16 or int32, got {tensor.dtype}")
        else:
            check_samples(tensor)
        if tensor.ndim == 0 or tensor.ndim > 3:
            raise InvalidAudio(f"an array must be [T], [C, T] or [B, C, T], got {list(tensor.shape)}")
        if tensor.ndim == 2 and tensor.shape[0] > 8:
            raise InvalidAudio(
                f"a 2-d array is [C, T], got {list(tensor.shape)}; use [B, C, T] for a batch and array.T for [T, C]"
            )
        tensor = tensor[(None,) * (3 - tensor.ndim)].detach().float()
        lengths = torch.full((tensor.shape[0],), tensor.shape[2], dtype=torch.int64, device=tensor.device)
        return cls(tensor, lengths, sample_rate)

    @classmethod
    def load(cls, source: str | Path | IO[bytes], *, any_scale: bool = False) -> Audio:
        """Read one file, or an open binary file such as a BytesIO. Raises InvalidAudio.

        WAV, FLAC, Ogg, Opus, MP3, AIFF and what else libsndfile or FFmpeg decode (m4a, WebM, the sound of mp4 …). A
        file that is empty, cut short, or holds floats at the scale of integers is refused; the last is what a codec
        may have decoded to, and `any_scale` takes it.
        """
        file = AudioFile(source, any_scale=any_scale)
        waveform = torch.cat(list(file.pieces()), dim=1)[None]
        return cls(waveform, torch.tensor([waveform.shape[2]], device="cpu"), file.sample_rate)

    def save(self, path: str | Path) -> None:
        """Write one clip, whole or not at all; the format follows the suffix, WAV as float32 so that nothing is lost.

        Raises InvalidAudio and CannotWrite.
        """
        if len(self) != 1:
            raise InvalidAudio(f"save writes one clip, this batch has {len(self)}: save audio[i] instead")
        path = Path(path)
        try:
            with atomic_write(path, path.suffix) as partial:
                if path.suffix.lower() == ".wav":
                    from scipy.io import wavfile

                    # Not libsndfile: it adds a chunk with the time of day, and equal audio should be equal bytes.
                    wavfile.write(partial, self.sample_rate, self.numpy(0).T)
                else:
                    soundfile.write(partial, self.numpy(0).T, self.sample_rate)
        except OSError as error:
            raise CannotWrite(f"{path}: cannot be written ({error})") from error
        except (soundfile.LibsndfileError, TypeError, ValueError) as error:
            raise InvalidAudio(f"{path}: cannot be written ({error}); .wav, .flac and .ogg are known") from error

    def __len__(self) -> int:
        return self.waveform.shape[0]

    def __getitem__(self, index: int) -> Audio:
        """One clip without its padding."""
        n = int(self.lengths[index])
        return Audio(
            self.waveform[index : index + 1 or None, :, :n], self.lengths[index : index + 1 or None], self.sample_rate
        )

    @property
    def channels(self) -> int:
        return self.waveform.shape[1]

    @property
    def seconds(self) -> float:
        """Duration of all clips together, without padding."""
        return int(self.lengths.sum()) / self.sample_rate

    def clips(self) -> list[Tensor]:
        """[C, T_i] each, without padding."""
        return [self.waveform[i, :, : int(n)] for i, n in enumerate(self.lengths)]

    def numpy(self, index: int = 0) -> NDArray[np.float32]:
        """[C, T_i] of one clip, on the CPU."""
        return self.clips()[index].detach().cpu().numpy()

    def to(self, device: str | torch.device) -> Audio:
        return Audio(self.waveform.to(device), self.lengths.to(device), self.sample_rate)

    def mono(self) -> Audio:
        """Mean over channels. Raises InvalidAudio where they cancel, as two of opposite phase do."""
        if self.channels == 1:
            return self
        mean = self.waveform.mean(dim=1, keepdim=True)
        for i, clip in enumerate(self.clips()):
            check_downmix(energy(clip), energy(mean[i, :, : clip.shape[1]]))
        return Audio(mean, self.lengths, self.sample_rate)

    def resample(self, sample_rate: int) -> Audio:
        """Each clip alone, so that padding cannot leak in; `n` samples become round(n * new / old), at least 1.

        On the CPU with soxr's HQ recipe, on any other device with torchaudio's windowed sinc (Kaiser).
        """
        sample_rate = checked_rate(sample_rate)
        if sample_rate == self.sample_rate:
            return self
        convert = resample_clip if self.waveform.device.type == "cpu" else _resample_torchaudio
        return Audio.from_clips([convert(clip, self.sample_rate, sample_rate) for clip in self.clips()], sample_rate)


def _tensor_of(array: NDArray[Any]) -> Tensor:
    """The array as a tensor, whatever its byte order. Raises InvalidAudio where torch has no such numbers."""
    try:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")))
    except TypeError as error:  # an array of objects, as of clips of unequal lengths, or of long doubles
        raise InvalidAudio(f"samples must be floats, int16 or int32, got an array of {array.dtype}") from error


def energy(samples: Tensor) -> float:
    """Mean over channels of the sum of squares."""
    return float(samples.square().mean(dim=0).sum(dtype=torch.float64))


def check_downmix(of_channels: float, of_mean: float) -> None:
    """Raises InvalidAudio where the average of the channels has lost 40 dB or more of their energy."""
    if of_mean < 1e-4 * of_channels:
        raise InvalidAudio(
            "the channels are in opposite phase, so that their average is silent: use one channel alone, "
            "or turn the sign of one"
        )


def fit_length(clip: Tensor, length: int) -> Tensor:
    """Trim, or pad with zeros, to `length` samples."""
    if clip.shape[1] == length:
        return clip
    return torch.nn.functional.pad(clip[:, :length], (0, max(0, length - clip.shape[1])))


def resampled_length(length: int, old: int, new: int) -> int:
    """Samples at the new rate for `length` at the old one: rounded, half up, at least 1."""
    return max(1, (2 * length * new + old) // (2 * old))


def resample_clip(clip: Tensor, old: int, new: int) -> Tensor:
    """[C, T] on the CPU at the rate `old` -> [C, T'] at `new`, as `Audio.resample` gives it."""
    if old == new:
        return clip
    length = resampled_length(clip.shape[1], old, new)
    # soxr returns nothing for inputs of a few samples; a tail of zeros gives its filter enough to answer.
    samples = (clip if clip.shape[1] >= 64 else fit_length(clip, 64)).numpy()
    if len(samples) == 1:
        return fit_length(torch.from_numpy(soxr.resample(samples[0], old, new, quality="HQ"))[None], length)
    return fit_length(torch.from_numpy(soxr.resample(samples.T, old, new, quality="HQ").T.copy()), length)


def _resample_torchaudio(clip: Tensor, old: int, new: int) -> Tensor:
    import torchaudio.functional

    resampled = torchaudio.functional.resample(
        clip, old, new, lowpass_filter_width=64, rolloff=0.9475937167399596, resampling_method="sinc_interp_kaiser"
    )
    return fit_length(resampled, resampled_length(clip.shape[1], old, new))
