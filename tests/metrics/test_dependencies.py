"""Third-party packages: what is missing is named, and what numba compiles is compiled ahead of scoring."""

import numpy as np
import pytest

from audiotok.errors import MissingDependency
from audiotok.metrics.dependencies import needs


def test_a_missing_package_names_its_extra():
    with pytest.raises(MissingDependency, match=r"no_such_package.*audiotok\[metrics\]"):
        needs("no_such_package")


def test_scoring_finds_all_that_numba_compiles_in_the_cache(make_voice):
    """Otherwise every process that scores would compile the rest for itself."""
    from numba.core import event

    from audiotok.metrics.dnsmos import dnsmos
    from audiotok.metrics.dnsmos import load as load_dnsmos
    from audiotok.metrics.f0 import f0_track
    from audiotok.metrics.ge2e import GE2E
    from audiotok.metrics.plcmos import load as load_plcmos
    from audiotok.metrics.plcmos import plcmos
    from audiotok.metrics.visqol import visqol_audio, visqol_speech

    voice = make_voice(3.0, 120.0)
    noisy = voice + 0.01 * np.random.default_rng(0).standard_normal(len(voice)).astype(np.float32)
    with event.install_recorder("numba:compile") as recorder:
        dnsmos(noisy, 16000, load_dnsmos())
        plcmos(noisy, 16000, load_plcmos())
        f0_track(noisy, 16000)
        GE2E().embed(noisy)
        visqol_speech(voice, noisy, 16000)
        visqol_audio(voice, noisy, 16000)
    assert [str(one.data["dispatcher"]) for _, one in recorder.buffer if one.is_start] == []
