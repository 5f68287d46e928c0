"""How close is the decoded audio to the original?"""

from __future__ import annotations

from audiotok.tasks.task import Task

TASK = Task(
    "reconstruction",
    1,
    (
        *("si_sdr", "si_sdr_aligned", "sdr", "sdr_aligned", "ci_sdr", "mel_distance", "stft_distance"),
        *("pesq_wb", "stoi", "estoi", "visqol", "dnsmos_p808", "dnsmos_ovrl", "plcmos"),
        *("f0_error", "voicing_error", "speaker_ge2e", "fad_whisper", "clipped"),
        *("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode", "rtf_decode"),
    ),
    question="How close is the decoded audio to the original?",
    cost="two minutes on two cores",
)
