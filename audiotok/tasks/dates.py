"""The columns of DATES's reconstruction tables (2025), on data of your own.

ASR model and speaker encoder are those of the authors' earlier benchmark, DASB.
"""

from __future__ import annotations

from audiotok.tasks.task import Task

TASK = Task(
    "dates",
    1,
    (
        *("sdr", "ci_sdr", "si_sdr", "pesq_wb", "utmos", "singmos", "dnsmos_p808", "dnsmos_ovrl", "plcmos", "stoi"),
        *("visqol", "wer_whisper_small", "speaker_wavlm", "bitrate", "token_rate"),
    ),
    question="How does it score in the columns of DATES's tables?",
    cost="hours on two cores, for LibriSpeech test-clean, MUSDB18 and AudioSet",
    dataset="librispeech-test-clean",
)
