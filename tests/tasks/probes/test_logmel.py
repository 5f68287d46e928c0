"""The references beside a probe."""

import numpy as np
import torch

from audiotok import Audio
from audiotok.tasks.probes.logmel import clustered, spectrogram, statistics


def tones(*pitches: float) -> list[np.ndarray]:
    seconds = torch.arange(4800) / 16000
    return [spectrogram(Audio.from_array(torch.sin(2 * torch.pi * pitch * seconds), 16000)) for pitch in pitches]


def test_a_spectrogram_has_a_frame_every_ten_milliseconds() -> None:
    assert tones(440.0)[0].shape[1] == 128
    assert abs(len(tones(440.0)[0]) - 30) <= 1


def test_statistics_are_of_the_whole_and_of_thirds_and_standardised() -> None:
    table = statistics(tones(200.0, 400.0, 800.0))
    assert table.shape == (3, 4 * 2 * 128)
    assert np.abs(table.mean(0)).max() < 1e-9


def test_clusters_are_tokens_of_one_codebook_and_the_same_each_time() -> None:
    clips = tones(200.0, 400.0)
    first, again = clustered(clips), clustered(clips)
    assert [len(clip) for clip in clips] == [int(tokens.lengths[0]) for tokens in first]
    assert all(torch.equal(one.codes, other.codes) for one, other in zip(first, again, strict=True))
    assert not set(first[0].codes.unique().tolist()) & set(first[1].codes.unique().tolist())
