"""References beside a probe: what a log-mel spectrogram says, continuous and through a codebook of k-means.

Neither is an upper bound: units hear letters that the mean of a spectrum does not. They say what a score would be had
nothing been learned but a filter bank, or that and 512 clusters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from audiotok.core.audio import Audio
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.models.mel import HOP, SAMPLE_RATE, log_mel
from audiotok.tasks.probes.bag import THIRDS

ENTRIES = 512  # of the k-means codebook


def spectrogram(audio: Audio) -> NDArray[np.float32]:
    """One clip -> [T, 128], log-mel bands every 10 ms at 16 kHz."""
    waveform = audio.resample(SAMPLE_RATE).waveform[0, 0]
    with torch.no_grad():
        return log_mel(waveform).numpy()


def statistics(clips: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """[N, (1 + 3) · 2 · 128]: the moments of each clip, standardised over the clips."""
    table = moments(clips)
    return standardised(table, table)


def moments(clips: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """[N, (1 + 3) · 2 · 128]: mean and deviation of each band, whole and in thirds."""
    rows = []
    for frames in clips:
        parts = [frames, *(part if len(part) else frames for part in np.array_split(frames, THIRDS))]
        rows.append(np.concatenate([f(part, axis=0) for part in parts for f in (np.mean, np.std)]))
    return np.stack(rows).astype(np.float64)


def standardised(table: NDArray[np.float64], like: NDArray[np.float64]) -> NDArray[np.float64]:
    """[N, D], [M, D] -> [N, D]: by the means and deviations of `like`, with which a row has unit length on average."""
    # One weight a band and part: the whole has unit length in expectation, as a codebook's part of a bag has.
    return (table - like.mean(0)) / np.maximum(like.std(0), 1e-6) / np.sqrt(table.shape[1])


def clustered(clips: Sequence[NDArray[np.float32]]) -> list[Tokens]:
    """Each frame as the nearest of 512 means of all clips' frames: a tokenizer that learned nothing but clusters."""
    from sklearn.cluster import MiniBatchKMeans

    frames = np.concatenate(clips)
    entries = min(ENTRIES, len(frames))
    codes = MiniBatchKMeans(entries, batch_size=4096, n_init=1, random_state=0).fit(frames).predict(frames)
    spec = TokenSpec(sample_rate=SAMPLE_RATE, frame_rate=SAMPLE_RATE / HOP, codebook_sizes=(entries,))
    parts = np.split(codes, np.cumsum([len(clip) for clip in clips])[:-1])
    return [
        Tokens(torch.from_numpy(part.astype(np.int64))[None, None], torch.tensor([len(part)]), spec) for part in parts
    ]
