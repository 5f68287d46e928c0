"""Reference and estimate on the same footing, whatever a tokenizer made of the clip."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.data import Manifest
from audiotok.runs.analyse import signals
from audiotok.runs.folder import RunFolder


@pytest.mark.parametrize("output", ["integers", "opposite phase"])
def test_an_output_that_would_be_refused_as_input_is_scored(output: str, vowels: Manifest, tmp_path: Path) -> None:
    clip = vowels.clips[0]
    tone = 0.3 * np.sin(np.arange(round(clip.duration * 16000)) / 9)
    decoded = 32768 * tone if output == "integers" else np.stack([tone, -tone], axis=1)
    folder = RunFolder(tmp_path, {})
    folder.audio(clip.id).parent.mkdir()
    soundfile.write(folder.audio(clip.id), decoded, 16000, subtype="FLOAT")
    reference, estimate, rate = signals(clip, folder, vowels.root)
    assert (len(reference), rate) == (len(estimate), 16000)
    assert np.abs(estimate).max() == (pytest.approx(0.3 * 32768, rel=1e-3) if output == "integers" else 0.0)
