"""The columns of DATES's reconstruction tables (2025), on data of your own, by VERSA's protocol.

docs/dates.md says what is the same, and what still differs.
"""

from __future__ import annotations

from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.metrics.footing import Footing, Pair
from audiotok.tasks.task import Task

MUSIC_RATE = 22050  # Hz


def read(clip: Clip, root: Path | None) -> Audio:
    """Music in mono at 22.05 kHz, as `prepare_musdb.py` has it; of other clips the first channel at the file's rate."""
    if clip.domain == "music":
        return data.read(clip, root).resample(MUSIC_RATE)
    return _first_channel(data.read(clip, root, stereo=True))


def at_lower_rate(reference: Audio, output: Audio, domain: str) -> Pair:
    """The first channel of each at the lower of the two rates, both trimmed to the shorter."""
    rate = min(reference.sample_rate, output.sample_rate)
    first, second = (_first_channel(audio).resample(rate).numpy()[0] for audio in (reference, output))
    length = min(len(first), len(second))
    return first[:length], second[:length], rate


def _first_channel(audio: Audio) -> Audio:
    return Audio(audio.waveform[:, :1], audio.lengths, audio.sample_rate)


VERSA = Footing("versa", read, at_lower_rate)

TASK = Task(
    "dates",
    2,
    (
        *("sdr", "ci_sdr", "si_snr", "pesq_by_rate", "utmos", "singmos"),
        *("dnsmos_p808_peak", "dnsmos_ovrl_peak", "plcmos_peak", "stoi", "visqol_audio"),
        *("wer_whisper_large_v3", "speaker_wavlm", "bitrate", "token_rate"),
    ),
    question="What are its scores in the columns of DATES's tables?",
    cost="hours on two cores, for LibriSpeech test-clean, MUSDB18 and AudioSet",
    dataset="librispeech-test-clean",
    footing=VERSA,
)
