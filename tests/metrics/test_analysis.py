from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import Analysis, Features, Waveform


def blas_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def count_threads(waveform: Waveform, rate: int, clip: Clip, model: Any) -> Features:
    return {"threads": np.array(blas_threads())}


def test_an_analysis_is_made_by_one_thread_however_many_its_process_has() -> None:
    import scipy.linalg  # noqa: F401

    clip = Clip("clip", "", "", "", 0.0, 1.0, 16000, "speech")
    with threadpool_limits(2, user_api="blas"):
        made = Analysis("threads", 1, count_threads).features(np.zeros(16000, np.float32), 16000, clip, None)
        assert set(blas_threads()) == {2}
    assert set(made["threads"].tolist()) == {1}
