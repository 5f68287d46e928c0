import numpy as np

from audiotok.metrics.clipping import METRICS


def test_the_share_of_clipped_samples_is_over_all_samples(clip):
    reference = {"waveform": np.zeros(200), "sample_rate": np.array(16000), "num_clipped": np.array(9)}
    estimate = {"waveform": np.ones(200), "sample_rate": np.array(16000), "num_clipped": np.array(3)}
    score = METRICS[0].score(reference, estimate, clip)
    assert (score.total, score.weight) == (3, 200)
