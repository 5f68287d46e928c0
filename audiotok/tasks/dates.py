"""The columns of DATES's reconstruction tables (2025), on data of your own.

As VERSA computes them, where that can be had; docs/dates.md lists both protocols side by side.
"""

from __future__ import annotations

from audiotok.tasks.task import Task

TASK = Task(
    "dates",
    1,
    (
        *("sdr", "ci_sdr", "si_snr", "pesq_wb", "utmos", "singmos"),
        *("dnsmos_p808_peak", "dnsmos_ovrl_peak", "plcmos_peak", "stoi", "visqol"),
        *("wer_whisper_large_v3", "speaker_wavlm", "bitrate", "token_rate"),
    ),
    question="How does it score in the columns of DATES's tables?",
    cost="hours on two cores, for LibriSpeech test-clean, MUSDB18 and AudioSet",
    dataset="librispeech-test-clean",
)
